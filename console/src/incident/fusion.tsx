import { Button } from '@mantine/core';
import { useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { clockTime } from '../time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useSession } from '../ui/session.ts';
import { reasonSentence } from '../words-reasons.ts';
import { sourceLabels, weightLabel } from '../words-sensors.ts';
import classes from './fusion.module.css';

/** Every source of an incident: what it said, when, and what it added to the confidence. */
export function Fusion({ incident, fusion }: { incident: IncidentDetail; fusion: Schemas['Fusion'] }) {
  const zone = incident.storeTimeZone;
  return (
    <section className={classes.fusion} data-testid="fusion">
      <h3 className={classes.title}>All sources together: {Math.round(fusion.confidence * 100)} % sure</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="What each source said">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">What it said</th>
              <th scope="col">When</th>
              <th scope="col" className={classes.weight}>
                Adds
              </th>
            </tr>
          </thead>
          <tbody>
            {fusion.contributions.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a source may say the same twice, and the list is made anew as a whole
              <tr key={index}>
                <td>
                  {sourceLabels[one.source]}
                  {one.label && <span className={classes.dim}> {one.label}</span>}
                </td>
                <td>{reasonSentence(one.reason, zone)}</td>
                <td className="tabular">{one.at ? clockTime(one.at, zone) : ''}</td>
                <td className={`${classes.weight} tabular`}>{weightLabel(one.weight)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={classes.dim}>
        Log-odds over an even chance. Of one kind of source only the strongest counts, and none alone makes it certain.
      </p>
      {fusion.events.map((event) => (
        <Joined key={event.eventId} incident={incident} event={event} />
      ))}
    </section>
  );
}

function Joined({ incident, event }: { incident: IncidentDetail; event: Schemas['JoinedEvent'] }) {
  const { may } = useSession();
  const [isAsking, setAsking] = useState(false);
  const zone = incident.storeTimeZone;
  const release = useIncidentCommand(incident.id, () =>
    expectData(
      api.POST('/v1/incidents/{incidentId}/unmerge', {
        params: { path: { incidentId: incident.id } },
        body: { eventId: event.eventId },
      }),
    ),
  );
  return (
    <div className={classes.joined}>
      <p>
        {sourceLabels[event.kind]} {event.sensorId} at {clockTime(event.occurredAt, zone)}.{' '}
        <span className={classes.dim}>Why it belongs here: {reasonSentence(event.reason, zone)}</span>
      </p>
      {may('incident.decide') && !isAsking && (
        <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
          Take it out
        </Button>
      )}
      {isAsking && (
        <Confirm
          title="Take this out?"
          confirmLabel="Take it out"
          error={release.error}
          isSending={release.isPending}
          onConfirm={() => release.mutate(undefined)}
          onCancel={() => setAsking(false)}
        >
          <p>The confidence is worked out again without it. It does not come back.</p>
        </Confirm>
      )}
    </div>
  );
}
