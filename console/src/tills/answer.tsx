import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '../api/client.ts';
import page from '../pages/page.module.css';
import { clockTime, duration } from '../time.ts';
import { Chip } from '../ui/chip.tsx';
import { readable, tillLabels, tillLineTypes } from '../words.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './ask.module.css';
import type { Store } from './frame.tsx';
import { lineOutcomes } from './words.ts';

type WhatIf = Schemas['WhatIf'];
type Considered = Schemas['ConsideredLine'];

interface AnswerProps {
  answer: WhatIf;
  store: Store;
  till: string;
  at: string;
  isAsking: boolean;
  onAgain: () => void;
}

/** The verdict, the window, and each line that was considered. */
export function Answer({ answer, store, till, at, isAsking, onAgain }: AnswerProps) {
  const { verdict, reasons, lines, clock, windowFromAt, windowToAt } = answer;
  const zone = store.timeZone;
  return (
    <section className={classes.answer} aria-label="What the till says" data-testid="answer" data-verdict={verdict}>
      <div className={`${page.card} ${classes.verdict}`}>
        <p className={classes.asked}>
          Till {till} at {clockTime(at, zone)}
        </p>
        <h2 className={classes.finding} data-verdict={verdict}>
          {tillLabels[verdict].label}
        </h2>
        {reasons.map((reason) => (
          <p key={reason.code}>{reasonSentence(reason, zone)}</p>
        ))}
        <p className={classes.dim}>
          Lines from {clockTime(windowFromAt, zone)} to {clockTime(windowToAt, zone)} by the till’s clock could be the
          receipt. {sayClock(clock)}
        </p>
        <Timeline answer={answer} at={at} />
        <Button variant="default" size="compact-sm" loading={isAsking} onClick={onAgain}>
          Ask again
        </Button>
      </div>
      {lines.length === 0 ? (
        <p className={classes.dim}>The till has no line anywhere near.</p>
      ) : (
        <ol className={`${page.card} ${classes.lines}`} aria-label="Lines nearby" data-testid="considered">
          {lines.map((line) => (
            <Line key={`${line.terminalId} ${line.lineId}`} line={line} store={store} till={till} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Line({ line, store, till }: { line: Considered; store: Store; till: string }) {
  const { label, tone, why } = lineOutcomes[line.outcome];
  const transactionId = line.lineId.slice(0, line.lineId.lastIndexOf('/'));
  const article = line.description ?? (line.plu ? `Article ${line.plu}` : null);
  const type = tillLineTypes[line.type] ?? readable(line.type);
  const name = line.type === 'scan' ? (article ?? 'Article') : article ? `${type}: ${article}` : type;
  return (
    <li className={classes.line} data-outcome={line.outcome}>
      <span className={classes.distance}>{side(line.distanceMs)}</span>
      <span className={classes.what}>
        {name}
        {line.pieces > 1 && <span className={classes.dim}> (up to {line.pieces} items)</span>}
        <span className={classes.dim}>
          <Link
            to="/tills/receipts/$storeId/$terminalId/$transactionId"
            params={{ storeId: store.id, terminalId: line.terminalId ?? till, transactionId }}
          >
            {line.lineId}
          </Link>{' '}
          at {clockTime(line.occurredAt, store.timeZone)}
          {line.terminalId !== null && line.terminalId !== till && `, till ${line.terminalId}`}
        </span>
      </span>
      <span className={classes.outcome}>
        <Chip tone={tone} quiet={tone === 'neutral'}>
          {label}
        </Chip>
        <span className={classes.dim}>{why}</span>
      </span>
    </li>
  );
}

/** How far a line may lie from the middle of the picture and still be drawn. */
const reachMs = 15_000;
const width = 1_000;
const height = 46;

/** The item in the middle, the window around it, and the lines as strokes: green is the receipt. */
function Timeline({ answer, at }: { answer: WhatIf; at: string }) {
  const drawn = answer.lines.filter(({ distanceMs }) => Math.abs(distanceMs) <= reachMs);
  const x = (ms: number) => Math.round(((Math.max(-reachMs, Math.min(reachMs, ms)) + reachMs) / (2 * reachMs)) * width);
  // The window is by the till's clock, the picture by the item's.
  const itemMs = Date.parse(at) + (answer.clock?.offsetMs ?? 0);
  const from = x(Date.parse(answer.windowFromAt) - itemMs);
  const to = x(Date.parse(answer.windowToAt) - itemMs);
  return (
    <figure className={classes.figure}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={sayPicture(drawn, answer.verdict)}
      >
        <rect x={from} y="0" width={to - from} height={height} className={classes.window} />
        <path d={`M0 ${height - 1}H${width}`} className={classes.axis} />
        {drawn.map((line) => (
          <path
            key={`${line.terminalId} ${line.lineId}`}
            d={`M${x(line.distanceMs)} 12V${height}`}
            className={classes.stroke}
            data-outcome={line.outcome}
          />
        ))}
        <path d={`M${x(0)} 0V${height}`} className={classes.item} />
      </svg>
      <figcaption className={classes.scale}>
        <span>{reachMs / 1_000} s before</span>
        <span>the item</span>
        <span>{reachMs / 1_000} s after</span>
      </figcaption>
    </figure>
  );
}

function sayPicture(lines: readonly Considered[], verdict: WhatIf['verdict']): string {
  const near = lines.length === 1 ? 'one line' : `${lines.length} lines`;
  return `${near} within ${reachMs / 1_000} s of the item; ${tillLabels[verdict].label.toLowerCase()}`;
}

function side(distanceMs: number): string {
  if (Math.abs(distanceMs) < 50) return 'at the moment';
  return `${duration(Math.abs(distanceMs))} ${distanceMs > 0 ? 'after' : 'before'}`;
}

function sayClock(clock: WhatIf['clock']): string {
  if (clock === null) return 'Nothing is known of the clocks of camera and till, so they are taken to agree.';
  if (clock.offsetMs === null) return 'The clocks of camera and till have not been compared yet.';
  const error = `give or take ${duration(clock.errorMs)}`;
  if (clock.offsetMs === 0) return `The clocks of camera and till agree, ${error}.`;
  const runs = clock.offsetMs > 0 ? 'ahead of' : 'behind';
  return `The till’s clock runs ${duration(Math.abs(clock.offsetMs))} ${runs} the camera’s, ${error}.`;
}
