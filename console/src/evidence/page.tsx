import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, expectData, type IncidentDetail, type Schemas } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { evidenceQuery, incidentQuery } from '../api/queries.ts';
import { Custody } from '../incident/custody.tsx';
import { EvidenceFiles } from '../incident/evidence-files.tsx';
import page from '../pages/page.module.css';
import { clockTime, dateTime, duration } from '../time.ts';
import { Failure, Loading, Problem } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { incidentTitle } from '../words.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './page.module.css';
import { type CameraView, cameraViews } from './views.ts';
import { Wall } from './wall.tsx';

/** The recordings of one incident: every camera at one moment, the files that prove it, and who has had them. */
export function EvidencePage() {
  const { incidentId } = useParams({ from: '/app/incidents/$incidentId/evidence' });
  const incident = useQuery(incidentQuery(incidentId));
  const evidence = useQuery(evidenceQuery(incidentId));
  const title = incident.data ? `Evidence of ${incident.data.code}` : 'Evidence';
  useEffect(() => {
    document.title = `${title} · Floorwalker`;
  }, [title]);
  if (incident.isPending || evidence.isPending) return <Loading page label="Loading the evidence" />;
  if (!incident.data || !evidence.data) {
    const error = incident.error ?? evidence.error;
    return <Failure page error={error} onRetry={() => void Promise.all([incident.refetch(), evidence.refetch()])} />;
  }
  return <Whole key={incidentId} incident={incident.data} evidence={evidence.data} />;
}

type Clipped = CameraView & { clip: NonNullable<CameraView['clip']> };
const isClipped = (view: CameraView): view is Clipped => view.clip !== null;

function Whole({ incident, evidence }: { incident: IncidentDetail; evidence: Schemas['Evidence'] }) {
  const { may } = useSession();
  const views = cameraViews(incident, evidence);
  const lead = views.find(isClipped);
  return (
    <main className={page.page}>
      <header className={classes.head}>
        <Link to="/incidents/$incidentId" params={{ incidentId: incident.id }} className={classes.back}>
          <IconArrowLeft size={16} aria-hidden="true" /> {incident.code}
        </Link>
        <h1 className={page.title}>Evidence</h1>
        <p className={page.lead}>
          {incidentTitle(incident.type)}, {incident.zoneLabel}, {incident.storeName},{' '}
          {dateTime(incident.detectedAt, incident.storeTimeZone)}
        </p>
      </header>
      <div className={classes.stack}>
        <KeptBack incident={incident} evidence={evidence} />
        <Failed incident={incident} views={views} />
        {lead && may('evidence.view') ? (
          <Wall incident={incident} evidence={evidence} lead={lead} others={views.filter((view) => view !== lead)} />
        ) : (
          <p>{may('evidence.view') ? 'There is no clip to show.' : 'The picture is not for your role.'}</p>
        )}
        <Gaps views={views} timeZone={incident.storeTimeZone} />
        <section aria-labelledby="evidence-files">
          <h2 id="evidence-files" className={classes.heading}>
            Files
          </h2>
          <EvidenceFiles incident={incident} evidence={evidence} error={null} isOwnPage />
        </section>
        <section aria-labelledby="evidence-custody">
          <h2 id="evidence-custody" className={classes.heading}>
            Chain of custody
          </h2>
          <Custody incident={incident} />
        </section>
      </div>
    </main>
  );
}

/** Files whose bytes are no longer what was recorded. */
function KeptBack({ incident, evidence }: { incident: IncidentDetail; evidence: Schemas['Evidence'] }) {
  const { may } = useSession();
  const kept = evidence.artifacts.filter(({ quarantine }) => quarantine !== null);
  const restore = useIncidentCommand(incident.id, (artifactId: string) =>
    expectData(
      api.POST('/v1/incidents/{incidentId}/evidence/{artifactId}/restore', {
        params: { path: { incidentId: incident.id, artifactId } },
      }),
    ),
  );
  if (kept.length === 0) return null;
  return (
    <section role="alert" className={classes.alarm} data-testid="quarantine">
      <p>
        <b>{kept.length === 1 ? 'A file is' : `${kept.length} files are`} no longer what was recorded.</b> Nobody is
        given {kept.length === 1 ? 'it' : 'them'} any more, and no packet may hold {kept.length === 1 ? 'it' : 'them'}.
      </p>
      <ul className={classes.list}>
        {kept.map(({ id, quarantine }) => (
          <li key={id} className={classes.row}>
            <span>
              <b>{id}</b>: {quarantine?.because === 'GONE' ? 'gone or unreadable' : 'altered'}, found{' '}
              {dateTime(quarantine?.at ?? '', incident.storeTimeZone)}
            </span>
            {may('evidence.release') && (
              <Button size="xs" variant="default" loading={restore.isPending} onClick={() => restore.mutate(id)}>
                Put an intact copy in its place
              </Button>
            )}
          </li>
        ))}
      </ul>
      {restore.isError && <Problem error={restore.error} />}
    </section>
  );
}

/** Cameras whose recording could not be secured, and another try. */
function Failed({ incident, views }: { incident: IncidentDetail; views: readonly CameraView[] }) {
  const { may } = useSession();
  const failed = views.filter(({ state }) => state === 'failed');
  const retry = useIncidentCommand(incident.id, () =>
    expectData(
      api.POST('/v1/incidents/{incidentId}/evidence/retry', { params: { path: { incidentId: incident.id } } }),
    ),
  );
  if (failed.length === 0) return null;
  return (
    <section aria-label="What could not be secured" className={classes.warning}>
      <ul className={classes.list}>
        {failed.map((view) => (
          <li key={view.cameraId}>
            <b>{view.name}:</b>{' '}
            {view.failure ? reasonSentence(view.failure, incident.storeTimeZone) : 'could not be secured.'}
          </li>
        ))}
      </ul>
      {may('evidence.redact') && (
        <Button size="sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          Try again
        </Button>
      )}
      {retry.isError && <Problem error={retry.error} />}
    </section>
  );
}

function Gaps({ views, timeZone }: { views: readonly CameraView[]; timeZone: string }) {
  const gaps = views.flatMap(({ name, gaps: missing, clip }) => (clip ? missing.map((gap) => ({ name, ...gap })) : []));
  if (gaps.length === 0) return null;
  const at = (ms: number) => clockTime(new Date(ms).toISOString(), timeZone);
  return (
    <section aria-label="Gaps in the recordings" className={classes.warning}>
      <ul className={classes.list}>
        {gaps.map(({ name, fromMs, toMs }) => (
          <li key={`${name} ${fromMs}`}>
            <b>{name}:</b> not recorded from {at(fromMs)} to {at(toMs)} ({duration(toMs - fromMs)})
          </li>
        ))}
      </ul>
    </section>
  );
}
