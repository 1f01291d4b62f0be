import type { Schemas } from '../api/client.ts';
import type { Tone } from '../words.ts';

export type Channel = Schemas['Person']['channels'][number];
export type Locale = Schemas['Person']['locale'];
export type RosterRole = Schemas['RosterRole'];
export type OperatingModel = Schemas['OperatingModel'];

export const channelLabels: Record<Channel, string> = { sms: 'Text', voice: 'Call', email: 'Mail' };
export const localeLabels: Record<Locale, string> = {
  en: 'English',
  es: 'Spanish',
  de: 'German',
  fr: 'French',
};

export const models: Record<OperatingModel, { label: string; hint: string }> = {
  checkout_validation: { label: 'Store first', hint: 'The till speaks first, then the people in the store.' },
  soc_led: { label: 'SOC first', hint: 'Operators look first and bring in the store.' },
  detection_only: { label: 'Records only', hint: 'Nobody is paged; everything is on record.' },
};

export const versionStates: Record<Schemas['PolicyVersionSummary']['state'], { label: string; tone: Tone }> = {
  draft: { label: 'Draft', tone: 'info' },
  review: { label: 'In review', tone: 'warn' },
  active: { label: 'Active', tone: 'good' },
  retired: { label: 'Retired', tone: 'neutral' },
};

/** "user:demo-compliance" → "demo-compliance", and whoever looks is "you". */
export const actorName = (actorId: string, ownId: string): string =>
  actorId === ownId ? 'you' : actorId.replace(/^(user|person|system):/, '');

/** A list on a screen is read by whoever stands beside it: "•••• 101". */
export const maskedNumber = (number: string): string =>
  number.includes('•') ? number : `•••• ${number.replace(/\D/g, '').slice(-3)}`;

export const deliveryStates: Record<Schemas['WebhookDeliveryState'], { label: string; tone: Tone }> = {
  pending: { label: 'Waiting', tone: 'info' },
  delivered: { label: 'Delivered', tone: 'good' },
  dead: { label: 'Dead letter', tone: 'bad' },
};

export const disabledBecause: Record<NonNullable<Schemas['Webhook']['disabledBecause']>, string> = {
  GONE: 'It answered 410: this address is gone for good.',
  FAILING_FOR_DAYS: 'It failed for days.',
};

const groups: Record<string, string> = {
  incident: 'Incidents',
  review: 'Reviews',
  appeal: 'Objections',
  evidence: 'Evidence',
  escalation: 'Reaching people',
  paging: 'Paging',
  runbook: 'Runbooks',
};

const eventTypes = [
  ...['incident.opened', 'incident.merged', 'incident.alerted', 'incident.acknowledged', 'incident.decided'],
  ...['incident.closed', 'incident.corrected', 'incident.reopened', 'incident.outcome_recorded'],
  ...['incident.help_requested', 'incident.help_ended', 'review.asked', 'review.given', 'appeal.opened'],
  ...['appeal.decided', 'evidence.ready', 'evidence.partial', 'evidence.failed', 'evidence.purged'],
  ...['escalation.nobody_on_shift', 'escalation.exhausted', 'paging.suppressed', 'paging.resumed', 'runbook.step'],
] as const satisfies readonly Schemas['WebhookEventType'][];

/** The event types as a select shows them, by what they are about. */
export const eventTypeChoices = Object.entries(groups).map(([prefix, group]) => ({
  group,
  items: eventTypes.filter((type) => type.startsWith(`${prefix}.`)).map((type) => ({ value: type, label: type })),
}));

/** An amount of millionths: 12 345 000 "GBP" → "£12.35"; what is small keeps the digits that it needs. */
export function microMoney(micro: number, currency: string, maximumFractionDigits = 2): string {
  const format = new Intl.NumberFormat('en-GB', {
    ...{ style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits },
  });
  return format.format(micro / 1_000_000);
}

export const count = (value: number): string => value.toLocaleString('en-GB');
