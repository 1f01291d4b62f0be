import { DomainError } from '../errors.ts';
import type { PacketArtifact } from './facts.ts';

const safeId = /^[a-z0-9][a-z0-9-]{0,63}$/;
const extensions: Record<string, string> = {
  'video/mp4': 'mp4',
  'video/mp2t': 'ts',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'application/json': 'json',
};
const folders: Record<string, string> = {
  segment: 'native',
  other_segment: 'native',
  clip: 'video',
  other_clip: 'video',
  redacted: 'video',
  still: 'stills',
  thumbnail: 'stills',
  history: 'history',
  history_decoded: 'history',
};

/** The folder at the top of the zip; ids are ours, so nobody's words can become a name. */
export function bagName(packet: { id: string; version: number }): string {
  if (!/^pkt_[0-9a-f]{20}$/.test(packet.id)) throw new DomainError('INTERNAL', 'a packet id is not of our form');
  return `${packet.id.replace('_', '-')}-v${packet.version}`;
}

/** Where an artifact lies in the packet, from its kind and our own id of it and from nothing else. */
export function artifactPath({ id, kind, mediaType }: Pick<PacketArtifact, 'id' | 'kind' | 'mediaType'>): string {
  if (!safeId.test(id))
    throw new DomainError('INTERNAL', `the artifact ${JSON.stringify(id)} has no name that is safe`);
  const extension = extensions[mediaType];
  if (extension === undefined)
    throw new DomainError('INTERNAL', `an artifact of type ${mediaType} has no place in a packet`);
  return `data/${folders[kind] ?? 'acquisition'}/${id}.${extension}`;
}

/** Why a name from a foreign archive must not be touched; null when it is harmless. */
export function unsafeName(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.length > 255) return 'is longer than 255 signs';
  if (name.includes('\\')) return 'has a backslash';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'is absolute';
  if (hasControlSign(name)) return 'has a control sign';
  if (name.split('/').some((part) => part === '..' || part === '.')) return 'climbs out of its folder';
  if (
    name
      .replace(/\/$/, '')
      .split('/')
      .some((part) => part === '')
  )
    return 'has an empty part';
  return null;
}

const hasControlSign = (name: string): boolean =>
  [...name].some((sign) => sign.charCodeAt(0) < 32 || sign.charCodeAt(0) === 127);
