import type { Call, Message } from './types.ts';

/** A day, or instants as whole seconds, in which something was sent or started; both ends are included. */
export interface DateFilter {
  /** YYYY-MM-DD. */
  on?: string;
  beforeMs?: number;
  afterMs?: number;
}

export interface MessageFilter {
  to?: string | undefined;
  from?: string | undefined;
  dates: DateFilter;
}

export interface CallFilter extends MessageFilter {
  status?: string | undefined;
}

/** Reads `Name`, `Name<` and `Name>` of a query, or returns the one that is no date. */
export function readDates(text: (name: string) => string | undefined, name: string): DateFilter | string {
  const dates: DateFilter = {};
  for (const [sign, key] of [
    ['<', 'beforeMs'],
    ['>', 'afterMs'],
  ] as const) {
    const value = text(`${name}${sign}`);
    if (value === undefined) continue;
    const instant = Date.parse(value);
    if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(value) || Number.isNaN(instant)) return `${name}${sign}=${value}`;
    dates[key] = instant;
  }
  const day = text(name);
  if (day === undefined) return dates;
  return /^\d{4}-\d{2}-\d{2}/.test(day) ? { ...dates, on: day.slice(0, 10) } : `${name}=${day}`;
}

/** Twilio knows instants to the second, no finer. */
function isWithin({ on, beforeMs, afterMs }: DateFilter, at: string | null): boolean {
  if (on === undefined && beforeMs === undefined && afterMs === undefined) return true;
  if (at === null) return false;
  const secondMs = Math.floor(Date.parse(at) / 1000) * 1000;
  return (
    (on === undefined || at.startsWith(on)) &&
    (beforeMs === undefined || secondMs <= beforeMs) &&
    (afterMs === undefined || secondMs >= afterMs)
  );
}

/** Newest first; a message still in the queue counts from when it was taken in. */
export const filterMessages = (messages: Message[], { to, from, dates }: MessageFilter): Message[] =>
  messages
    .filter(
      (message) =>
        (to === undefined || message.to === to) &&
        (from === undefined || message.from === from) &&
        isWithin(dates, message.sentAt ?? message.receivedAt),
    )
    .reverse();

/** Newest first; a call that has not rung has no start time and is in no range of it. */
export const filterCalls = (
  calls: Call[],
  { to, from, status, dates }: CallFilter,
  statusOf: (call: Call) => string,
): Call[] =>
  calls
    .filter(
      (call) =>
        (to === undefined || call.to === to) &&
        (from === undefined || call.from === from) &&
        (status === undefined || statusOf(call) === status) &&
        isWithin(dates, call.answeredAt ?? call.ringingAt),
    )
    .reverse();

/** One page with the links that the SDK follows; a page token names the last item of the page before, so new ones shift nothing. */
export function pageOf<T extends { sid: string }>(items: T[], query: object, path: string) {
  const params = new URLSearchParams(query as Record<string, string>);
  const pageSize = Math.min(Number(params.get('PageSize') ?? 50), 1000);
  const page = Number(params.get('Page') ?? 0);
  if (!Number.isInteger(pageSize) || pageSize < 1) return `PageSize=${params.get('PageSize')}`;
  if (!Number.isInteger(page) || page < 0) return `Page=${params.get('Page')}`;

  const after = params.get('PageToken')?.replace(/^PA/, '');
  const position = after === undefined ? page * pageSize - 1 : items.findIndex(({ sid }) => sid === after);
  if (after !== undefined && position < 0) return `PageToken=${params.get('PageToken')}`;
  const start = position + 1;
  const found = items.slice(start, start + pageSize);
  const last = found.at(-1);

  const link = (changes: Record<string, string>) => {
    const next = new URLSearchParams(params);
    next.delete('PageToken');
    next.set('PageSize', String(pageSize));
    for (const [name, value] of Object.entries(changes)) next.set(name, value);
    return `${path}?${next}`;
  };
  return {
    found,
    start,
    end: start + found.length - 1,
    page,
    page_size: pageSize,
    uri: link({ Page: String(page) }),
    first_page_uri: link({ Page: '0' }),
    next_page_uri:
      last && start + found.length < items.length ? link({ Page: String(page + 1), PageToken: `PA${last.sid}` }) : null,
    previous_page_uri: page > 0 ? link({ Page: String(page - 1) }) : null,
  };
}
