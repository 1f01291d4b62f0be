import { Button, Switch } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForward,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
} from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { BoxOverlay, Control } from '../incident/clip-player.tsx';
import { boxesAt, boxTracks } from '../incident/clip-time.ts';
import { type Playhead, usePlayhead } from '../incident/use-playhead.ts';
import { clipPosition, clockTime } from '../time.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import { reasonSentence } from '../words-reasons.ts';
import { NativeFrame } from './native-frame.tsx';
import { alignmentSentence, type CameraView, shownAt } from './views.ts';
import classes from './wall.module.css';

interface WallProps {
  incident: IncidentDetail;
  evidence: Schemas['Evidence'];
  /** The camera that sets the time; it has a clip. */
  lead: CameraView & { clip: NonNullable<CameraView['clip']> };
  others: readonly CameraView[];
}

/** All cameras at one moment: the incident's own leads, the others follow by how their clocks lie to it. */
export function Wall({ incident, evidence, lead, others }: WallProps) {
  const { clip } = lead;
  const detectedMs = Date.parse(incident.detectedAt);
  const playhead = usePlayhead((clip.toMs - clip.fromMs) / 1000, (detectedMs + lead.offsetMs - clip.fromMs) / 1000);
  const [showsBoxes, setShowsBoxes] = useState(true);
  const [showsHeat, setShowsHeat] = useState(false);
  const [compares, setCompares] = useState(false);
  const momentS = (detectedMs + lead.offsetMs - clip.fromMs) / 1000;
  useShortcuts('Clips', [
    { keys: [' '], label: 'Play or pause all cameras', run: playhead.toggle },
    { keys: [','], label: 'One frame back', run: () => playhead.step(-1) },
    { keys: ['.'], label: 'One frame on', run: () => playhead.step(1) },
    { keys: ['m'], label: 'Go to the moment', run: () => playhead.seekTo(momentS) },
    { keys: ['b'], label: 'Boxes on or off', run: () => setShowsBoxes((shown) => !shown) },
    { keys: ['h'], label: 'Heatmap on or off', run: () => setShowsHeat((shown) => !shown) },
    { keys: ['c'], label: 'Compare with the native recording', run: () => setCompares((shown) => !shown) },
  ]);
  const clipOfLead = useMemo(() => ({ fromAt: new Date(clip.fromMs).toISOString() }), [clip.fromMs]);
  const tracks = useMemo(() => boxTracks(clipOfLead, incident.boxes), [clipOfLead, incident.boxes]);
  const isOwn = lead.alignment === null;
  const shownMs = clip.fromMs + playhead.timeS * 1000;
  /** By the clock of the incident's own camera, which all others are set by. */
  const atMs = shownMs - lead.offsetMs;
  const zone = incident.storeTimeZone;
  const nativeKind = isOwn ? 'segment' : 'other_segment';
  const segments = evidence.artifacts.filter(
    ({ kind, cameraId }) => kind === nativeKind && cameraId === (isOwn ? null : lead.cameraId),
  );

  return (
    <section aria-label="Clips" className={classes.wall}>
      <div className={classes.views} data-count={1 + others.length + (compares ? 1 : 0)}>
        <figure className={classes.view} data-lead>
          <div className={classes.picture} style={{ aspectRatio: playhead.aspect }}>
            <video
              ref={playhead.video}
              className={classes.video}
              src={clip.url}
              muted
              playsInline
              preload="auto"
              aria-label={`Clip of ${lead.name}`}
              data-testid="wall-lead"
            />
            {showsHeat && lead.heatmapUrl && <Heat url={lead.heatmapUrl} />}
            {showsBoxes && isOwn && <BoxOverlay boxes={boxesAt(tracks, playhead.timeS)} aspect={playhead.aspect} />}
            {playhead.hasFailed && <p className={classes.notice}>This browser could not play the clip.</p>}
          </div>
          <Caption view={lead} timeZone={zone} shownMs={shownMs} />
        </figure>
        {compares && <NativeFrame segments={segments} atMs={shownMs} timeZone={zone} />}
        {others.map((view) => (
          <Follower key={view.cameraId} view={view} atMs={atMs} playhead={playhead} heat={showsHeat} timeZone={zone} />
        ))}
      </div>
      <Controls playhead={playhead} momentS={momentS} />
      <div className={classes.switches}>
        <Switch label="Boxes" checked={showsBoxes} onChange={() => setShowsBoxes(!showsBoxes)} />
        <Switch label="Heatmap of what moved" checked={showsHeat} onChange={() => setShowsHeat(!showsHeat)} />
        <Switch label="Compare with the native recording" checked={compares} onChange={() => setCompares(!compares)} />
        <p className={classes.dim}>
          Keys: <kbd>Space</kbd> play, <kbd>,</kbd> <kbd>.</kbd> frame by frame, <kbd>m</kbd> moment, <kbd>b</kbd>{' '}
          boxes, <kbd>h</kbd> heatmap, <kbd>c</kbd> compare, <kbd>?</kbd> all of them.
        </p>
      </div>
    </section>
  );
}

