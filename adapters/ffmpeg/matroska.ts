/**
 * The least of a Matroska stream (RFC 9559) that carries raw pictures with the time of each: a pipe of bare pictures knows
 * one steady rate only, and a recording with a gap has none.
 */
export function matroskaHead(width: number, height: number): Uint8Array {
  const video = element(0xe0, [
    element(0xb0, number(width)),
    element(0xba, number(height)),
    // The fourcc of yuv420p.
    element(0x2eb524, Buffer.from('I420', 'latin1')),
  ]);
  const track = element(0xae, [
    element(0xd7, number(1)),
    element(0x73c5, number(1)),
    element(0x83, number(1)),
    element(0x86, Buffer.from('V_UNCOMPRESSED', 'latin1')),
    video,
  ]);
  return Buffer.concat([
    element(0x1a45dfa3, [element(0x4282, Buffer.from('matroska', 'latin1'))]),
    // A segment of unknown length, as of a live stream.
    identifier(0x18538067),
    Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    // Times are in thousands of nanoseconds.
    element(0x1549a966, [element(0x2ad7b1, number(1_000))]),
    element(0x1654ae6b, [track]),
  ]);
}

/** What comes before the bytes of one picture: a cluster of its own, so that its time may be any. */
export function matroskaPictureHead(atUs: number, pictureBytes: number): Uint8Array {
  const time = element(0xe7, number(atUs));
  // Track 1, no time of its own within the cluster, a key frame.
  const block = Buffer.from([0x81, 0x00, 0x00, 0x80]);
  const blockHead = Buffer.concat([identifier(0xa3), length(block.length + pictureBytes), block]);
  const clusterBytes = time.length + blockHead.length + pictureBytes;
  return Buffer.concat([identifier(0x1f43b675), length(clusterBytes), time, blockHead]);
}

function element(id: number, content: Buffer | readonly Buffer[]): Buffer {
  const body = Buffer.isBuffer(content) ? content : Buffer.concat([...content]);
  return Buffer.concat([identifier(id), length(body.length), body]);
}

/** An element's id names its own length. */
function identifier(id: number): Buffer {
  const hex = id.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

/** Always in eight bytes, of which the first bit says so. */
function length(bytes: number): Buffer {
  const coded = Buffer.alloc(8);
  coded.writeBigUInt64BE(BigInt(bytes) | (1n << 56n));
  return coded;
}

function number(value: number): Buffer {
  const coded = Buffer.alloc(8);
  coded.writeBigUInt64BE(BigInt(value));
  return coded;
}
