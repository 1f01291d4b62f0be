import type { RefObject } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';

const runUpS = 3;
const assumedFrameS = 1 / 25;

export interface Playhead {
  video: RefObject<HTMLVideoElement | null>;
  timeS: number;
  lengthS: number;
  /** Width over height, once known. */
  aspect: number;
  isPlaying: boolean;
  hasFailed: boolean;
  /** Standing at the moment, not played yet: the first play starts a little before it. */
  isParked: boolean;
  toggle: () => void;
  seekTo: (timeS: number) => void;
  step: (frames: number) => void;
}

/** Follows a video frame by frame; opens it at the moment that matters. */
export function usePlayhead(expectedLengthS: number, momentS: number): Playhead {
  const video = useRef<HTMLVideoElement | null>(null);
  const [timeS, setTimeS] = useState(Math.max(0, momentS));
  const [lengthS, setLengthS] = useState(expectedLengthS);
  const [aspect, setAspect] = useState(16 / 9);
  const [isPlaying, setPlaying] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const [isParked, setParked] = useState(true);
  const frameS = useRef(assumedFrameS);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // Older browsers tell the time only a few times a second.
    const hasFrames: boolean = 'requestVideoFrameCallback' in element;
    let frame = 0;
    let lastMediaS: number | null = null;
    const onFrame: VideoFrameRequestCallback = (_now, shown) => {
      setTimeS(shown.mediaTime);
      const deltaS = lastMediaS === null ? 0 : shown.mediaTime - lastMediaS;
      if (!element.paused && deltaS > 0.005 && deltaS < 0.25)
        frameS.current = Math.min(frameS.current === assumedFrameS ? 1 : frameS.current, deltaS);
      lastMediaS = shown.mediaTime;
      frame = element.requestVideoFrameCallback(onFrame);
    };
    const onMetadata = () => {
      setFailed(false);
      if (Number.isFinite(element.duration)) setLengthS(element.duration);
      if (element.videoWidth > 0) setAspect(element.videoWidth / element.videoHeight);
      element.currentTime = Math.min(Math.max(0, momentS), element.duration || 0);
    };
    const onPlay = () => setPlaying(true);
    const onPause = () => setPlaying(false);
    const onError = () => setFailed(true);
    element.addEventListener('loadedmetadata', onMetadata);
    element.addEventListener('play', onPlay);
    element.addEventListener('pause', onPause);
    element.addEventListener('error', onError);
    const onTimeUpdate = () => setTimeS(element.currentTime);
    if (hasFrames) frame = element.requestVideoFrameCallback(onFrame);
    else element.addEventListener('timeupdate', onTimeUpdate);
    if (element.readyState >= 1) onMetadata();
    return () => {
      if (hasFrames) element.cancelVideoFrameCallback(frame);
      element.removeEventListener('timeupdate', onTimeUpdate);
      element.removeEventListener('loadedmetadata', onMetadata);
      element.removeEventListener('play', onPlay);
      element.removeEventListener('pause', onPause);
      element.removeEventListener('error', onError);
    };
  }, [momentS]);

  const seekTo = useCallback((toS: number) => {
    const element = video.current;
    if (!element) return;
    setParked(false);
    const clamped = Math.min(Math.max(0, toS), element.duration || 0);
    element.currentTime = clamped;
    setTimeS(clamped);
  }, []);

  const toggle = useCallback(() => {
    const element = video.current;
    if (!element) return;
    if (!element.paused) {
      element.pause();
      return;
    }
    if (isParked) seekTo(momentS - runUpS);
    else if (element.ended) seekTo(0);
    element.play().catch(() => setFailed(element.error !== null));
  }, [isParked, momentS, seekTo]);

  const step = useCallback(
    (frames: number) => {
      const element = video.current;
      if (!element) return;
      element.pause();
      seekTo(element.currentTime + frames * frameS.current);
    },
    [seekTo],
  );

  return { video, timeS, lengthS, aspect, isPlaying, hasFailed, isParked, toggle, seekTo, step };
}
