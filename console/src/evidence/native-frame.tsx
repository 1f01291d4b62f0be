import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { clockTime } from '../time.ts';
import { type NativeVideo, readSegment, unitsFor } from './transport-stream.ts';
import classes from './wall.module.css';

type Artifact = Schemas['Artifact'];

interface NativeFrameProps {
  segments: readonly Artifact[];
  /** By the camera's clock. */
  atMs: number;
  timeZone: string;
}

/** The picture of a moment out of the very bytes that the recorder wrote, decoded here and shown beside the clip. */
export function NativeFrame({ segments, atMs, timeZone }: NativeFrameProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [words, setWords] = useState<string>('');
  const segment = segments.find(
    ({ fromAt, toAt }) => fromAt && toAt && Date.parse(fromAt) <= atMs && Date.parse(toAt) > atMs,
  );
  useEffect(() => {
    if (!segment) {
      setWords('Nothing was recorded at this moment.');
      return undefined;
    }
    let isStale = false;
    const show = async () => {
      if (!('VideoDecoder' in window))
        return 'This browser cannot decode recordings by itself. Download the segment and play it.';
      const video = await videoOf(segment);
      const frame = await decode(video, (atMs - Date.parse(segment.fromAt ?? '')) * 1000);
      try {
        const target = canvas.current;
        if (isStale || !target) return null;
        target.width = frame.displayWidth;
        target.height = frame.displayHeight;
        target.getContext('2d')?.drawImage(frame, 0, 0);
        const shownMs = Date.parse(segment.fromAt ?? '') + frame.timestamp / 1000;
        return `${segment.id}, picture of ${clockTime(new Date(shownMs).toISOString(), timeZone)}, hash checked here`;
      } finally {
        frame.close();
      }
    };
    show().then(
      (said) => !isStale && said !== null && setWords(said),
      (error: unknown) => !isStale && setWords(error instanceof Error ? error.message : 'It could not be decoded.'),
    );
    return () => {
      isStale = true;
    };
  }, [segment, atMs, timeZone]);
  return (
    <figure className={classes.view}>
      <div className={classes.picture}>
        <canvas
          ref={canvas}
          className={classes.video}
          aria-label="Picture of the native recording"
          data-testid="native-frame"
        />
      </div>
      <figcaption className={classes.caption}>
        <b>Native recording</b> <span className={classes.dim}>{words}</span>
      </figcaption>
    </figure>
  );
}

const known = new Map<string, Promise<NativeVideo>>();
const mostKnown = 12;

function videoOf(segment: Artifact): Promise<NativeVideo> {
  const before = known.get(segment.sha256);
  if (before) return before;
  if (known.size >= mostKnown) known.clear();
  const video = fetchSegment(segment);
  known.set(segment.sha256, video);
  video.catch(() => known.delete(segment.sha256));
  return video;
}

async function fetchSegment({ url, sha256 }: Artifact): Promise<NativeVideo> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error('The segment could not be fetched.');
  const bytes = new Uint8Array(await response.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== sha256) throw new Error('What arrived does not have the recorded hash. It is not shown.');
  return readSegment(bytes);
}

/** Half a millisecond: instants of segments are whole milliseconds. */
const slackUs = 500;

async function decode(video: NativeVideo, atUs: number): Promise<VideoFrame> {
  const { units, wantedUs } = unitsFor(video, atUs + slackUs);
  return await new Promise((resolve, reject) => {
    let wanted: VideoFrame | undefined;
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (frame.timestamp === wantedUs && !wanted) wanted = frame;
        else frame.close();
      },
      error: reject,
    });
    decoder.configure({ codec: video.codec, optimizeForLatency: true });
    for (const { atUs: timestamp, isKey, data } of units)
      decoder.decode(new EncodedVideoChunk({ type: isKey ? 'key' : 'delta', timestamp, data }));
    decoder.flush().then(() => {
      decoder.close();
      if (wanted) resolve(wanted);
      else reject(new Error('The decoder gave no picture of this moment.'));
    }, reject);
  });
}
