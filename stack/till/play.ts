import type { PosEvent } from '../../domain/types.ts';
import type { TapeLine } from './tape.ts';

export interface Till {
  storeId: string;
  terminalId: string;
  publish: (event: PosEvent) => Promise<void>;
  /** Ends the playing without an error; a line that is being published is finished. */
  signal: AbortSignal;
}

export interface Playback extends Till {
  tape: readonly TapeLine[];
  /** The wall-clock instant at which the recording's time was 0. */
  mediaStartAt: string;
}

export const HEARTBEAT_EVERY_MS = 2_000;
/** Short, so that the receipt is closed before a recording that ends with its last scan starts over. */
const TENDER_AFTER_MS = 200;

/** Plays the tape in real time, with heartbeats until its last line is out. */
export async function playTape(playback: Playback): Promise<void> {
  const over = new AbortController();
  const { signal } = playback;
  const beating = beat({ ...playback, signal: AbortSignal.any([signal, over.signal]) });
  try {
    await playLines(playback);
  } finally {
    over.abort();
    await beating;
  }
}

/**
 * Publishes every line of the tape at its instant, and a tender at the end. Lines whose instant has passed come at once, as from a
 * till that was cut off; their keys depend only on the playback, so that playing it again publishes nothing new.
 */
export async function playLines({ tape, mediaStartAt, storeId, terminalId, publish, signal }: Playback): Promise<void> {
  const startMs = Date.parse(mediaStartAt);
  if (Number.isNaN(startMs)) throw new Error(`mediaStartAt "${mediaStartAt}" is not an ISO instant.`);
  const transactionId = `${terminalId}-${startMs}`;
  for (const [index, { atMs, ...what }] of linesOf(tape).entries()) {
    await sleepUntil(startMs + atMs, signal);
    if (signal.aborted) return;
    const occurredAt = new Date(startMs + atMs).toISOString();
    await publish({ storeId, terminalId, transactionId, line: index + 1, occurredAt, ...what });
  }
}

/** Says every two seconds that the till is there, so that one that is silent can be told from one that is dead. */
export async function beat({ storeId, terminalId, publish, signal }: Till): Promise<void> {
  const startMs = Date.now();
  const transactionId = `${terminalId}-alive-${startMs}`;
  for (let line = 0; !signal.aborted; line += 1) {
    const occurredAt = new Date().toISOString();
    await publish({ storeId, terminalId, transactionId, line, type: 'heartbeat', occurredAt });
    await sleepUntil(startMs + (line + 1) * HEARTBEAT_EVERY_MS, signal);
  }
}

/** Tapes name no currency; the simulated shop is where its phone numbers are from. */
const currency = 'GBP';

type TimedLine = Pick<PosEvent, 'type' | 'plu' | 'description' | 'quantity' | 'amountMinor' | 'currency'> & {
  atMs: number;
};

function linesOf(tape: readonly TapeLine[]): TimedLine[] {
  const lines: TimedLine[] = tape.map(({ t_s, type, plu, description, priceMinor }) => ({
    atMs: Math.round(t_s * 1000),
    type,
    ...(plu === undefined ? {} : { plu }),
    ...(description === undefined ? {} : { description }),
    ...(type === 'scan' ? { quantity: 1 } : {}),
    ...(priceMinor === undefined
      ? {}
      : { amountMinor: type === 'void' || type === 'refund' ? -priceMinor : priceMinor, currency }),
  }));
  const last = lines.at(-1);
  if (!last || tape.some(({ type }) => type === 'tender')) return lines;
  const amountMinor = lines.reduce((sum, line) => sum + (line.amountMinor ?? 0), 0);
  return [...lines, { atMs: last.atMs + TENDER_AFTER_MS, type: 'tender', amountMinor, currency }];
}

function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
  const ms = atMs - Date.now();
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
