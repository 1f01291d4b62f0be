const PACKET_BYTES = 188;
const SYNC_BYTE = 0x47;
const CLOCK_HZ = 90_000;
/** Presentation times are 33-bit. */
const CLOCK_WRAP = 2 ** 33;

/**
 * Presentation times of every video frame in an MPEG-TS segment, in seconds after the first one, in order of display.
 * Reading the packet headers takes a fraction of a millisecond; asking ffprobe would start a process per segment.
 */
export function frameOffsets(segment: Uint8Array): number[] {
  const times: number[] = [];
  for (let at = 0; at + PACKET_BYTES <= segment.length; at += PACKET_BYTES) {
    if (segment[at] !== SYNC_BYTE) throw new Error(`The segment is damaged: no packet starts at byte ${at}.`);
    const time = videoTime(segment.subarray(at, at + PACKET_BYTES));
    if (time !== undefined) times.push(time);
  }
  const first = times[0] ?? 0;
  // The difference is taken modulo the clock, so that a wrap inside a segment does no harm.
  const signed = times.map((time) => ((time - first + CLOCK_WRAP * 1.5) % CLOCK_WRAP) - CLOCK_WRAP / 2);
  signed.sort((a, b) => a - b);
  const earliest = signed[0] ?? 0;
  return signed.map((ticks) => (ticks - earliest) / CLOCK_HZ);
}

/** The presentation time in a packet that begins a video frame, else undefined. */
function videoTime(packet: Uint8Array): number | undefined {
  const byte = (index: number): number => packet[index] ?? 0;
  const begins = (byte(1) & 0x40) !== 0;
  const control = (byte(3) >> 4) & 3;
  if (!begins || (control & 1) === 0) return undefined;
  const start = control & 2 ? 5 + byte(4) : 4;
  const isStart = byte(start) === 0 && byte(start + 1) === 0 && byte(start + 2) === 1;
  const isVideo = (byte(start + 3) & 0xf0) === 0xe0;
  const hasTime = (byte(start + 7) & 0x80) !== 0;
  if (!isStart || !isVideo || !hasTime) return undefined;
  const high = (byte(start + 9) >> 1) & 7;
  const middle = (byte(start + 10) << 7) | (byte(start + 11) >> 1);
  const low = (byte(start + 12) << 7) | (byte(start + 13) >> 1);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}