function Controls({ playhead, momentS }: { playhead: Playhead; momentS: number }) {
  const { isPlaying, timeS, lengthS, toggle, step, seekTo } = playhead;
  return (
    <div className={classes.controls}>
      <Button
        size="sm"
        variant="default"
        onClick={toggle}
        leftSection={isPlaying ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
      >
        {isPlaying ? 'Pause' : 'Play'}
      </Button>
      <Control label="One frame back" hotkey="," onClick={() => step(-1)}>
        <IconPlayerTrackPrev size={18} stroke={1.6} />
      </Control>
      <Control label="One frame on" hotkey="." onClick={() => step(1)}>
        <IconPlayerTrackNext size={18} stroke={1.6} />
      </Control>
      <Control label="Go to the moment" hotkey="m" onClick={() => seekTo(momentS)}>
        <IconPlayerSkipForward size={18} stroke={1.6} />
      </Control>
      <input
        type="range"
        className={classes.range}
        min={0}
        max={lengthS}
        step={0.02}
        value={timeS}
        onChange={(event) => seekTo(Number(event.currentTarget.value))}
        aria-label="Position in the clips"
        aria-valuetext={`${clipPosition(timeS)} of ${clipPosition(lengthS)}`}
      />
      <span className={classes.position}>
        {clipPosition(timeS)} of {clipPosition(lengthS)}
      </span>
    </div>
  );
}

interface FollowerProps {
  view: CameraView;
  /** By the clock of the incident's own camera. */
  atMs: number;
  playhead: Playhead;
  heat: boolean;
  timeZone: string;
}

/** Playing apart by less is not seen; setting it right is. */
const driftS = 0.1;
const sameFrameS = 0.01;
/** Past the edge of a picture, which is rounded. */
const edgeS = 0.002;

function Follower({ view, atMs, playhead, heat, timeZone }: FollowerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const shown = shownAt(view, atMs);
  const { isPlaying } = playhead;
  const targetS = shown.kind === 'picture' ? shown.atS : null;
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (targetS === null || !isPlaying) element.pause();
    if (targetS === null || element.readyState === 0) return;
    if (Math.abs(element.currentTime - targetS) > (isPlaying ? driftS : sameFrameS))
      element.currentTime = targetS + edgeS;
    // A tab that may not play shows the pictures all the same, one by one.
    if (isPlaying && element.paused) element.play().catch(() => undefined);
  }, [targetS, isPlaying]);
  return (
    <figure className={classes.view} data-testid={`wall-${view.cameraId}`}>
      <div className={classes.picture}>
        {view.clip && (
          <video
            ref={video}
            className={classes.video}
            src={view.clip.url}
            muted
            playsInline
            preload="auto"
            aria-label={`Clip of ${view.name}`}
            onLoadedMetadata={(event) => {
              if (targetS !== null) event.currentTarget.currentTime = targetS + edgeS;
            }}
          />
        )}
        {heat && view.heatmapUrl && <Heat url={view.heatmapUrl} />}
        {shown.kind !== 'picture' && <p className={classes.notice}>{whyNothing(view, shown.kind, timeZone)}</p>}
      </div>
      <Caption view={view} timeZone={timeZone} shownMs={atMs + view.offsetMs} />
    </figure>
  );
}

function whyNothing(view: CameraView, kind: 'gap' | 'outside', timeZone: string): string {
  if (view.clip) return kind === 'gap' ? 'Not recorded at this moment.' : 'The clip does not reach this moment.';
  if (view.state === 'requested') return 'The clip is on its way.';
  return view.failure ? reasonSentence(view.failure, timeZone) : 'There is no clip.';
}

const Heat = ({ url }: { url: string }) => <img src={url} alt="" className={classes.heat} data-testid="heatmap" />;

function Caption({ view, timeZone, shownMs }: { view: CameraView; timeZone: string; shownMs: number }) {
  return (
    <figcaption className={classes.caption}>
      <b>{view.name}</b> <span className="tabular">{clockTime(new Date(shownMs).toISOString(), timeZone)}</span>
      {view.alignment && <span className={classes.dim}> {alignmentSentence(view.alignment)}</span>}
    </figcaption>
  );
}
