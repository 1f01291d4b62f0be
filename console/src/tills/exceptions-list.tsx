import { Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { dayName, hourMinute } from '../admin/zone.ts';
import page from '../pages/page.module.css';
import { Chip } from '../ui/chip.tsx';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { reasonSentence } from '../words-reasons.ts';
import classes from './exceptions.module.css';
import { FindingCard } from './finding-card.tsx';
import type { Finding } from './queries.ts';
import { certainty, counted, plainAmount, ruleWords } from './words.ts';

// Coming back from a receipt, the focus returns to its row.
let lastOpenedId: string | null = null;

/** The findings, rule by rule, the most money first; one walks through them with j and k. */
export function ExceptionsList({ findings, timeZone }: { findings: readonly Finding[]; timeZone: string }) {
  const list = useRef<HTMLDivElement>(null);
  const [shownId, setShownId] = useState<string | null>(null);
  const shown = findings.find(({ id }) => id === shownId);
  useEffect(() => {
    if (lastOpenedId) list.current?.querySelector<HTMLElement>(`[data-finding="${lastOpenedId}"]`)?.focus();
  }, []);
  const move = (by: number) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-finding]') ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
    rows[next]?.focus();
    rows[next]?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts('List', [
    { keys: ['j', 'ArrowDown'], label: 'Next exception', run: () => move(1) },
    { keys: ['k', 'ArrowUp'], label: 'Previous exception', run: () => move(-1) },
    { keys: ['Enter'], label: 'Open the receipt', run: () => move(1) },
  ]);
  const open = (finding: Finding, isHere: boolean) => {
    lastOpenedId = finding.id;
    if (isHere) setShownId(finding.id);
  };
  return (
    <div ref={list} data-testid="exceptions">
      {groupsOf(findings).map(({ ruleId, items, amountMinor }) => (
        <section key={ruleId} className={classes.group} aria-labelledby={`rule-${ruleId}`} data-rule={ruleId}>
          <div className={classes.groupHead}>
            <h2 id={`rule-${ruleId}`} className={classes.groupTitle}>
              {ruleWords[ruleId].title} <span className={classes.count}>{items.length}</span>
            </h2>
            {amountMinor > 0 && <span className={classes.sum}>{plainAmount(amountMinor)} in all</span>}
            <p className={classes.meaning}>{ruleWords[ruleId].meaning}</p>
          </div>
          <ol className={`${page.card} ${classes.list}`}>
            {items.map((finding) => (
              <li key={finding.id}>
                <Row finding={finding} timeZone={timeZone} onOpen={(isHere) => open(finding, isHere)} />
              </li>
            ))}
          </ol>
        </section>
      ))}
      {shown && (
        <Modal
          opened
          onClose={() => setShownId(null)}
          title={ruleWords[shown.ruleId].title}
          centered
          size="lg"
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <FindingCard finding={shown} timeZone={timeZone} isBare />
        </Modal>
      )}
    </div>
  );
}

interface RowProps {
  finding: Finding;
  timeZone: string;
  onOpen: (isHere: boolean) => void;
}

function Row({ finding, timeZone, onOpen }: RowProps) {
  const { id, storeId, terminalId, transactionId, operator, at, day, amountMinor, score, reasons, incidentId } =
    finding;
  const when = transactionId === null ? `${dayName(day)}, whole day` : `${dayName(day)}, ${hourMinute(at, timeZone)}`;
  const content = (
    <>
      <span className={classes.score}>
        <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect width="100" height="4" className={classes.track} />
          <rect width={Math.round(score * 100)} height="4" className={classes.level} />
        </svg>
        <span>
          {Math.round(score * 100)} %<span className="visually-hidden">, {certainty(score)}</span>
        </span>
      </span>
      <span className={classes.what}>
        <span className={classes.reason}>
          {reasons[0] ? reasonSentence(reasons[0], timeZone) : ruleWords[finding.ruleId].meaning}
        </span>
        <span className={classes.where}>
          {when} · till {terminalId}
          {operator && (
            <>
              {' '}
              · cashier <span className="mono">{operator}</span>
            </>
          )}
        </span>
      </span>
      <span className={classes.chips}>
        {incidentId && <Chip tone="info">With an incident</Chip>}
        {reasons.length > 1 && (
          <Chip
            quiet
            hint={reasons
              .slice(1)
              .map((reason) => reasonSentence(reason, timeZone))
              .join(' ')}
          >
            {counted(reasons.length - 1, 'more reason')}
          </Chip>
        )}
      </span>
      <span className={classes.amount}>{amountMinor > 0 ? plainAmount(amountMinor) : ''}</span>
    </>
  );
  // A receipt shows what holds of it now; a whole day, and what no longer holds, is told here.
  const isHere = transactionId === null || finding.shadow || finding.withdrawnAt !== null;
  return isHere ? (
    <button type="button" className={classes.row} data-finding={id} onClick={() => onOpen(true)}>
      {content}
    </button>
  ) : (
    <Link
      to="/tills/receipts/$storeId/$terminalId/$transactionId"
      params={{ storeId, terminalId, transactionId }}
      className={classes.row}
      data-finding={id}
      onClick={() => onOpen(false)}
    >
      {content}
    </Link>
  );
}

interface Group {
  ruleId: Finding['ruleId'];
  items: Finding[];
  amountMinor: number;
}

function groupsOf(findings: readonly Finding[]): Group[] {
  const groups = new Map<Finding['ruleId'], Finding[]>();
  for (const finding of findings) groups.set(finding.ruleId, [...(groups.get(finding.ruleId) ?? []), finding]);
  return [...groups]
    .map(([ruleId, items]) => ({
      ruleId,
      items: items.toSorted((a, b) => b.score - a.score || b.amountMinor - a.amountMinor || (a.at < b.at ? 1 : -1)),
      amountMinor: items.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    }))
    .sort((a, b) => b.amountMinor - a.amountMinor || b.items.length - a.items.length);
}
