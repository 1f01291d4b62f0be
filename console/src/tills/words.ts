import type { Schemas } from '../api/client.ts';
import type { Tone } from '../words.ts';
import type { ExceptionView } from './search.ts';

type RuleId = Schemas['FindingRuleId'];
interface Labelled {
  label: string;
  tone: Tone;
}

/** Each rule by its short name and by what it means, in one sentence that also leaves room for an honest reason. */
export const ruleWords: Record<RuleId, { title: string; meaning: string }> = {
  void_after_tender: {
    title: 'Taken back after payment',
    meaning: 'A line was taken back when the payment had begun: the customer paid the sum, and the till kept less.',
  },
  post_void: {
    title: 'Paid receipt voided',
    meaning: 'A whole receipt was voided after it was paid; usually the customer is still there, and gets money back.',
  },
  cancelled_after_total: {
    title: 'Cancelled after the total',
    meaning: 'A whole open receipt was cancelled once a payment had begun or the drawer had opened.',
  },
  refund_without_receipt: {
    title: 'Refund without a receipt',
    meaning: 'Money was paid back for a sale that nobody named, more often than is usual here.',
  },
  refund_without_customer: {
    title: 'Refund with nobody there',
    meaning: 'Cash was refunded while nobody was being served before or after.',
  },
  no_sale_burst: {
    title: 'Drawer opened again and again',
    meaning: 'The drawer was opened without a sale several times in a short while, for instance to give change.',
  },
  price_override: {
    title: 'Price lowered by hand',
    meaning: 'Prices were lowered by hand, more often than is usual at this till and for this cashier.',
  },
  discount_rate: {
    title: 'Many discounts',
    meaning: 'More discounts were given on this day than is usual at this till and for this cashier.',
  },
  line_void_rate: {
    title: 'Many lines taken back',
    meaning: 'More lines were taken back on this day than is usual at this till and for this cashier.',
  },
  suspend_not_resumed: {
    title: 'Parked and never fetched back',
    meaning: 'A receipt was parked, and nobody came back to it at any till; the goods may still be there.',
  },
  under_ringing: {
    title: 'Rung as something cheaper',
    meaning: 'Something cheap was rung where something dearer seems to have been on the belt.',
  },
  sweethearting: {
    title: 'More moved than rung',
    meaning: 'More items passed the scanner than were rung, or were taken back just before the payment.',
  },
  anomaly: {
    title: 'An unusual day',
    meaning: 'This day looks unlike others in ways that no rule names. It runs on trial and proves nothing.',
  },
};

export const viewWords: Record<ExceptionView, string> = {
  open: 'To look at',
  dismissed: 'Dismissed',
  withdrawn: 'Withdrawn',
  trial: 'Trial',
};

export const emptyViews: Record<ExceptionView, { title: string; body: string }> = {
  open: {
    title: 'Nothing to look at',
    body: 'These days were looked through, and nothing stands out, or somebody has looked at all of it.',
  },
  dismissed: { title: 'Nothing dismissed', body: 'What somebody looked at and found to be nothing is kept here.' },
  withdrawn: {
    title: 'Nothing withdrawn',
    body: 'What a later look no longer finds, because a late line explains it, is kept here.',
  },
  trial: {
    title: 'Nothing on trial',
    body: 'What is only compared with the rules for now shows up here. It counts for nothing and tells nobody.',
  },
};

export const analysisStates: Record<Schemas['TillAnalysis']['state'], Labelled> = {
  running: { label: 'Being looked through', tone: 'info' },
  done: { label: 'Looked through', tone: 'good' },
  failed: { label: 'Could not be looked through', tone: 'bad' },
};

export const basketStates: Record<Schemas['TillBasket']['state'], Labelled> = {
  open: { label: 'Not finished', tone: 'info' },
  paid: { label: 'Paid', tone: 'good' },
  voided: { label: 'Cancelled', tone: 'warn' },
  suspended: { label: 'Parked', tone: 'info' },
  post_voided: { label: 'Voided after payment', tone: 'warn' },
};

export const tenderWords: Record<string, string> = {
  cash: 'Cash',
  card: 'Card',
  mobile: 'Phone',
  voucher: 'Voucher',
  other: 'Other payment',
};

export const importStates: Record<Schemas['PosImport']['state'], Labelled> = {
  receiving: { label: 'Coming in', tone: 'info' },
  done: { label: 'Done', tone: 'good' },
  failed: { label: 'Stopped', tone: 'bad' },
};

export const importFormats: Record<Schemas['PosImport']['format'], string> = { csv: 'CSV', poslog: 'POSLog' };

/** Why a line was put aside, before the sentence that says it in full. */
export const quarantineCodes: Record<string, string> = {
  VALIDATION: 'Not understood',
  TERMINAL_UNKNOWN: 'Till not known here',
  IN_THE_FUTURE: 'Not yet happened',
  CONFLICTING_LINE: 'Says otherwise than before',
};

export const lineOutcomes: Record<Schemas['ConsideredLine']['outcome'], Labelled & { why: string }> = {
  matched: { label: 'The receipt', tone: 'good', why: 'It is the line for this item.' },
  belongs_to_other_item: {
    label: 'Another item’s',
    tone: 'neutral',
    why: 'It fits another item that was seen around that moment better.',
  },
  too_early: { label: 'Too early', tone: 'neutral', why: 'It was rung before the window begins.' },
  too_late: { label: 'Too late', tone: 'neutral', why: 'It was rung after the window ends.' },
  not_needed: {
    label: 'Not needed',
    tone: 'neutral',
    why: 'It lies in the window and is free, but another line is nearer, or the till could not be believed.',
  },
  taken_back: { label: 'Taken back', tone: 'warn', why: 'A void took it back, so it stands for nothing.' },
  training: { label: 'Training', tone: 'neutral', why: 'The till was in training mode; such lines count for nothing.' },
  not_a_scan: { label: 'Not a scan', tone: 'neutral', why: 'No item is rung by a line of this kind.' },
};

/** How sure the score is, in words beside the figure. */
export function certainty(score: number): string {
  if (score >= 0.8) return 'stands out clearly';
  return score >= 0.5 ? 'stands out' : 'stands out a little';
}

/** An amount whose currency nobody names here; the receipt does. */
export const plainAmount = (amountMinor: number): string =>
  (amountMinor / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : several}`;
