import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconDownload,
  IconMaximize,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForward,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
} from '@tabler/icons-react';
import { useRef } from 'react';
import { clipPosition } from '../time.ts';
import { useShortcuts } from '../ui/shortcuts.tsx';
import classes from './clip-player.module.css';
import type { Clip, TimedBox } from './clip-time.ts';
import { boxesAt } from './clip-time.ts';
import type { Playhead } from './use-playhead.ts';

interface ClipPlayerProps {
  clip: Clip;
  playhead: Playhead;
  tracks: readonly TimedBox[][];
  momentS: number;
  posterUrl: string | undefined;
}

/** The clip with its boxes, opened at the moment of the detection. */
export function ClipPlayer({ clip, playhead, tracks, momentS, posterUrl }: ClipPlayerProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { video, timeS, lengthS, isPlaying, isParked, toggle, step, seekTo } = playhead;
  useShortcuts('Clip', [
    { keys: [' '], label: 'Play or pause', run: toggle },
    { keys: [','], label: 'One frame back', run: () => step(-1) },
    { keys: ['.'], label: 'One frame on', run: () => step(1) },
    { keys: ['m'], label: 'Go to the moment', run: () => seekTo(momentS) },
  ]);

  return (
    <div>
      <div ref={frame} className={classes.frame} style={{ aspectRatio: playhead.aspect }}>
        <video
          ref={video}
          className={classes.video}
          src={clip.url}
          poster={posterUrl}
          muted
          playsInline
          preload="auto"
          aria-label="Clip of the incident"
          data-testid="clip-video"
          onClick={toggle}
        />
        <BoxOverlay boxes={boxesAt(tracks, timeS)} aspect={playhead.aspect} />
        {playhead.hasFailed && (
          <div className={classes.failed} role="alert">
            <p>This browser could not play the clip. The file itself may be fine.</p>
            <Button component="a" href={clip.url} download variant="default" leftSection={<IconDownload size={16} />}>
              Download it
            </Button>
          </div>
        )}
      </div>
      <div className={classes.controls}>
        <Button
          size="sm"
          variant="default"
          onClick={toggle}
          leftSection={isPlaying ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
          className={classes.play}
        >
          {isPlaying ? 'Pause' : 'Play'}
          {!isPlaying && isParked && <span className={classes.from}>&nbsp;from 3 s before</span>}
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
        <span className={classes.position}>
          {clipPosition(timeS)} <span className={classes.length}>of {clipPosition(lengthS)}</span>
        </span>
        <Control label="Full screen" onClick={() => void frame.current?.requestFullscreen()}>
          <IconMaximize size={18} stroke={1.6} />
        </Control>
      </div>
    </div>
  );
}

/** A small button with its key. */
export function Control({
  label,
  hotkey,
  onClick,
  children,
}: {
  label: string;
  hotkey?: string;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={hotkey ? `${label} (${hotkey})` : label} openDelay={300}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={onClick}
        className={classes.control}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** What the detector saw, drawn over the picture. */
export function BoxOverlay({ boxes, aspect }: { boxes: readonly TimedBox[]; aspect: number }) {
  const width = 1000;
  const height = width / aspect;
  return (
    <svg className={classes.overlay} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-testid="clip-boxes">
      {boxes.map((box) => {
        const x = box.x * width;
        const y = box.y * height;
        const label = box.label
          ? `${box.label}${box.score === undefined ? '' : ` ${Math.round(box.score * 100)} %`}`
          : null;
        const labelY = y > 40 ? y - 14 : y + box.height * height + 30;
        return (
          <g key={box.track}>
            <rect
              x={x}
              y={y}
              width={box.width * width}
              height={box.height * height}
              rx="6"
              className={classes.boxHalo}
            />
            <rect x={x} y={y} width={box.width * width} height={box.height * height} rx="6" className={classes.box} />
            {label && (
              <text x={x + 2} y={labelY} className={classes.boxText}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
