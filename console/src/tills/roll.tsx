import { IconFlag } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { money } from '../format.ts';
import { clockTime } from '../time.ts';
import { readable, tillLineTypes } from '../words.ts';
import type { Store } from './frame.tsx';
import type { Receipt, ReceiptPath } from './queries.ts';
import classes from './roll.module.css';
import { type Change, currencyOf, type RollRow, rollOf } from './roll.ts';
import { plainAmount, ruleWords, tenderWords } from './words.ts';

interface RollProps {
  receipt: Receipt;
  path: ReceiptPath;
  store: Store;
}

/** Every line of a receipt in its order, set like the strip of paper that the till prints. */
export function Roll({ receipt, path, store }: RollProps) {
  const currency = currencyOf(receipt.lines);
  const amount = (minor: number) => (currency ? money(minor, currency) : plainAmount(minor));
  const rows = rollOf(receipt, path.transactionId);
  return (
    <section className={classes.roll} aria-label="Till roll" data-testid="roll">
      <p className={classes.head}>
        <b>{store.name}</b>
        <span>
          till {path.terminalId} · {path.transactionId}
        </span>
      </p>
      <ol className={classes.lines}>
        {rows.map((row) => (
          <li key={row.line.line} data-line={row.line.line} data-flagged={row.rules.length > 0 || undefined}>
            <Row row={row} path={path} store={store} amount={amount} />
          </li>
        ))}
      </ol>
      <p className={classes.total}>
        <span>Total</span>
        <span>{amount(receipt.basket.totalMinor)}</span>
      </p>
    </section>
  );
}

interface RowProps {
  row: RollRow;
  path: ReceiptPath;
  store: Store;
  amount: (minor: number) => string;
}

function Row({ row, path, store, amount }: RowProps) {
  const { line, isStruck, changes, rules } = row;
  const isGoods = line.type === 'scan' || line.type === 'refund';
  const note = noteOf(row);
  return (
    <div className={classes.row} data-kind={isGoods ? 'goods' : line.type} data-training={line.training || undefined}>
      <time dateTime={line.occurredAt} className={classes.time}>
        {clockTime(line.occurredAt, store.timeZone)}
      </time>
      <span className={classes.text}>
        {isStruck ? (
          <del>
            <Name row={row} />
          </del>
        ) : (
          <Name row={row} />
        )}
        {note && <span className={classes.note}>{note}</span>}
        {line.relatedTransactionId && (
          <span className={classes.note}>
            of receipt{' '}
            <Link
              to="/tills/receipts/$storeId/$terminalId/$transactionId"
              params={{ ...path, transactionId: line.relatedTransactionId }}
            >
              {line.relatedTransactionId}
            </Link>
          </span>
        )}
        {changes.map((change) => (
          <span key={change.line} className={classes.change} data-kind={change.kind}>
            {sayChange(change, store.timeZone, amount)}
          </span>
        ))}
        {rules.map((rule) => (
          <span key={rule} className={classes.flag}>
            <IconFlag size={14} aria-hidden="true" /> {ruleWords[rule].title}
          </span>
        ))}
      </span>
      <span className={classes.amount}>{line.amountMinor === 0 ? '' : amount(line.amountMinor)}</span>
      {isStruck && <span className="visually-hidden">taken back</span>}
    </div>
  );
}

function Name({ row: { line } }: { row: RollRow }) {
  const article = line.description ?? (line.plu ? `Article ${line.plu}` : null);
  if (line.type === 'scan') return <>{article ?? 'Article'}</>;
  if (line.type === 'tender')
    return <>{tenderWords[line.tenderType ?? 'other'] ?? readable(line.tenderType ?? 'other')}</>;
  const type = tillLineTypes[line.type] ?? readable(line.type);
  return <>{article ? `${type}: ${article}` : type}</>;
}

/** "3 ×", "0.412 kg", "line 2", "reason 07": what a roll prints in small letters. */
function noteOf({ line }: RollRow): string {
  const measured = line.unit !== 'each';
  const parts = [
    ...(measured ? [`${line.quantity} ${line.unit}`] : line.quantity !== 1 ? [`${line.quantity} ×`] : []),
    ...(line.packSize > 1 ? [`pack of ${line.packSize}`] : []),
    ...(line.relatedLine !== null ? [`of line ${line.relatedLine}`] : []),
    ...(line.reasonCode ? [`reason ${line.reasonCode}`] : []),
    ...(line.training ? ['training'] : []),
  ];
  return line.type === 'scan' || line.type === 'refund' || line.relatedLine !== null || line.reasonCode || line.training
    ? parts.join(' · ')
    : '';
}

function sayChange(change: Change, timeZone: string, amount: (minor: number) => string): string {
  const { kind, at, amountMinor, line, reasonCode, afterTender } = change;
  const where = `${clockTime(at, timeZone)}, line ${line}${reasonCode ? `, reason ${reasonCode}` : ''}`;
  const by = amount(Math.abs(amountMinor));
  if (kind === 'taken_back') return `taken back${afterTender ? ' after the payment had begun' : ''}: ${by} (${where})`;
  if (kind === 'discount') return `discount of ${by} (${where})`;
  return `price ${amountMinor < 0 ? 'lowered' : 'raised'} by hand by ${by} (${where})`;
}
