import type { IncidentDetail } from './api/client.ts';
import { duration } from './time.ts';
import type { Tone } from './words.ts';

export type Notification = IncidentDetail['notifications'][number];
type State = Notification['state'];

export const notificationKinds: Record<Notification['kind'], string> = {
  alert: 'Please check',
  correction: 'Correction',
  help: 'Call for help',
  help_call: 'Call for help',
  notice: 'Approval asked for',
};

export const channelNames: Record<Notification['channel'], string> = { sms: 'Text', voice: 'Call', email: 'E-mail' };

const shared = {
  failed: { label: 'Could not be sent', tone: 'bad' },
  nobody_on_shift: { label: 'Nobody on shift', tone: 'warn' },
  withheld: { label: 'Held back', tone: 'warn' },
} as const;

export const notificationStates: Record<Notification['channel'], Record<State, { label: string; tone: Tone }>> = {
  sms: {
    ...shared,
    intended: { label: 'Being sent', tone: 'neutral' },
    sent: { label: 'Handed to the carrier', tone: 'neutral' },
    delivered: { label: 'Delivered', tone: 'good' },
    undelivered: { label: 'Not delivered', tone: 'bad' },
  },
  voice: {
    ...shared,
    failed: { label: 'Could not be called', tone: 'bad' },
    intended: { label: 'Being called', tone: 'neutral' },
    sent: { label: 'Calling', tone: 'info' },
    delivered: { label: 'Answered', tone: 'good' },
    undelivered: { label: 'Not answered', tone: 'bad' },
  },
  email: {
    ...shared,
    intended: { label: 'Being sent', tone: 'neutral' },
    sent: { label: 'Handed to the mail server', tone: 'neutral' },
    delivered: { label: 'Delivered', tone: 'good' },
    undelivered: { label: 'Not delivered', tone: 'bad' },
  },
};

export const notificationState = ({ channel, state }: Pick<Notification, 'channel' | 'state'>) =>
  notificationStates[channel][state];

/** How a call went beyond its state; null for what is no call, or has not ended. */
export function callOutcome({ channel, answeredBy, callSeconds }: Notification): string | null {
  if (channel !== 'voice') return null;
  const by = answeredBy?.startsWith('machine') || answeredBy === 'fax' ? 'An answering machine took it' : null;
  const length = callSeconds ? `it lasted ${duration(callSeconds * 1000)}` : null;
  if (by && length) return `${by}; ${length}.`;
  if (by) return `${by}.`;
  return length && `${length.charAt(0).toUpperCase()}${length.slice(1)}.`;
}

/** Counts hand-overs of an alert and the corrections of an incident; the first needs no words. */
export function roundWords({ kind, round }: Pick<Notification, 'kind' | 'round'>): string | null {
  if (round === 0) return null;
  if (kind === 'correction') return `correction ${round + 1}`;
  return round === 1 ? 'handed over at a shift change' : `handed over, ${round} times`;
}

const telling: readonly Notification['kind'][] = ['alert', 'help', 'help_call'];
const reaching: readonly State[] = ['intended', 'sent', 'delivered', 'undelivered'];

/** Who was told about it, or may have been: exactly these hear of a correction. */
export function toldPeople(notifications: readonly Notification[]): string[] {
  const told = notifications.filter(
    ({ kind, state, channel }) =>
      telling.includes(kind) && reaching.includes(state) && !(channel === 'voice' && state === 'undelivered'),
  );
  return [...new Set(told.map(({ personName }) => personName))];
}
