import { TextDecoder } from 'node:util';
import { DayFileError } from '../../domain/day-file.ts';

const maxLineSigns = 16_000;

export interface TextLine {
  lineNumber: number;
  text: string;
  /** Longer than any till line; only its beginning is here. */
  tooLong: boolean;
}

/** Lines of a text in bounded memory, the same however the bytes are cut; refuses bytes that are not the encoding. */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  encoding: 'utf8' | 'latin1',
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder(encoding === 'utf8' ? 'utf-8' : 'windows-1252', { fatal: true });
  let rest = '';
  let lineNumber = 1;
  let tooLong = false;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new DayFileError(
        lineNumber,
        `line ${lineNumber} or one soon after it is not ${encoding}; set the encoding of the mapping to what the file is written in`,
      );
    }
  };
  for await (const chunk of chunks) {
    rest += decode(chunk);
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield lineOf(rest.slice(from, end), lineNumber, tooLong);
      tooLong = false;
      lineNumber += 1;
      from = end + 1;
    }
    rest = rest.slice(from);
    // One more, since the last may be the first half of a line's end.
    if (rest.length > maxLineSigns + 1) {
      tooLong = true;
      rest = rest.slice(0, maxLineSigns + 1);
    }
  }
  rest += decode();
  if (rest !== '') yield lineOf(rest, lineNumber, tooLong);
}

function lineOf(text: string, lineNumber: number, cut: boolean): TextLine {
  const plain = text.endsWith('\r') ? text.slice(0, -1) : text;
  return { lineNumber, text: plain.slice(0, maxLineSigns), tooLong: cut || plain.length > maxLineSigns };
}
