import type { PacketFile } from './facts.ts';

export interface PacketChanges {
  added: string[];
  removed: string[];
  altered: string[];
}

/** What differs between two versions of a packet, by path. */
export function changesBetween(before: readonly PacketFile[], after: readonly PacketFile[]): PacketChanges {
  const old = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const now = new Map(after.map(({ path, sha256 }) => [path, sha256]));
  const sorted = (paths: Iterable<string>) => [...paths].sort();
  return {
    added: sorted([...now.keys()].filter((path) => !old.has(path))),
    removed: sorted([...old.keys()].filter((path) => !now.has(path))),
    altered: sorted(
      [...now].filter(([path, sha256]) => old.has(path) && old.get(path) !== sha256).map(([path]) => path),
    ),
  };
}
