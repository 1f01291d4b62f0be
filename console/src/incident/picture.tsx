import { useMemo } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { clockTime, duration } from '../time.ts';
import { useSession } from '../ui/session.ts';
import { ClipPlayer } from './clip-player.tsx';
import type { Clip } from './clip-time.ts';
import { boxTracks, clipLengthS, secondsInto } from './clip-time.ts';
import { ClipTrack } from './clip-track.tsx';
import { NoClip } from './no-clip.tsx';
import classes from './picture.module.css';
import { Receipt } from './receipt.tsx';
import { usePlayhead } from './use-playhead.ts';

interface PictureProps {
  incident: IncidentDetail;
  evidence: Schemas['Evidence'] | undefined;
}

/** Picture and till side by side. */
export function Picture({ incident, evidence }: PictureProps) {
  const { may } = useSession();
  const canView = may('evidence.view');
  if (incident.clip && canView) return <PictureWithClip incident={incident} evidence={evidence} clip={incident.clip} />;
  return (
    <div className={classes.pair}>
      <NoClip incident={incident} evidence={evidence} canView={canView} />
      <Receipt incident={incident} nowAt={null} onSeek={null} />
    </div>
  );
}

function PictureWithClip({ incident, evidence, clip }: PictureProps & { clip: Clip }) {
  const momentS = secondsInto(clip, incident.detectedAt);
  const playhead = usePlayhead(clipLengthS(clip), momentS);
  const tracks = useMemo(() => boxTracks(clip, incident.boxes), [clip, incident.boxes]);
  const nowAt = new Date(Date.parse(clip.fromAt) + playhead.timeS * 1000).toISOString();
  const gaps = evidence?.gaps ?? [];
  const posterUrl = evidence?.artifacts.find((artifact) => artifact.kind === 'thumbnail')?.url;
  return (
    <div className={classes.pair}>
      <section aria-label="Clip" className={classes.card}>
        {gaps.length > 0 && (
          <p className={classes.gaps}>
            Part of the recording is missing:{' '}
            {gaps
              .map(
                (gap) =>
                  `${clockTime(gap.fromAt, incident.storeTimeZone)} to ${clockTime(gap.toAt, incident.storeTimeZone)} (${duration(Date.parse(gap.toAt) - Date.parse(gap.fromAt))})`,
              )
              .join(', ')}
            .
          </p>
        )}
        <ClipPlayer clip={clip} playhead={playhead} tracks={tracks} momentS={momentS} posterUrl={posterUrl} />
        <ClipTrack clip={clip} incident={incident} playhead={playhead} tracks={tracks} gaps={gaps} />
      </section>
      <Receipt incident={incident} nowAt={nowAt} onSeek={(at) => playhead.seekTo(secondsInto(clip, at))} />
    </div>
  );
}
