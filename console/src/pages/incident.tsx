import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { evidenceQuery, incidentQuery } from '../api/queries.ts';
import { Details } from '../incident/details.tsx';
import { IncidentHeader } from '../incident/header.tsx';
import { Outcome } from '../incident/outcome.tsx';
import { Picture } from '../incident/picture.tsx';
import { Timeline } from '../incident/timeline.tsx';
import { VerdictBar } from '../incident/verdict-bar.tsx';
import { Failure, Loading } from '../ui/notices.tsx';
import { incidentTitle } from '../words.ts';
import classes from './incident.module.css';
import page from './page.module.css';

/** One incident, whole: picture, till, people, record and the decision. */
export function IncidentPage() {
  const { incidentId } = useParams({ from: '/app/incidents/$incidentId' });
  const incident = useQuery(incidentQuery(incidentId));
  const evidence = useQuery(evidenceQuery(incidentId));
  const title = incident.data ? `${incident.data.code} ${incidentTitle(incident.data.type)}` : 'Incident';
  useEffect(() => {
    document.title = `${title} · Floorwalker`;
  }, [title]);

  if (incident.isPending) return <Loading page label="Loading the incident" />;
  if (!incident.data) return <Failure page error={incident.error} onRetry={() => void incident.refetch()} />;
  return (
    <div className={classes.frame} key={incidentId}>
      <div className={`${page.page} ${classes.page}`}>
        <IncidentHeader incident={incident.data} />
        {incident.data.state === 'closed' && <Outcome incident={incident.data} />}
        <div className={classes.columns}>
          <div className={classes.left}>
            <Picture incident={incident.data} evidence={evidence.data} />
          </div>
          <div className={classes.right}>
            <Timeline incident={incident.data} />
          </div>
          <div className={classes.below}>
            <Details incident={incident.data} evidence={{ data: evidence.data, error: evidence.error }} />
          </div>
        </div>
      </div>
      <VerdictBar incident={incident.data} />
    </div>
  );
}
