import { Button, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import page from '../pages/page.module.css';
import { calendarDate, dateTime } from '../time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Problem } from '../ui/notices.tsx';
import { incidentTitle, readable } from '../words.ts';
import { useRequestChange } from './queries.ts';
import classes from './rights.module.css';
import { chosenGrounds, type Ground, groundLabels } from './words.ts';

type Request = Schemas['SubjectRequest'];
type Candidate = Schemas['SubjectCandidate'];
type Mark = 'shows' | 'does_not_show';
type Choice = { outcome: 'granted' } | { outcome: 'refused'; ground: Ground };

/** The recordings that fit; somebody looks at each and says whether the person is in it. */
export function Recordings({ request }: { request: Request }) {
  const isOpen = request.state === 'open';
  const mark = useRequestChange(request.id, ({ incidentId, mark: seen }: { incidentId: string; mark: Mark }) =>
    expectData(
      api.PUT('/v1/subject-requests/{requestId}/incidents/{incidentId}', {
        params: { path: { requestId: request.id, incidentId } },
        body: { mark: seen },
      }),
    ),
  );
  return (
    <section className={`${page.card} ${classes.section}`} aria-label="Recordings">
      <h2 className={classes.title}>Recordings that fit</h2>
      {request.truncated && <p className={classes.late}>More fit than are listed: make the time window smaller.</p>}
      {request.candidates.length === 0 ? (
        <p className={classes.dim}>No incident was recorded there and then.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
        <section className={page.scroll} tabIndex={0} aria-label="Recordings that fit">
          <table className={page.table} data-testid="candidates">
            <thead>
              <tr>
                <th scope="col">Recording</th>
                <th scope="col">When</th>
                <th scope="col">Where</th>
                <th scope="col">Notes</th>
                <th scope="col">Is the person in it?</th>
              </tr>
            </thead>
            <tbody>
              {request.candidates.map((candidate) => (
                <Row
                  key={candidate.incidentId}
                  candidate={candidate}
                  zone={request.timeZone}
                  onMark={isOpen ? (seen) => mark.mutate({ incidentId: candidate.incidentId, mark: seen }) : null}
                  isSending={mark.isPending}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {mark.isError && <Problem error={mark.error} />}
      {isOpen && <Decision request={request} />}
    </section>
  );
}

function Row({
  candidate,
  zone,
  onMark,
  isSending,
}: {
  candidate: Candidate;
  zone: string;
  onMark: ((mark: Mark) => void) | null;
  isSending: boolean;
}) {
  const name = `${candidate.code}`;
  return (
    <tr>
      <td>
        <Link to="/incidents/$incidentId" params={{ incidentId: candidate.incidentId }} className={classes.link}>
          {name} {incidentTitle(candidate.behaviour as Schemas['Incident']['type'])}
        </Link>
      </td>
      <td>{dateTime(candidate.detectedAt, zone)}</td>
      <td>{candidate.camera}</td>
      <td>{notesOf(candidate, zone)}</td>
      <td>
        {onMark === null ? (
          <span>{candidate.mark === null ? 'not looked at' : candidate.mark === 'shows' ? 'Yes' : 'No'}</span>
        ) : (
          <fieldset className={classes.marks} aria-label={`Is the person in ${name}?`}>
            {(['shows', 'does_not_show'] as const).map((seen) => (
              <Button
                key={seen}
                size="compact-sm"
                variant={candidate.mark === seen ? 'filled' : 'default'}
                aria-pressed={candidate.mark === seen}
                disabled={isSending}
                onClick={() => onMark(seen)}
              >
                {seen === 'shows' ? 'Yes' : 'No'}
              </Button>
            ))}
          </fieldset>
        )}
      </td>
    </tr>
  );
}

function notesOf(candidate: Candidate, zone: string): string {
  const ends =
    candidate.outcome === null
      ? []
      : [candidate.outcome === 'granted' ? 'granted' : `refused: ${groundLabels[candidate.ground ?? 'legal_claims']}`];
  return [
    ...ends,
    ...(candidate.waitsUntil ? [`the store keeps it until ${calendarDate(candidate.waitsUntil, zone)}`] : []),
    ...(candidate.held ? ['legal hold'] : []),
    ...(candidate.restricted ? ['not used any more'] : []),
    ...(candidate.open ? ['nobody has decided yet'] : []),
    readable(candidate.evidenceState).toLowerCase(),
  ].join('; ');
}

function Decision({ request }: { request: Request }) {
  const [isDeciding, setDeciding] = useState(false);
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const [whole, setWhole] = useState<Ground | null>(null);
  const shown = request.candidates.filter(({ mark }) => mark === 'shows');
  const decide = useRequestChange(request.id, (body: { choices: Schemas['DecisionChoice'][]; ground?: Ground }) =>
    expectData(
      api.POST('/v1/subject-requests/{requestId}/decision', { params: { path: { requestId: request.id } }, body }),
    ),
  );
  if (!isDeciding)
    return (
      <div className={classes.tools}>
        <Button size="sm" onClick={() => setDeciding(true)}>
          Decide and write the letter
        </Button>
      </div>
    );
  const choiceOf = (id: string): Choice => choices[id] ?? { outcome: 'granted' };
  return (
    <Confirm
      title="Decide the request"
      confirmLabel="Decide"
      testId="decision"
      error={decide.error}
      isSending={decide.isPending}
      onConfirm={() =>
        decide.mutate({
          choices: shown.map(({ incidentId }) => ({ incidentId, ...choiceOf(incidentId) })),
          ...(whole === null ? {} : { ground: whole }),
        })
      }
      onCancel={() => setDeciding(false)}
    >
      <p className={classes.dim}>{consequence(request, shown.length)}</p>
      {shown.map(({ incidentId, code }) => (
        <Select
          key={incidentId}
          label={`Recording ${code}`}
          data={[
            { value: 'granted', label: 'Do what they ask' },
            ...chosenGrounds
              .filter((ground) => ground !== 'manifestly_unfounded')
              .map((ground) => ({ value: ground, label: `Refuse: ${groundLabels[ground].toLowerCase()}` })),
          ]}
          value={((choice) => (choice.outcome === 'granted' ? 'granted' : choice.ground))(choiceOf(incidentId))}
          onChange={(value) =>
            setChoices({
              ...choices,
              [incidentId]:
                value === null || value === 'granted'
                  ? { outcome: 'granted' }
                  : { outcome: 'refused', ground: value as Ground },
            })
          }
          allowDeselect={false}
        />
      ))}
      <Select
        label="Refuse the whole of it"
        placeholder="No"
        clearable
        data={chosenGrounds.map((ground) => ({ value: ground, label: groundLabels[ground] }))}
        value={whole}
        onChange={(value) => setWhole(value as Ground | null)}
      />
    </Confirm>
  );
}

function consequence({ kind }: Request, count: number): string {
  if (count === 0) return 'No recording shows the person: the letter says that nothing was found.';
  const these = count === 1 ? 'the recording' : `the ${count} recordings`;
  switch (kind) {
    case 'access':
      return `A letter is written. A copy of ${these} can be made, in which everybody else is masked.`;
    case 'restriction':
      return `Nobody can look at, share or delete ${these} any more, until that is lifted.`;
    case 'erasure':
    case 'objection':
      return `Nobody can look at ${these} any more, and they are deleted as soon as the store's lock lets them. This cannot be undone. What is under legal hold stays, and the letter says so.`;
  }
}
