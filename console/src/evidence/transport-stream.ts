/** One picture as the camera sent it: an H.264 access unit in Annex B form. */
export interface AccessUnit {
  /** In millionths of a second after the first picture of the segment, in order of display. */
  atUs: number;
  /** Decodable without any other. */
  isKey: boolean;
  data: Uint8Array;
}

export interface NativeVideo {
  /** As a decoder wants it named: avc1 with profile, constraints and level. */
  codec: string;
  /** In the order in which they are decoded. */
  units: AccessUnit[];
}

const packetBytes = 188;
const clockHz = 90_000;

/** The pictures of a recorded segment, taken out of its container untouched. Throws on what is not H.264 in MPEG-TS. */
export function readSegment(bytes: Uint8Array): NativeVideo {
  const pictures = picturesOf(bytes);
  if (pictures.length === 0) throw new Error('The segment holds no picture.');
  const codec = pictures.map(({ data }) => codecOf(data)).find((name) => name !== null);
  if (!codec) throw new Error('The segment is not H.264.');
  const firstTicks = Math.min(...pictures.map(({ ticks }) => ticks));
  return {
    codec,
    units: pictures.map(({ ticks, data }) => ({
      atUs: Math.round(((ticks - firstTicks) / clockHz) * 1_000_000),
      isKey: unitTypes(data).includes(5),
      data,
    })),
  };
}

function picturesOf(bytes: Uint8Array): { ticks: number; data: Uint8Array }[] {
  const pictures: { ticks: number; parts: Uint8Array[] }[] = [];
  let videoPid: number | null = null;
  for (let at = 0; at + packetBytes <= bytes.length; at += packetBytes) {
    const packet = bytes.subarray(at, at + packetBytes);
    if (packet[0] !== 0x47) throw new Error(`The segment is damaged at byte ${at}.`);
    const pid = ((packet[1]! & 0x1f) << 8) | packet[2]!;
    const control = (packet[3]! >> 4) & 3;
    if ((control & 1) === 0) continue;
    const payload = packet.subarray(control & 2 ? 5 + packet[4]! : 4);
    if (packet[1]! & 0x40) {
      const isVideo = payload[0] === 0 && payload[1] === 0 && payload[2] === 1 && (payload[3]! & 0xf0) === 0xe0;
      if (isVideo) videoPid ??= pid;
      if (!isVideo || pid !== videoPid) continue;
      const head = 9 + payload[8]!;
      const ticks: number = payload[7]! & 0x80 ? ticksAt(payload, 9) : (pictures.at(-1)?.ticks ?? 0);
      pictures.push({ ticks, parts: [payload.subarray(head)] });
    } else if (pid === videoPid) pictures.at(-1)?.parts.push(payload);
  }
  return pictures.map(({ ticks, parts }) => ({ ticks, data: joined(parts) }));
}

const ticksAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! >> 1) & 7) * 2 ** 30 +
  ((bytes[at + 1]! << 7) | (bytes[at + 2]! >> 1)) * 2 ** 15 +
  ((bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1));

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Where each unit of an access unit begins, after its start code. */
function* unitStarts(data: Uint8Array): Generator<number> {
  for (let at = 0; at + 3 < data.length; at += 1)
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) yield at + 3;
}

const unitTypes = (data: Uint8Array): number[] => [...unitStarts(data)].map((start) => data[start]! & 0x1f);

function codecOf(data: Uint8Array): string | null {
  for (const start of unitStarts(data))
    if ((data[start]! & 0x1f) === 7)
      return `avc1.${[1, 2, 3].map((offset) => data[start + offset]!.toString(16).padStart(2, '0')).join('')}`;
  return null;
}

/** What has to be decoded to see the picture of a moment, and which of them it is. */
export function unitsFor(video: NativeVideo, atUs: number): { units: AccessUnit[]; wantedUs: number } {
  const before = video.units.filter((unit) => unit.atUs <= atUs);
  const wantedUs = Math.max(...(before.length > 0 ? before : video.units.slice(0, 1)).map((unit) => unit.atUs));
  const wanted = video.units.findIndex((unit) => unit.atUs === wantedUs);
  const key = video.units.slice(0, wanted + 1).findLastIndex((unit) => unit.isKey);
  return { units: video.units.slice(Math.max(0, key), wanted + 1), wantedUs };
}
