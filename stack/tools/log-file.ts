import { mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const rotateAtBytes = 20 * 1024 ** 2;

/** A log that a child process appends to by itself, so that it outlives us; one old generation is kept. */
export class LogFile {
  readonly path: string;
  private startOffset = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Opens it for a new run of the process; the caller closes the descriptor. */
  open(): number {
    mkdirSync(dirname(this.path), { recursive: true });
    const sizeBytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    const full = sizeBytes >= rotateAtBytes;
    if (full) renameSync(this.path, `${this.path}.1`);
    this.startOffset = full ? 0 : sizeBytes;
    return openSync(this.path, 'a', 0o600);
  }

  /** What was written since the last `open`. */
  read(): string {
    return readFileSync(this.path).subarray(this.startOffset).toString('utf8');
  }

  /** The last lines since the last `open`, worded for an error message. */
  tail(otherwise: string): string {
    const lines = this.read().trimEnd().split('\n').slice(-8).join('\n    ');
    return `; its log (${this.path}) ends with:\n    ${lines.trim() === '' ? otherwise : lines}`;
  }
}
