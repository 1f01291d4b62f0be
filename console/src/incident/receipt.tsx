import { IconCamera, IconCheck } from '@tabler/icons-react';
import { Fragment, useEffect, useRef } from 'react';
import type { IncidentDetail, PosLine } from '../api/client.ts';
import { money } from '../format.ts';
import { clockTime } from '../time.ts';
import { readable, tillLabels, tillLineTypes } from '../words.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './receipt.module.css';

// The last frame before an instant shows it already.
const oneFrameMs = 80;

type Entry = { at: string; line: PosLine } | { at: string; line: null };

interface ReceiptProps {
  incident: IncidentDetail;
  /** The instant that the picture shows now; null without a clip. */
  nowAt: string | null;
  onSeek: ((at: string) => void) | null;
}

/** The till's lines as a strip of paper, with the place where the camera saw the item. */
export function Receipt({ incident, nowAt, onSeek }: ReceiptProps) {
  const zone = incident.storeTimeZone;
  const entries: Entry[] = [
    ...incident.posLines.map((line) => ({ at: line.occurredAt, line })),
    { at: incident.detectedAt, line: null },
  ];
  entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const hasMatch = incident.posLines.some((line) => line.matched);
  const terminal = incident.posLines[0]?.terminalId;
  const shown =
    nowAt === null ? -1 : entries.findLastIndex((entry) => Date.parse(entry.at) <= Date.parse(nowAt) + oneFrameMs);
  const list = useRef<HTMLOListElement>(null);
  // The strip follows the picture; without one it stands at the place where the camera saw the item.
  const inView = shown < 0 ? entries.findIndex((entry) => entry.line === null) : shown;
  useEffect(() => {
    const strip = list.current;
    const row = strip?.querySelector<HTMLElement>(`[data-index="${inView}"]`);
    if (strip && row) strip.scrollTop = row.offsetTop - (strip.clientHeight - row.offsetHeight) / 2;
  }, [inView]);

  return (
    <section className={classes.receipt} aria-labelledby="receipt-heading" data-testid="receipt">
      <h2 id="receipt-heading" className={classes.title}>
        Till <span className={classes.terminal}>{terminal ?? ''}</span>
      </h2>
      <p className={classes.finding} data-verdict={incident.posVerdict}>
        {tillLabels[incident.posVerdict].label}
      </p>
      {incident.posReasons.map((reason) => (
        <p key={reason.code} className={classes.reason}>
          {reasonSentence(reason, zone)}
        </p>
      ))}
      {incident.posReasons.length === 0 && <p className={classes.reason}>{tillLabels[incident.posVerdict].hint}</p>}
      {incident.posVerdict !== 'NOT_APPLICABLE' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a strip that scrolls must be reachable by keyboard
        <ol ref={list} className={classes.lines} tabIndex={0} aria-label="Till lines around the moment">
          {entries.map((entry, index) => (
            <Fragment key={entry.line ? `${entry.line.transactionId}-${entry.line.line}` : 'camera'}>
              {startsReceipt(entries, index) && <li className={classes.next}>next receipt</li>}
              <li data-index={index} data-now={index === shown || undefined}>
                {entry.line ? (
                  <Line line={entry.line} zone={zone} onSeek={onSeek} />
                ) : (
                  <Sighting incident={incident} hasMatch={hasMatch} zone={zone} onSeek={onSeek} />
                )}
              </li>
            </Fragment>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Whether another customer's receipt begins with this line. */
function startsReceipt(entries: readonly Entry[], index: number): boolean {
  const line = entries[index]?.line;
  const before = entries.slice(0, index).findLast((entry) => entry.line !== null)?.line;
  return Boolean(line && before && line.transactionId !== before.transactionId);
}

function Line({ line, zone, onSeek }: { line: PosLine; zone: string; onSeek: ReceiptProps['onSeek'] }) {
  const type = tillLineTypes[line.type] ?? readable(line.type);
  return (
    <Row
      at={line.occurredAt}
      zone={zone}
      onSeek={onSeek}
      isMatched={line.matched}
      amount={line.amountMinor == null || line.currency == null ? '' : money(line.amountMinor, line.currency)}
    >
      {line.description ?? (line.type === 'scan' ? `Article ${line.plu ?? '?'}` : type)}
      {line.type !== 'scan' && line.description && <span className={classes.kind}> {type}</span>}
      {line.matched && (
        <span className={classes.fits}>
          <IconCheck size={14} aria-hidden="true" /> fits what the camera saw
        </span>
      )}
    </Row>
  );
}

function Sighting({
  incident,
  hasMatch,
  zone,
  onSeek,
}: {
  incident: IncidentDetail;
  hasMatch: boolean;
  zone: string;
  onSeek: ReceiptProps['onSeek'];
}) {
  return (
    <Row at={incident.detectedAt} zone={zone} onSeek={onSeek} isCamera amount="">
      <IconCamera size={15} aria-hidden="true" />{' '}
      {incident.item ? `Camera saw: ${incident.item.label}` : 'Camera saw an item'}
      {!hasMatch && incident.posVerdict === 'MISMATCH' && <span className={classes.missing}>no till line here</span>}
    </Row>
  );
}

interface RowProps {
  at: string;
  zone: string;
  amount: string;
  onSeek: ReceiptProps['onSeek'];
  isMatched?: boolean;
  isCamera?: boolean;
  children: React.ReactNode;
}

function Row({ at, zone, amount, onSeek, isMatched = false, isCamera = false, children }: RowProps) {
  const content = (
    <>
      <time dateTime={at} className={classes.time}>
        {clockTime(at, zone)}
      </time>
      <span className={classes.text}>{children}</span>
      <span className={classes.amount}>{amount}</span>
    </>
  );
  const marks = {
    className: classes.row,
    'data-matched': isMatched || undefined,
    'data-camera': isCamera || undefined,
  };
  return onSeek ? (
    <button type="button" {...marks} onClick={() => onSeek(at)}>
      {content}
    </button>
  ) : (
    <div {...marks}>{content}</div>
  );
}
