import { useQuery } from '@tanstack/react-query';
import type { IncidentDetail, Reason } from '../api/client.ts';
import { explanationQuery } from '../api/queries.ts';
import { clockTime, duration } from '../time.ts';
import { Failure, Loading } from '../ui/notices.tsx';
import { readable, severityLabels, tillLabels } from '../words.ts';
import { reasonPoints, reasonSentence } from '../words-reasons.ts';
import classes from './explanation.module.css';
import { Fusion } from './fusion.tsx';

/** Why the system did what it did; every reason that it has, none made up. */
export function Explanation({ incident }: { incident: IncidentDetail }) {
  const explanation = useQuery(explanationQuery(incident.id));
  if (explanation.isPending) return <Loading label="Loading the reasons" />;
  if (explanation.isError) return <Failure error={explanation.error} onRetry={() => void explanation.refetch()} />;
  const { severity, pos, model, policy, fusion } = explanation.data;
  const zone = incident.storeTimeZone;
  const thresholds = Object.entries(model.thresholds);
  return (
    <div className={classes.grid}>
      {fusion && fusion.contributions.length > 0 && <Fusion incident={incident} fusion={fusion} />}
      <section>
        <h3 className={classes.title}>
          Severity: {severityLabels[severity.level].toLowerCase()}, {severity.score} of 100
        </h3>
        <SeverityReasons reasons={severity.reasons} timeZone={zone} />
      </section>
      <section>
        <h3 className={classes.title}>Till: {tillLabels[pos.verdict].label.toLowerCase()}</h3>
        {pos.windowFromAt && pos.windowToAt && (
          <p className={classes.dim}>
            Till lines from {clockTime(pos.windowFromAt, zone)} to {clockTime(pos.windowToAt, zone)} were looked at.
          </p>
        )}
        {pos.reasons.map((reason) => (
          <p key={reason.code}>{reasonSentence(reason, zone)}</p>
        ))}
      </section>
      <section>
        <h3 className={classes.title}>Detector</h3>
        <p>
          {model.id} <span className={classes.dim}>version {model.version}</span>
        </p>
        {thresholds.map(([name, value]) => (
          <p key={name} className={classes.dim}>
            {threshold(name, value)}
          </p>
        ))}
        {incident.detections.map((detection) => (
          <p key={detection.eventId} className={classes.dim}>
            Seen at {clockTime(detection.detectedAt, zone)}, {Math.round(detection.confidence * 100)} % sure
          </p>
        ))}
      </section>
      <section>
        <h3 className={classes.title}>Rules in force</h3>
        <p>
          Policy {policy.id}, version {policy.version}
        </p>
        <p className={classes.dim}>Fixed when the incident started; later changes do not touch it.</p>
      </section>
    </div>
  );
}

/** `tillStaleMs` 60000 → "Till stale: 1 min". */
function threshold(name: string, value: number): string {
  const words = readable(name.replace(/Ms$/, '').replace(/([A-Z])/g, ' $1'));
  return `${words}: ${name.endsWith('Ms') ? duration(value) : value}`;
}

export function SeverityReasons({ reasons, timeZone }: { reasons: readonly Reason[]; timeZone: string }) {
  return (
    <ul className={classes.reasons}>
      {reasons.map((reason) => {
        const points = reasonPoints(reason);
        return (
          <li key={reason.code}>
            <span className={classes.points}>
              {points === null ? '' : `${points > 0 ? '+' : points < 0 ? '−' : ''}${Math.abs(points)}`}
            </span>
            <span>{reasonSentence(reason, timeZone)}</span>
          </li>
        );
      })}
    </ul>
  );
}
