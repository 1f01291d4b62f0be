import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconEyeOff, IconFileOff, IconTrash, IconVideoOff } from '@tabler/icons-react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { duration, useNowMs } from '../time.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './no-clip.module.css';

interface NoClipProps {
  incident: IncidentDetail;
  evidence: Schemas['Evidence'] | undefined;
  canView: boolean;
}

/** Says honestly why there is no picture, and what can be done without one. */
export function NoClip({ incident, evidence, canView }: NoClipProps) {
  const poster = canView ? evidence?.artifacts.find((artifact) => artifact.kind === 'thumbnail') : undefined;
  return (
    <section aria-label="Clip" className={classes.panel} data-has-poster={poster !== undefined || undefined}>
      {poster && <img src={poster.url} alt="The moment of the detection" className={classes.poster} />}
      <div className={classes.words}>{canView ? <Why incident={incident} evidence={evidence} /> : <Hidden />}</div>
    </section>
  );
}

function Hidden() {
  return (
    <>
      <IconEyeOff size={34} stroke={1.4} aria-hidden="true" />
      <p className={classes.title}>The picture is not for your role</p>
      <p>What the till says and what happened is all here.</p>
    </>
  );
}

function Why({ incident, evidence }: Pick<NoClipProps, 'incident' | 'evidence'>) {
  if (evidence?.artifacts.some(({ kind, quarantine }) => kind === 'clip' && quarantine !== null)) return <KeptBack />;
  switch (incident.evidenceState) {
    case 'requested':
    case 'ready':
    case 'partial':
      return <OnItsWay since={evidence?.requestedAt ?? incident.receivedAt} isOpen={incident.state !== 'closed'} />;
    case 'failed':
      return (
        <>
          <IconVideoOff size={34} stroke={1.4} aria-hidden="true" />
          <p className={classes.title}>There is no clip</p>
          <p>
            {evidence?.failure
              ? reasonSentence(evidence.failure, incident.storeTimeZone)
              : 'The recording could not be fetched.'}
          </p>
          <p>Go by the till and by what people say. “Not sure” is a fair answer.</p>
        </>
      );
    case 'not_kept':
      return (
        <>
          <IconFileOff size={34} stroke={1.4} aria-hidden="true" />
          <p className={classes.title}>No picture was kept</p>
          <p>The till has the receipt, so there was no reason to keep one.</p>
        </>
      );
    case 'purged':
      return (
        <>
          <IconTrash size={34} stroke={1.4} aria-hidden="true" />
          <p className={classes.title}>The clip was deleted</p>
          <p>Its time was up. A signed record of the deletion is kept.</p>
        </>
      );
  }
}

function KeptBack() {
  return (
    <>
      <IconAlertTriangle size={34} stroke={1.4} aria-hidden="true" />
      <p className={classes.title}>The clip is kept back</p>
      <p>Its bytes are no longer what was recorded. The evidence page says more.</p>
    </>
  );
}

function OnItsWay({ since, isOpen }: { since: string; isOpen: boolean }) {
  const nowMs = useNowMs();
  const waitedMs = Math.max(0, nowMs - Date.parse(since));
  return (
    <>
      <Loader type="dots" aria-hidden="true" />
      <p className={classes.title}>The clip is on its way</p>
      <p>It is cut once the seconds after the moment are recorded, and shows up here by itself.</p>
      <p className={classes.small}>
        Asked for {duration(waitedMs)} ago.{isOpen && ' You can decide without it.'}
      </p>
    </>
  );
}
