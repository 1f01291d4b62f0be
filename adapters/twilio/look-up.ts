import type { Twilio } from 'twilio';
import { CarrierError, type ReceivedText } from './types.ts';

const PAGE_SIZE = 50;
const MOST_PAGES = 20;

interface Listed {
  sid: string;
  dateCreated: Date;
  direction: string;
}

interface Page<T> {
  instances: T[];
  nextPageUrl?: string | undefined;
}

/** A text of ours to this person that says this, from whichever of our numbers. */
export function findText(
  client: Twilio,
  { to, bodyContains, oldestMs }: { to: string; bodyContains: string; oldestMs: number },
): Promise<string | null> {
  return findNewest({
    what: 'text',
    first: client.messages.page({ to, pageSize: PAGE_SIZE }),
    next: (url) => client.messages.getPage(url),
    oldestMs,
    isIt: ({ body }) => body.includes(bodyContains),
  });
}

/** A call of ours to this person that is not known yet. */
export function findCall(
  client: Twilio,
  {
    to,
    numbers,
    exceptSids,
    oldestMs,
  }: { to: string; numbers: readonly string[]; exceptSids: readonly string[]; oldestMs: number },
): Promise<string | null> {
  return findNewest({
    what: 'call',
    first: client.calls.page({ to, pageSize: PAGE_SIZE }),
    next: (url) => client.calls.getPage(url),
    oldestMs,
    isIt: ({ sid, from }) => numbers.includes(from) && !exceptSids.includes(sid),
  });
}

/** Texts to one of our numbers since then, oldest first; a carrier with more than fits into the pages that are read throws. */
export async function listReceived(
  client: Twilio,
  { to, oldestMs }: { to: string; oldestMs: number },
): Promise<ReceivedText[]> {
  const received: ReceivedText[] = [];
  let page = await client.messages.page({ to, pageSize: PAGE_SIZE });
  for (let pages = 1; ; pages += 1) {
    for (const { sid, from, body, direction, dateCreated } of page.instances) {
      if (dateCreated.getTime() < oldestMs) return received.reverse();
      if (direction === 'inbound') received.push({ sid, from, to, body, receivedAt: dateCreated.toISOString() });
    }
    if (!page.nextPageUrl) return received.reverse();
    if (pages === MOST_PAGES)
      throw new CarrierError('permanent', `more than ${PAGE_SIZE * MOST_PAGES} texts came in: read the rest by hand`);
    page = await client.messages.getPage(page.nextPageUrl);
  }
}

/**
 * Reads newest first until what is listed is older than asked for. The carrier's own filters by date are not used: what still waits in
 * its queue has no date sent and no start time, and missing it here would send it or ring twice.
 */
async function findNewest<T extends Listed>(search: {
  what: 'text' | 'call';
  first: Promise<Page<T>>;
  next: (url: string) => Promise<Page<T>>;
  oldestMs: number;
  isIt: (item: T) => boolean;
}): Promise<string | null> {
  let page = await search.first;
  for (let pages = 1; ; pages += 1) {
    for (const item of page.instances) {
      if (item.dateCreated.getTime() < search.oldestMs) return null;
      // An answer to the person's own text may repeat the reference; it is not the text that is looked for.
      if (item.direction === 'outbound-api' && search.isIt(item)) return item.sid;
    }
    if (!page.nextPageUrl) return null;
    if (pages === MOST_PAGES) {
      const read = PAGE_SIZE * MOST_PAGES;
      throw new CarrierError(
        'permanent',
        `the ${search.what} was not among the recipient’s last ${read}, and there are more: look it up by hand`,
      );
    }
    page = await search.next(page.nextPageUrl);
  }
}
