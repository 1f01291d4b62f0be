/** A file inside a zip, as a part of the zip's own bytes: a browser can play it without unpacking. */
export interface ZipEntry {
  name: string;
  bytes: Blob;
}

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const longestComment = 65_535;
const mostEntries = 10_000;
const linkMode = 0o120000;
const modeMask = 0o170000;

/** Lists the stored entries of a zip; anything that a packet never has is an error with its reason. */
export async function readZip(file: Blob): Promise<ZipEntry[]> {
  const tailStart = Math.max(0, file.size - endBytes - longestComment);
  const tail = await viewOf(file.slice(tailStart));
  let at = tail.byteLength - endBytes;
  while (at >= 0 && tail.getUint32(at, true) !== endSignature) at -= 1;
  if (at < 0) throw new Error('This is not a zip file, or its end is missing.');
  const count = tail.getUint16(at + 10, true);
  const size = tail.getUint32(at + 12, true);
  const start = tail.getUint32(at + 16, true);
  if (count > mostEntries || start + size > file.size) throw new Error('The list of this zip does not fit into it.');
  const list = await viewOf(file.slice(start, start + size));
  const entries: ZipEntry[] = [];
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    if (next + centralBytes > size || list.getUint32(next, true) !== centralSignature)
      throw new Error('The list of this zip is broken.');
    const nameLength = list.getUint16(next + 28, true);
    const name = textOf(list, next + centralBytes, nameLength);
    if (list.getUint16(next + 8, true) & 1) throw new Error(`${name} is encrypted; a packet never is.`);
    if (list.getUint16(next + 10, true) !== 0)
      throw new Error(
        `${name} is compressed; a packet never is. If somebody zipped it anew, unpack it and choose the folder.`,
      );
    if (((list.getUint32(next + 38, true) >>> 16) & modeMask) === linkMode) throw new Error(`${name} is a link.`);
    const length = list.getUint32(next + 24, true);
    if (length !== list.getUint32(next + 20, true)) throw new Error(`${name} has two lengths.`);
    const header = list.getUint32(next + 42, true);
    entries.push({ name, bytes: await contentOf(file, header, name, length) });
    next += centralBytes + nameLength + list.getUint16(next + 30, true) + list.getUint16(next + 32, true);
  }
  return entries;
}

async function contentOf(file: Blob, header: number, name: string, length: number): Promise<Blob> {
  const local = await viewOf(file.slice(header, header + localBytes + 1_024));
  if (local.byteLength < localBytes || local.getUint32(0, true) !== localSignature)
    throw new Error(`${name} does not begin where the list says.`);
  const nameLength = local.getUint16(26, true);
  if (textOf(local, localBytes, nameLength) !== name) throw new Error(`${name} has another name in its own header.`);
  const start = header + localBytes + nameLength + local.getUint16(28, true);
  if (start + length > file.size) throw new Error(`${name} ends after the zip does.`);
  return file.slice(start, start + length);
}

const viewOf = async (blob: Blob): Promise<DataView> => new DataView(await blob.arrayBuffer());

function textOf(view: DataView, start: number, length: number): string {
  if (start + length > view.byteLength) throw new Error('A name in this zip ends after the zip does.');
  return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(view.buffer, view.byteOffset + start, length));
}
