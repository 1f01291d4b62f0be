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
  const times = [...videoTimes(segment)].map(({ shown }) => shown);
  const first = times[0] ?? 0;
  const signed = times.map((time) => ticksSince(first, time));
  signed.sort((a, b) => a - b);
  const earliest = signed[0] ?? 0;
  return signed.map((ticks) => (ticks - earliest) / CLOCK_HZ);
}

/**
 * How long after its first picture is decoded a segment shows one, in seconds: more than nothing where pictures are sent
 * in another order than shown.
 */
export function displayDelay(segment: Uint8Array): number {
  const times = [...videoTimes(segment)];
  const first = times[0];
  if (!first) return 0;
  const earliest = times.reduce((least, { shown }) => Math.min(least, ticksSince(first.decoded, shown)), CLOCK_WRAP);
  return Math.max(0, earliest) / CLOCK_HZ;
}

/** The difference is taken modulo the clock, so that a wrap inside a segment does no harm. */
const ticksSince = (from: number, to: number): number => ((to - from + CLOCK_WRAP * 1.5) % CLOCK_WRAP) - CLOCK_WRAP / 2;

interface FrameTimes {
  shown: number;
  decoded: number;
}

function* videoTimes(segment: Uint8Array): Generator<FrameTimes> {
  for (let at = 0; at + PACKET_BYTES <= segment.length; at += PACKET_BYTES) {
    if (segment[at] !== SYNC_BYTE) throw new Error(`The segment is damaged: no packet starts at byte ${at}.`);
    const times = frameTimes(segment.subarray(at, at + PACKET_BYTES));
    if (times !== undefined) yield times;
  }
}

/** The times in a packet that begins a video frame, else undefined. */
function frameTimes(packet: Uint8Array): FrameTimes | undefined {
  const byte = (index: number): number => packet[index] ?? 0;
  const begins = (byte(1) & 0x40) !== 0;
  const control = (byte(3) >> 4) & 3;
  if (!begins || (control & 1) === 0) return undefined;
  const start = control & 2 ? 5 + byte(4) : 4;
  const isStart = byte(start) === 0 && byte(start + 1) === 0 && byte(start + 2) === 1;
  const isVideo = (byte(start + 3) & 0xf0) === 0xe0;
  const hasTime = (byte(start + 7) & 0x80) !== 0;
  if (!isStart || !isVideo || !hasTime) return undefined;
  const timeAt = (index: number): number =>
    ((byte(index) >> 1) & 7) * 2 ** 30 +
    ((byte(index + 1) << 7) | (byte(index + 2) >> 1)) * 2 ** 15 +
    ((byte(index + 3) << 7) | (byte(index + 4) >> 1));
  const shown = timeAt(start + 9);
  const hasDecodeTime = (byte(start + 7) & 0x40) !== 0;
  return { shown, decoded: hasDecodeTime ? timeAt(start + 14) : shown };
}
