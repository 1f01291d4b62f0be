import type { Message } from './types.ts';

export interface MessageFilter {
  to?: string | undefined;
  from?: string | undefined;
  /** A day, YYYY-MM-DD. */
  sentOn?: string;
  sentBeforeMs?: number;
  sentAfterMs?: number;
}

/** Twilio knows the second a message was sent, no finer; one still in the queue counts from when it was taken in. */
const sentSecondMs = (message: Message) => Math.floor(Date.parse(message.sentAt ?? message.receivedAt) / 1000) * 1000;

/** Newest first; both ends of the date range are included, as in Twilio's documentation. */
export function filterMessages(messages: Message[], filter: MessageFilter): Message[] {
  return messages
    .filter(
      (message) =>
        (filter.to === undefined || message.to === filter.to) &&
        (filter.from === undefined || message.from === filter.from) &&
        (filter.sentOn === undefined || (message.sentAt ?? message.receivedAt).startsWith(filter.sentOn)) &&
        (filter.sentBeforeMs === undefined || sentSecondMs(message) <= filter.sentBeforeMs) &&
        (filter.sentAfterMs === undefined || sentSecondMs(message) >= filter.sentAfterMs),
    )
    .reverse();
}

/** One page with the links that the SDK follows; a page token names the last message of the page before, so new messages shift nothing. */
export function pageOf(messages: Message[], query: object, path: string) {
  const params = new URLSearchParams(query as Record<string, string>);
  const pageSize = Math.min(Number(params.get('PageSize') ?? 50), 1000);
  const page = Number(params.get('Page') ?? 0);
  if (!Number.isInteger(pageSize) || pageSize < 1) return `PageSize=${params.get('PageSize')}`;
  if (!Number.isInteger(page) || page < 0) return `Page=${params.get('Page')}`;

  const after = params.get('PageToken')?.replace(/^PA/, '');
  const position = after === undefined ? page * pageSize - 1 : messages.findIndex(({ sid }) => sid === after);
  if (after !== undefined && position < 0) return `PageToken=${params.get('PageToken')}`;
  const start = position + 1;
  const found = messages.slice(start, start + pageSize);
  const last = found.at(-1);

  const link = (changes: Record<string, string>) => {
    const next = new URLSearchParams(params);
    next.delete('PageToken');
    next.set('PageSize', String(pageSize));
    for (const [name, value] of Object.entries(changes)) next.set(name, value);
    return `${path}?${next}`;
  };
  return {
    messages: found,
    start,
    end: start + found.length - 1,
    page,
    page_size: pageSize,
    uri: link({ Page: String(page) }),
    first_page_uri: link({ Page: '0' }),
    next_page_uri:
      last && start + found.length < messages.length
        ? link({ Page: String(page + 1), PageToken: `PA${last.sid}` })
        : null,
    previous_page_uri: page > 0 ? link({ Page: String(page - 1) }) : null,
  };
}
