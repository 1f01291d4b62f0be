/** One thing worth telling a waiting person about a tool or an engine. */
export interface ProgressEvent {
  subject: string;
  state: 'working' | 'done' | 'failed';
  message: string;
  /** 0 to 1, where it can be known. */
  fraction?: number;
  /** A sentence that explains the line while it lasts. */
  note?: string;
}

export type OnProgress = (event: ProgressEvent) => void;

export interface ProgressStream {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressReporter {
  report: OnProgress;
  /** Leaves the last state of every line on the screen and stops the clock. */
  stop(): void;
}

interface Line extends ProgressEvent {
  startedAtMs: number;
  endedAtMs?: number;
  printedAtMs: number;
  printedMessage: string;
  printedNote?: string | undefined;
}

const redrawMs = 250;
const repeatMs = 15_000;

/** A line per subject: redrawn in place on a terminal, printed on change and every 15 s elsewhere. */
export function createProgressReporter(stream: ProgressStream, now = () => performance.now()): ProgressReporter {
  const lines = new Map<string, Line>();
  const terminal = stream.isTTY === true;
  let drawnRows = 0;

  const draw = () => {
    const width = Math.max(40, stream.columns || 80) - 1;
    const rows = [...lines.values()].flatMap((line) => [formatLine(line, now()), ...notesOf(line)]);
    const text = rows.map((row) => `\u001b[2K${row.slice(0, width)}\n`).join('');
    // A note that is gone leaves fewer rows than before: what is below them is wiped.
    stream.write(`${drawnRows > 0 ? `\u001b[${drawnRows}A` : ''}${text}\u001b[J`);
    drawnRows = rows.length;
  };
  const print = (line: Line) => {
    stream.write(`${formatLine(line, now())}\n`);
    if (line.note !== line.printedNote) for (const row of notesOf(line)) stream.write(`${row}\n`);
    line.printedNote = line.note;
    line.printedAtMs = now();
    line.printedMessage = phaseOf(line);
  };
  const anyWorking = () => [...lines.values()].some((line) => line.state === 'working');
  // Once all is settled the block belongs to the past: what comes next starts below whatever was printed since.
  const close = () => {
    draw();
    drawnRows = 0;
    lines.clear();
  };
  const tick = () => {
    if (terminal) {
      if (anyWorking()) draw();
      else if (lines.size > 0) close();
      return;
    }
    for (const line of lines.values()) {
      if (line.state === 'working' && now() - line.printedAtMs >= repeatMs) print(line);
    }
  };
  const timer = setInterval(tick, redrawMs);
  timer.unref();

  return {
    report(event) {
      const known = lines.get(event.subject);
      const resumed = known?.endedAtMs !== undefined && event.state === 'working';
      const line: Line = {
        ...event,
        startedAtMs: known && !resumed ? known.startedAtMs : now(),
        printedAtMs: known?.printedAtMs ?? Number.NEGATIVE_INFINITY,
        printedMessage: known?.printedMessage ?? '',
        printedNote: known?.printedNote,
      };
      if (event.state !== 'working') line.endedAtMs = now();
      lines.set(event.subject, line);
      if (!terminal && phaseOf(line) !== line.printedMessage) print(line);
    },
    stop() {
      clearInterval(timer);
      if (terminal && lines.size > 0) close();
    },
  };
}

// Numbers change all the time; the words around them change when something else happens.
function phaseOf(event: ProgressEvent): string {
  return `${event.state} ${event.message.replace(/[\d.,]+/g, '')}`;
}

function formatLine(line: Line, nowMs: number): string {
  const mark = { working: '…', done: '✓', failed: '✗' }[line.state];
  const seconds = ((line.endedAtMs ?? nowMs) - line.startedAtMs) / 1000;
  const percent =
    line.fraction === undefined || line.state !== 'working' ? '' : `${Math.floor(line.fraction * 100)} % `;
  return `${mark} ${line.subject.padEnd(22)} ${formatSeconds(seconds).padStart(7)}  ${percent}${line.message}`;
}

function notesOf(line: Line): string[] {
  return line.note !== undefined && line.state === 'working' ? [`    ${line.note}`] : [];
}

function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} m ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}

export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
