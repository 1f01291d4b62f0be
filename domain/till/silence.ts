import type { CorrelationInput, PairedMoment } from '../pos-correlation.ts';
import { toMs } from '../time.ts';
import type { PosLineType, Reason } from '../types.ts';

/** The last thing that a till had rung by some moment. */
export interface LastLine {
  transactionId: string;
  type: PosLineType;
  occurredAt: string;
}

/** Once lines have come late, others of the same time may follow for this long. */
const catchUpMs = 60_000;
/** The last so many lines of a receipt tell how late it comes: a single one may have been overtaken. */
const lastLines = 3;
/** After any other line nobody has begun to scan, as far as the till has been heard. */
const openTypes: readonly PosLineType[] = ['scan', 'line_void', 'override', 'discount', 'resume'];

/** Why the till's silence about an item proves nothing; null when it does. */
export function tillSilence(
  input: CorrelationInput,
  moment: PairedMoment,
  { fromMs, untilMs, reachMs }: { fromMs: number; untilMs: number; reachMs: number },
): Reason | null {
  return (
    closed(input, moment, fromMs, untilMs) ??
    silent(input, moment) ??
    lagging(input, moment, reachMs) ??
    oddlyArrived(input, moment) ??
    noReceiptOpen(input)
  );
}

function closed(input: CorrelationInput, moment: PairedMoment, fromMs: number, untilMs: number): Reason | null {
  const { closedFromAt, closedToAt = null } = input;
  if (!closedFromAt || toMs(closedFromAt) > untilMs || (closedToAt !== null && toMs(closedToAt) <= fromMs)) return null;
  const usedAllTheSame = moment.standing.some(
    ({ occurredAt }) => occurredAt > closedFromAt && (closedToAt === null || occurredAt < closedToAt),
  );
  return usedAllTheSame ? null : { code: 'TILL_CLOSED', params: { fromAt: closedFromAt, toAt: closedToAt } };
}

const serverAheadOf = (input: CorrelationInput): number => input.clock?.serverAheadMs ?? 0;

function silent(input: CorrelationInput, moment: PairedMoment): Reason | null {
  const { feedSeenAt, window, askedAt } = input;
  if (feedSeenAt === null) return { code: 'TILL_NEVER_HEARD', params: {} };
  const serverAheadMs = serverAheadOf(input);
  const prompted = input.rescan?.prompted ?? null;
  // A till that fell silent while its customer was asked to scan again could not have told us that they did.
  const promptEndMs =
    prompted && askedAt !== undefined ? Math.min(toMs(askedAt), toMs(prompted.untilAt)) - serverAheadMs : -Infinity;
  const endMs = Math.max(moment.sightingMs + window.afterMs, promptEndMs);
  // A sign of life counts up to the server's clock at most, so a till that runs ahead is measured by that one.
  const lagMs = endMs + Math.min(moment.offsetMs, serverAheadMs) - toMs(feedSeenAt);
  const allowedMs = window.feedStaleAfterMs;
  return lagMs > allowedMs ? { code: 'TILL_SILENT', params: { lastSeenAt: feedSeenAt, lagMs, allowedMs } } : null;
}

function lagging(input: CorrelationInput, moment: PairedMoment, reachMs: number): Reason | null {
  const { window, askedAt, clock } = input;
  const serverAheadMs = serverAheadOf(input);
  const allowedMs = window.feedStaleAfterMs;
  const late = (lagMs: number, limitMs = allowedMs): Reason => ({
    code: 'TILL_LAGGING',
    params: { lagMs, allowedMs: limitMs },
  });
  const endMs = moment.sightingMs + window.afterMs;
  const waitedMs = askedAt === undefined ? 0 : toMs(askedAt) - endMs - serverAheadMs;
  // A till that runs ahead has no lag that shows, and none worth a doubt.
  const shownLagMs = input.feedLagMs ?? 0;
  const feedLagMs = shownLagMs > 0 ? shownLagMs + moment.offsetMs - serverAheadMs : 0;
  if (feedLagMs > allowedMs && waitedMs < feedLagMs) return late(feedLagMs);
  const lines = arrivals(input, moment);
  const near = lines.filter(
    ({ distanceMs, receivedMs }) =>
      Math.abs(distanceMs) <= reachMs && !(askedAt !== undefined && toMs(askedAt) - receivedMs > catchUpMs),
  );
  const catchingUpMs = near.reduce((latestMs, { lagMs }) => Math.max(latestMs, lagMs), 0);
  if (catchingUpMs > allowedMs) return late(catchingUpMs);
  const limitMs = Math.min(allowedMs, clock?.changeLimitMs ?? allowedMs);
  const receiptMs = receiptLag(input, lines, window.afterMs);
  return receiptMs > limitMs && waitedMs < receiptMs + allowedMs ? late(receiptMs, limitMs) : null;
}

interface Arrival {
  transactionId: string | undefined;
  /** After the sighting, the clocks put right. */
  distanceMs: number;
  receivedMs: number;
  /** How long it took to come in. */
  lagMs: number;
}

function arrivals(input: CorrelationInput, moment: PairedMoment): Arrival[] {
  const serverAheadMs = serverAheadOf(input);
  return input.lines.flatMap((line) => {
    if (line.receivedAt === undefined) return [];
    const distanceMs = moment.distanceMs(line);
    const receivedMs = toMs(line.receivedAt);
    const lagMs = receivedMs - (moment.sightingMs + distanceMs + serverAheadMs);
    return [{ transactionId: line.transactionId, distanceMs, receivedMs, lagMs }];
  });
}

/** A receipt can be on its way by itself while the till gives signs of life: how long the quickest of its last lines took. */
function receiptLag({ lastLine }: CorrelationInput, lines: readonly Arrival[], afterMs: number): number {
  if (!lastLine) return 0;
  const own = lines
    .filter(({ transactionId, distanceMs }) => transactionId === lastLine.transactionId && distanceMs <= afterMs)
    .sort((a, b) => a.distanceMs - b.distanceMs)
    .slice(-lastLines);
  return own.length === 0 ? 0 : Math.min(...own.map(({ lagMs }) => lagMs));
}

function oddlyArrived({ clock }: CorrelationInput, { offsetMs, errorMs }: PairedMoment): Reason | null {
  if (!clock) return null;
  const changeMs = Math.max(clock.tillChangeMs ?? 0, clock.cameraChangeMs ?? 0);
  if (changeMs <= clock.changeLimitMs) return null;
  const params = { why: 'late_or_jumped', offsetMs, errorMs, changeMs, allowedMs: clock.changeLimitMs };
  return { code: 'CLOCKS_UNCERTAIN', params };
}

/** Nobody had begun to scan, as far as we heard: the whole receipt may be on its way, or goods are only carried past. */
function noReceiptOpen({ lastLine }: CorrelationInput): Reason | null {
  if (!lastLine || openTypes.includes(lastLine.type)) return null;
  return { code: 'NO_RECEIPT_OPEN', params: { lastType: lastLine.type, lastAt: lastLine.occurredAt } };
}
