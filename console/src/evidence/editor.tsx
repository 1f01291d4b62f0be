import { ActionIcon, Button, Group, NumberInput, SegmentedControl, Tooltip } from '@mantine/core';
import { IconPlayerTrackNext, IconPlayerTrackPrev, IconPlus, IconTrash } from '@tabler/icons-react';
import type { PointerEvent } from 'react';
import { useRef, useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { type Clip, clipLengthS } from '../incident/clip-time.ts';
import { usePlayhead } from '../incident/use-playhead.ts';
import { clipPosition } from '../time.ts';
import { Problem } from '../ui/notices.tsx';
import { type Box, boxAt, dragged, freeId, type Track, withEdge, withKeyFrame } from './boxes.ts';
import classes from './masking.module.css';

interface EditorProps {
  incident: IncidentDetail;
  clip: Clip;
  cameraId: string;
  /** Said where there are several. */
  cameraName: string | null;
  newest: Schemas['Redaction'] | undefined;
  onClose: () => void;
}

type Point = { x: number; y: number };

const middle: Box = { x: 0.4, y: 0.35, width: 0.2, height: 0.3 };
const sides = [
  ['x', 'Left'],
  ['y', 'Top'],
  ['width', 'Width'],
  ['height', 'Height'],
] as const;

/** Draws what the model missed, and takes away what it got wrong: a box at a moment, another moment, and it moves between. */
export function MaskingEditor({ incident, clip, cameraId, cameraName, newest, onClose }: EditorProps) {
  const playhead = usePlayhead(clipLengthS(clip), 0);
  const [tracks, setTracks] = useState<Track[]>(newest?.manual ?? []);
  const [selectedId, setSelectedId] = useState<string | null>(tracks[0]?.id ?? null);
  const [drag, setDrag] = useState<{ from: Point; to: Point } | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const { video, timeS, lengthS, isPlaying, toggle, step, seekTo } = playhead;
  const atMs = Math.round(timeS * 1_000);
  const selected = tracks.find((track) => track.id === selectedId);
  const shown = selected ? boxAt(selected, atMs) : null;
  const source = newest?.artifactId ? `/v1/incidents/${incident.id}/evidence/${newest.artifactId}` : clip.url;

  const save = useIncidentCommand(
    incident.id,
    () =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/redactions/boxes', {
          params: { path: { incidentId: incident.id } },
          body: { cameraId, basedOn: newest?.version ?? 0, manual: tracks },
        }),
      ),
    { onSuccess: onClose },
  );

  const change = (id: string, edit: (track: Track) => Track) =>
    setTracks((before) => before.map((track) => (track.id === id ? edit(track) : track)));
  const add = (box: Box) => {
    const id = freeId(tracks);
    setTracks([...tracks, { id, action: 'mask', keyFrames: [{ atMs, ...box }] }]);
    setSelectedId(id);
  };
  const pointOf = (event: PointerEvent): Point => {
    const area = stage.current!.getBoundingClientRect();
    return { x: (event.clientX - area.left) / area.width, y: (event.clientY - area.top) / area.height };
  };
  const finishDrag = () => {
    const box = drag && dragged(drag.from, drag.to);
    setDrag(null);
    if (box) add(box);
  };

  return (
    <div className={classes.stack} data-testid="masking-editor">
      {cameraName !== null && <b>{cameraName}</b>}
      <p className={classes.dim}>
        Stop where a face is to be seen and draw a box over it. Go on to where it is gone and choose “Ends here”; where
        it moves, correct the box on the way.
      </p>
      <div
        ref={stage}
        className={classes.stage}
        style={{ aspectRatio: playhead.aspect }}
        onPointerDown={(event) => {
          video.current?.pause();
          const from = pointOf(event);
          setDrag({ from, to: from });
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: pointOf(event) })}
        onPointerUp={finishDrag}
        onPointerCancel={() => setDrag(null)}
      >
        <video
          ref={video}
          className={classes.video}
          src={source}
          muted
          playsInline
          preload="auto"
          aria-label="Clip to draw on"
        />
        <Boxes tracks={tracks} atMs={atMs} selectedId={selectedId} drag={drag && dragged(drag.from, drag.to)} />
      </div>
      <Group gap="xs">
        <Button size="sm" variant="default" onClick={toggle}>
          {isPlaying ? 'Pause' : 'Play'}
        </Button>
        <StepButton label="One frame back" onClick={() => step(-1)} icon={<IconPlayerTrackPrev size={18} />} />
        <StepButton label="One frame on" onClick={() => step(1)} icon={<IconPlayerTrackNext size={18} />} />
        <input
          type="range"
          className={classes.scrubber}
          aria-label="Moment of the clip"
          min={0}
          max={lengthS}
          step={0.05}
          value={Math.min(timeS, lengthS)}
          onChange={(event) => seekTo(Number(event.currentTarget.value))}
        />
        <span className="tabular">{clipPosition(timeS)}</span>
        <Button size="sm" variant="default" leftSection={<IconPlus size={16} />} onClick={() => add(middle)}>
          Box here
        </Button>
      </Group>
      {tracks.length > 0 && (
        <fieldset className={classes.tracks}>
          <legend>Boxes</legend>
          {tracks.map((track) => (
            <Button
              key={track.id}
              size="xs"
              variant={track.id === selectedId ? 'filled' : 'default'}
              aria-pressed={track.id === selectedId}
              onClick={() => {
                setSelectedId(track.id);
                if (boxAt(track, atMs) === null) seekTo((track.keyFrames[0]?.atMs ?? 0) / 1_000);
              }}
            >
              {track.id} · {clipPosition((track.keyFrames[0]?.atMs ?? 0) / 1_000)} to{' '}
              {clipPosition((track.keyFrames.at(-1)?.atMs ?? 0) / 1_000)}
            </Button>
          ))}
        </fieldset>
      )}
      {selected && (
        <div className={classes.selected}>
          <SegmentedControl
            size="xs"
            aria-label={`What ${selected.id} does`}
            data={[
              { value: 'mask', label: 'Mask this' },
              { value: 'reveal', label: 'Not to be masked' },
            ]}
            value={selected.action}
            onChange={(action) =>
              change(selected.id, (track) => ({ ...track, action: action === 'reveal' ? 'reveal' : 'mask' }))
            }
          />
          {shown &&
            sides.map(([side, label]) => (
              <NumberInput
                key={side}
                size="xs"
                w={90}
                label={`${label}, %`}
                min={side === 'width' || side === 'height' ? 1 : 0}
                max={100}
                decimalScale={1}
                value={Math.round(shown[side] * 1_000) / 10}
                onChange={(value) =>
                  typeof value === 'number' &&
                  change(selected.id, (track) => withKeyFrame(track, atMs, { ...shown, [side]: value / 100 }))
                }
              />
            ))}
          {(['start', 'end'] as const).map((edge) => (
            <Button
              key={edge}
              size="xs"
              variant="default"
              onClick={() => change(selected.id, (track) => withEdge(track, edge, atMs))}
            >
              {edge === 'start' ? 'Starts here' : 'Ends here'}
            </Button>
          ))}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTrash size={14} />}
            onClick={() => {
              setTracks(tracks.filter((track) => track.id !== selected.id));
              setSelectedId(null);
            }}
          >
            Delete {selected.id}
          </Button>
        </div>
      )}
      {save.isError && <Problem error={save.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={save.isPending} onClick={() => save.mutate(undefined)}>
          Save and mask anew
        </Button>
      </Group>
    </div>
  );
}

function StepButton({ label, icon, onClick }: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function Boxes({
  tracks,
  atMs,
  selectedId,
  drag,
}: {
  tracks: readonly Track[];
  atMs: number;
  selectedId: string | null;
  drag: Box | null;
}) {
  const drawn = tracks.flatMap((track) => {
    const box = boxAt(track, atMs);
    return box ? [{ id: track.id, action: track.action, box }] : [];
  });
  if (drag) drawn.push({ id: 'drag', action: 'mask', box: drag });
  return (
    <svg className={classes.overlay} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {drawn.map(({ id, action, box }) => (
        <rect key={id} {...box} className={classes.box} data-action={action} data-selected={id === selectedId} />
      ))}
    </svg>
  );
}
