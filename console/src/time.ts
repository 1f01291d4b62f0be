import { useSyncExternalStore } from 'react';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** "just now", "42 s ago", "5 min ago", "3 h ago", "2 days ago"; future instants read "in …". */
export function relativeTime(at: string, nowMs: number): string {
  const distanceMs = nowMs - Date.parse(at);
  const size = Math.abs(distanceMs);
  if (size < 5 * secondMs) return 'just now';
  const words = roughDuration(size);
  return distanceMs >= 0 ? `${words} ago` : `in ${words}`;
}

function roughDuration(sizeMs: number): string {
  if (sizeMs < minuteMs) return `${Math.floor(sizeMs / secondMs)} s`;
  if (sizeMs < hourMs) return `${Math.floor(sizeMs / minuteMs)} min`;
  if (sizeMs < 2 * dayMs) return `${Math.floor(sizeMs / hourMs)} h`;
  return `${Math.floor(sizeMs / dayMs)} days`;
}

/** A length of time for a sentence: "0.4 s", "12 s", "3 min", "2 h". */
export function duration(ms: number): string {
  if (Math.abs(ms) < 10 * secondMs) return `${Math.round(ms / 100) / 10} s`;
  return roughDuration(Math.abs(ms));
}

/** Time left as "0:42" or "1:03:20"; null once it has run out. */
export function countdown(dueAt: string, nowMs: number): string | null {
  const leftMs = Date.parse(dueAt) - nowMs;
  if (leftMs <= 0) return null;
  const totalSeconds = Math.ceil(leftMs / secondMs);
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds % 3600) / 60);
  const seconds = String(totalSeconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** Position in a clip, "0:04.6". */
export function clipPosition(seconds: number): string {
  const whole = Math.max(0, seconds);
  const tenths = Math.floor(whole * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor((tenths % 600) / 10)).padStart(2, '0')}.${tenths % 10}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(kind: string, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${kind}|${timeZone ?? ''}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { ...options, ...(timeZone ? { timeZone } : {}) });
    formats.set(key, made);
  }
  return made;
}

/** "21 Nov 2026, 14:03:27" with the zone's short name when a zone is named. */
export function dateTime(at: string, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  };
  return format('dateTime', timeZone ? { ...options, timeZoneName: 'short' } : options, timeZone).format(new Date(at));
}

/** "14:03:27" in the given zone. */
export function clockTime(at: string, timeZone?: string): string {
  return format('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }, timeZone).format(new Date(at));
}

/** "21 November 2026" in the given zone. */
export function calendarDate(at: string, timeZone?: string): string {
  return format('date', { day: 'numeric', month: 'long', year: 'numeric' }, timeZone).format(new Date(at));
}

/** "14:03", today, else "20 Nov, 14:03". */
export function shortTime(at: string, nowMs: number): string {
  const sameDay = calendarDate(at) === calendarDate(new Date(nowMs).toISOString());
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  return sameDay
    ? format('hm', clock, undefined).format(new Date(at))
    : format('dhm', { ...clock, day: 'numeric', month: 'short' }, undefined).format(new Date(at));
}

let aheadMs = 0;

/** Tells what the server's clock says now, so that countdowns hold on a workstation whose own clock is wrong. */
export function setServerTime(at: string): void {
  const measuredMs = Date.parse(at) - Date.now();
  if (Number.isFinite(measuredMs)) aheadMs = measuredMs;
}

const serverNowMs = () => Date.now() + aheadMs;

const listeners = new Set<() => void>();
let nowMs = Date.now();
let ticker: number | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    nowMs = serverNowMs();
    ticker = window.setInterval(() => {
      nowMs = serverNowMs();
      for (const tell of listeners) tell();
    }, secondMs);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.clearInterval(ticker);
  };
}

/** The present by the server's clock, refreshed each second by one shared timer. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
