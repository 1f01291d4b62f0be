import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { evidenceQuery, incidentQuery } from '../api/queries.ts';
import { Details } from '../incident/details.tsx';
import { IncidentHeader } from '../incident/header.tsx';
import { Notices } from '../incident/notices.tsx';
import { Outcome } from '../incident/outcome.tsx';
import { Picture } from '../incident/picture.tsx';
import { Runbook } from '../incident/runbook.tsx';
import { Timeline } from '../incident/timeline.tsx';
import { useDecision } from '../incident/use-decision.ts';
import { VerdictBar } from '../incident/verdict-bar.tsx';
import { Failure, Loading } from '../ui/notices.tsx';
import { incidentTitle } from '../words.ts';
import classes from './incident.module.css';
import page from './page.module.css';

/** One incident, whole: picture, till, people, record and the decision. */
export function IncidentPage() {
  const { incidentId } = useParams({ from: '/app/incidents/$incidentId' });
  const incident = useQuery(incidentQuery(incidentId));
  const title = incident.data ? `${incident.data.code} ${incidentTitle(incident.data.type)}` : 'Incident';
  useEffect(() => {
    document.title = `${title} · Floorwalker`;
  }, [title]);

  if (incident.isPending) return <Loading page label="Loading the incident" />;
  if (!incident.data) return <Failure page error={incident.error} onRetry={() => void incident.refetch()} />;
  return <Whole key={incidentId} incident={incident.data} />;
}

function Whole({ incident }: { incident: IncidentDetail }) {
  const evidence = useQuery(evidenceQuery(incident.id));
  const decision = useDecision(incident);
  const scroller = useRef<HTMLDivElement>(null);
  const isClosed = incident.state === 'closed';
  const wasClosed = useRef(isClosed);
  useEffect(() => {
    // The outcome stands at the top of the page.
    if (isClosed && wasClosed.current === false) scroller.current?.scrollTo({ top: 0 });
    wasClosed.current = isClosed;
  }, [isClosed]);

  return (
    <div className={classes.frame}>
      {/* The id lets the router restore where one was. */}
      <div ref={scroller} className={classes.scroll} data-scroll-restoration-id="incident" tabIndex={-1}>
        <div className={`${page.page} ${classes.page}`}>
          <IncidentHeader incident={incident} />
          <Notices incident={incident} onStandDown={() => decision.arm('safe')} />
          {isClosed && <Outcome incident={incident} />}
          <div className={classes.columns}>
            <div className={classes.left}>
              <Picture incident={incident} evidence={evidence.data} />
            </div>
            <div className={classes.right}>
              <Runbook incident={incident} />
              <Timeline incident={incident} />
            </div>
            <div className={classes.below}>
              <Details incident={incident} evidence={{ data: evidence.data, error: evidence.error }} />
            </div>
          </div>
        </div>
      </div>
      <VerdictBar incident={incident} decision={decision} />
    </div>
  );
}
