import { Button, Textarea } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { dayName } from '../admin/zone.ts';
import { api, expectData } from '../api/client.ts';
import { clockTime, dateTime } from '../time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useSession } from '../ui/session.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { reasonSentence } from '../words-reasons.ts';
import classes from './finding-card.module.css';
import { type Finding, tillKeys } from './queries.ts';
import { receiptsOf } from './roll.ts';
import { certainty, counted, plainAmount, ruleWords } from './words.ts';

interface FindingCardProps {
  finding: Finding;
  timeZone: string;
  /** The receipt on the page, which needs no link. */
  hereId?: string;
  /** In a dialog, which has the title already. */
  isBare?: boolean;
  /** Its keys work on the page; of several cards only the first has them. */
  hasKeys?: boolean;
}

/** What was found, why, of whom, and what somebody said to it. */
export function FindingCard({ finding, timeZone, hereId, isBare = false, hasKeys = false }: FindingCardProps) {
  const { ruleId, transactionId, day, at, terminalId, amountMinor, score, reasons } = finding;
  const receipts = receiptsOf(finding).filter((id) => id !== hereId);
  return (
    <article className={classes.card} data-bare={isBare || undefined} data-rule={ruleId} data-testid="finding">
      {!isBare && <h2 className={classes.title}>{ruleWords[ruleId].title}</h2>}
      <p className={classes.meaning}>{ruleWords[ruleId].meaning}</p>
      <ul className={classes.reasons}>
        {reasons.map((reason) => (
          <li key={`${reason.code} ${JSON.stringify(reason.params)}`}>{reasonSentence(reason, timeZone)}</li>
        ))}
      </ul>
      <dl className={classes.facts}>
        <dt>When</dt>
        <dd>
          {transactionId === null ? `${dayName(day)}, the whole day` : `${dayName(day)}, ${clockTime(at, timeZone)}`}
        </dd>
        <dt>Till</dt>
        <dd>{terminalId}</dd>
        {amountMinor > 0 && (
          <>
            <dt>Amount</dt>
            <dd className="tabular">{plainAmount(amountMinor)}</dd>
          </>
        )}
        <dt>Score</dt>
        <dd>
          <span className="tabular">{Math.round(score * 100)} %</span>, {certainty(score)}
        </dd>
      </dl>
      {finding.incidentId && (
        <Link to="/incidents/$incidentId" params={{ incidentId: finding.incidentId }} className={classes.incident}>
          The incident of this moment
        </Link>
      )}
      {finding.operator && <Cashier storeId={finding.storeId} operator={finding.operator} />}
      {receipts.length > 0 && (
        <div className={classes.receipts}>
          <p>{hereId ? 'Other receipts of it' : counted(receipts.length, 'receipt')}</p>
          <ul>
            {receipts.map((id) => (
              <li key={id}>
                <Link
                  to="/tills/receipts/$storeId/$terminalId/$transactionId"
                  params={{ storeId: finding.storeId, terminalId, transactionId: id }}
                >
                  {id}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Dismissal finding={finding} timeZone={timeZone} hasKeys={hasKeys} />
    </article>
  );
}

/** A pseudonym, and for those who may know the way to whom the till means. */
function Cashier({ storeId, operator }: { storeId: string; operator: string }) {
  const { may } = useSession();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const reveal = useMutation({
    mutationFn: () =>
      expectData(api.POST('/v1/pos/operators/reveal', { body: { storeId, operator, reason: reason.trim() } })),
    onSuccess: () => setAsking(false),
    // The answer stays on this page and nowhere else.
    gcTime: 0,
  });
  return (
    <div className={classes.cashier} data-testid="cashier">
      <p>
        Cashier <span className="mono">{operator}</span>
        {reveal.data && (
          <>
            , whom the till knows as <b data-testid="revealed">{reveal.data.operatorId}</b>
          </>
        )}
      </p>
      {reveal.data ? (
        <p className={classes.dim}>That you asked is recorded, with your reason.</p>
      ) : isAsking ? (
        <Confirm
          title="Who is this?"
          confirmLabel="Ask and record it"
          canConfirm={reason.trim() !== ''}
          isSending={reveal.isPending}
          error={reveal.error}
          onConfirm={() => reveal.mutate()}
          onCancel={() => setAsking(false)}
          testId="reveal"
        >
          <p className={classes.dim}>
            Your name, this reason and the moment go to the audit log, which nobody can change.
          </p>
          <Textarea
            label="Why you need to know"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            autosize
            minRows={2}
          />
        </Confirm>
      ) : (
        may('till.reveal') && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconUserQuestion size={16} />}
            onClick={() => setAsking(true)}
          >
            Who is this?
          </Button>
        )
      )}
    </div>
  );
}

function Dismissal({ finding, timeZone, hasKeys }: { finding: Finding; timeZone: string; hasKeys: boolean }) {
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const dismiss = useMutation({
    mutationFn: () =>
      expectData(
        api.POST('/v1/pos/exceptions/{exceptionId}/dismiss', {
          params: { path: { exceptionId: finding.id } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => setAsking(false),
    // Somebody else may have been first, which the list then shows.
    onSettled: () =>
      Promise.all([tillKeys.exceptions, tillKeys.receipts].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const known = dismiss.data ?? finding;
  const isOpen = known.dismissedAt === null && known.withdrawnAt === null;
  useShortcuts(
    'Exception',
    hasKeys && isOpen ? [{ keys: ['d'], label: 'It is nothing: dismiss it', run: () => setAsking(true) }] : [],
  );
  if (known.withdrawnAt)
    return (
      <p className={classes.said}>
        Withdrawn on {dateTime(known.withdrawnAt, timeZone)}: a later look no longer finds it.
      </p>
    );
  if (known.dismissedAt)
    return (
      <p className={classes.said} data-testid="dismissed">
        Dismissed on {dateTime(known.dismissedAt, timeZone)}: “{known.dismissedReason}”
      </p>
    );
  if (isAsking)
    return (
      <Confirm
        title="Dismiss it"
        confirmLabel="It is nothing"
        canConfirm={reason.trim() !== ''}
        isSending={dismiss.isPending}
        error={dismiss.error}
        onConfirm={() => dismiss.mutate()}
        onCancel={() => setAsking(false)}
        testId="dismiss"
      >
        <p className={classes.dim}>It stays on record with your reason, and is not found anew.</p>
        <Textarea
          label="Why it is nothing"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
        />
      </Confirm>
    );
  return (
    <div>
      <Button
        variant="default"
        size="sm"
        rightSection={hasKeys ? <kbd>d</kbd> : undefined}
        onClick={() => setAsking(true)}
      >
        It is nothing
      </Button>
    </div>
  );
}
