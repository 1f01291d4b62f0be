import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { PacketReader, type ReadPacket } from './read.ts';

/** A packet that was unpacked. A link in it is refused and not followed. */
export async function readPacketFolder(folder: string): Promise<ReadPacket> {
  const packet = new PacketReader();
  const top = basename(resolve(folder));
  const done = (problems: ReadPacket['problems']): ReadPacket => ({
    found: packet.found,
    bytes: packet.bytes,
    problems,
  });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `${top}/${relative(folder, path).split(sep).join('/')}`;
    const { size } = await lstat(path);
    const problem = entry.isFile()
      ? packet.refuse(name, size)
      : ({ code: 'unsafe_name', path: name, detail: 'is a link or no plain file' } as const);
    if (problem) return done([problem]);
    await packet.take(name, createReadStream(path));
  }
  return done([]);
}
