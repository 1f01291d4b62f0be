import type { IncidentDetail, Schemas } from '../api/client.ts';
import { clipPosition, clockTime } from '../time.ts';
import type { Clip, TimedBox } from './clip-time.ts';
import { axisPercent, secondsInto } from './clip-time.ts';
import classes from './clip-track.module.css';
import type { Playhead } from './use-playhead.ts';

interface ClipTrackProps {
  clip: Clip;
  incident: IncidentDetail;
  playhead: Playhead;
  tracks: readonly TimedBox[][];
  gaps: readonly Schemas['Evidence']['gaps'][number][];
}

/** One axis of time for both witnesses: what the camera saw above, what the till rang below. */
export function ClipTrack({ clip, incident, playhead, tracks, gaps }: ClipTrackProps) {
  const { timeS, lengthS, seekTo } = playhead;
  const zone = incident.storeTimeZone;
  const place = (at: string) => axisPercent(secondsInto(clip, at), lengthS);
  const span = (fromS: number, toS: number) => {
    const from = Math.min(100, Math.max(0, (fromS / lengthS) * 100));
    const to = Math.min(100, Math.max(0, (toS / lengthS) * 100));
    return { left: `${from}%`, width: `${Math.max(0.4, to - from)}%` };
  };
  const playedPercent = axisPercent(Math.min(timeS, lengthS), lengthS) ?? 0;
  const momentPercent = place(incident.detectedAt);

  return (
    <div className={classes.track}>
      <div className={classes.names} aria-hidden="true">
        <span>Camera</span>
        <span>Till</span>
      </div>
      <div className={classes.lanes}>
        <div className={classes.lane}>
          {tracks.map((track) => (
            <span key={track[0]!.track} className={classes.seen} style={span(track[0]!.timeS, track.at(-1)!.timeS)} />
          ))}
          {gaps.map((gap) => (
            <span
              key={gap.fromAt}
              className={classes.gap}
              style={span(secondsInto(clip, gap.fromAt), secondsInto(clip, gap.toAt))}
            />
          ))}
          {incident.detections.map((detection) => {
            const left = place(detection.detectedAt);
            return left === null ? null : (
              <span key={detection.eventId} className={classes.detection} style={{ left: `${left}%` }} />
            );
          })}
        </div>
        <div className={classes.lane}>
          {incident.posLines.map((line) => {
            const left = place(line.occurredAt);
            return left === null ? null : (
              <span
                key={`${line.transactionId}-${line.line}`}
                className={classes.rung}
                data-matched={line.matched || undefined}
                style={{ left: `${left}%` }}
              />
            );
          })}
        </div>
        {momentPercent !== null && <span className={classes.moment} style={{ left: `${momentPercent}%` }} />}
        <span className={classes.playhead} style={{ left: `${playedPercent}%` }} />
        <input
          type="range"
          className={classes.range}
          min={0}
          max={lengthS}
          step={0.02}
          value={timeS}
          onChange={(event) => seekTo(Number(event.currentTarget.value))}
          aria-label="Position in the clip"
          aria-valuetext={`${clipPosition(timeS)} of ${clipPosition(lengthS)}`}
        />
      </div>
      <div className={classes.axis}>
        <span>{clockTime(clip.fromAt, zone)}</span>
        {momentPercent !== null && (
          <span className={classes.axisMoment} style={{ left: `${Math.min(82, Math.max(18, momentPercent))}%` }}>
            seen {clockTime(incident.detectedAt, zone)}
          </span>
        )}
        <span>{clockTime(clip.toAt, zone)}</span>
      </div>
    </div>
  );
}
