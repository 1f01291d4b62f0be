import type { RefObject } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';

const runUpS = 3;
/** Short on purpose: a step that stays within its frame goes on, one that leaps over a frame cannot be seen. */
const shortestFrameS = 1 / 60;
const longestFrameS = 1 / 4;
/** Where a browser does not tell about frames. */
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
  const frameS = useRef<number | null>(null);
  const shownS = useRef(0);
  /** Whether the frame that was asked for is the one that is seen. */
  const isSettled = useRef(true);
  /** A step under way: from which frame, which way. */
  const stepping = useRef<{ fromS: number; direction: number } | null>(null);
  const nextStep = useRef(0);

  const moveTo = useCallback((toS: number): number => {
    const element = video.current;
    if (!element) return 0;
    setParked(false);
    stepping.current = null;
    nextStep.current = 0;
    const clampedS = Math.min(Math.max(0, toS), element.duration || 0);
    if (clampedS !== element.currentTime) {
      isSettled.current = !hasFrameCallbacks(element);
      element.currentTime = clampedS;
    }
    return clampedS;
  }, []);

  const seekTo = useCallback((toS: number) => setTimeS(moveTo(toS)), [moveTo]);

  const step = useCallback(
    (frames: number) => {
      const element = video.current;
      if (!element) return;
      element.pause();
      if (!isSettled.current) {
        nextStep.current = frames;
        return;
      }
      const fromS = shownS.current;
      // Into the middle of the frame; its edges are rounded.
      moveTo(fromS + (frames + 0.5) * (frameS.current ?? shortestFrameS));
      if (!isSettled.current) stepping.current = { fromS, direction: Math.sign(frames) };
    },
    [moveTo],
  );

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // Older browsers tell the time only a few times a second.
    const hasFrames = hasFrameCallbacks(element);
    let frame = 0;
    const onFrame: VideoFrameRequestCallback = (_now, shown) => {
      frame = element.requestVideoFrameCallback(onFrame);
      // A frame of before the jump that is being made.
      if (element.seeking && Math.abs(element.currentTime - shown.mediaTime) > longestFrameS) return;
      const from = stepping.current;
      if (from) {
        const onwardS = element.currentTime + from.direction * shortestFrameS;
        const isStuck = isSameFrame(shown.mediaTime, from.fromS);
        if (isStuck && onwardS > 0 && onwardS < element.duration && Math.abs(onwardS - from.fromS) < longestFrameS) {
          element.currentTime = onwardS;
          return;
        }
        if (!isStuck) frameS.current ??= Math.abs(shown.mediaTime - from.fromS);
        stepping.current = null;
      }
      isSettled.current = true;
      shownS.current = shown.mediaTime;
      setTimeS(shown.mediaTime);
      if (nextStep.current !== 0) step(nextStep.current);
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
    const onTimeUpdate = () => {
      shownS.current = element.currentTime;
      setTimeS(element.currentTime);
    };
    if (hasFrames) frame = element.requestVideoFrameCallback(onFrame);
    else {
      frameS.current = assumedFrameS;
      element.addEventListener('timeupdate', onTimeUpdate);
    }
    if (element.readyState >= 1) onMetadata();
    return () => {
      if (hasFrames) element.cancelVideoFrameCallback(frame);
      element.removeEventListener('timeupdate', onTimeUpdate);
      element.removeEventListener('loadedmetadata', onMetadata);
      element.removeEventListener('play', onPlay);
      element.removeEventListener('pause', onPause);
      element.removeEventListener('error', onError);
    };
  }, [momentS, step]);

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

  return { video, timeS, lengthS, aspect, isPlaying, hasFailed, isParked, toggle, seekTo, step };
}

const isSameFrame = (aS: number, bS: number) => Math.abs(aS - bS) < 0.004;
const hasFrameCallbacks = (element: HTMLVideoElement): boolean => 'requestVideoFrameCallback' in element;
