import type { Crossing, Detection, PosEvent } from '../../domain/types.ts';

/** A line as it goes over the wire, and the true time at which the till sends it. */
export interface DayLine {
  event: PosEvent;
  postedAt: string;
}

/** What is planted, and the rule or behaviour that would name it. */
export const fraudRules = {
  missed_scan: 'missed_scan',
  wrong_item: 'wrong_scan',
  fake_scan: 'fake_scan',
  several_items: 'multi_item_pass',
  sweethearting: 'sweethearting',
  under_ringing: 'under_ringing',
  void_after_tender: 'void_after_tender',
  refund_nobody_there: 'refund_without_customer',
  no_sale_burst: 'no_sale_burst',
  price_override: 'price_override',
  post_void: 'post_void',
} as const;
export type FraudKind = keyof typeof fraudRules;

export interface Fraud {
  kind: FraudKind;
  ruleId: (typeof fraudRules)[FraudKind];
  terminalId: string;
  /** As the till knows them; null where a shopper did it. */
  operatorId: string | null;
  transactionId: string;
  /** More than one where only the pattern is the fraud, as with a burst. */
  transactionIds: string[];
  /** True time, first and last moment. */
  at: string;
  toAt: string;
  items: number;
  amountMinor: number;
  /** What a camera saw of it. */
  crossingIds: string[];
}

/** Why a crossing is neither a paid nor a stolen item. */
export type OtherCrossingCause = 'hand' | 'left_behind' | 'refund' | 'training' | 'suspended';

export const honestEvents = [
  'double_scan',
  'quantity_key',
  'multi_pack',
  'forgotten_then_rescanned',
  'line_void',
  'cancelled',
  'suspended',
  'never_resumed',
  'override',
  'discount',
  'refund_with_receipt',
  'refund_without_receipt',
  'no_sale',
  'training',
] as const;
export type HonestEvent = (typeof honestEvents)[number];

export interface DayFault {
  kind:
    | 'late_posting'
    | 'out_of_order_posting'
    | 'duplicated_posting'
    | 'clock_drift'
    | 'clock_step'
    | 'feed_outage'
    | 'terminal_replaced'
    | 'terminal_closed'
    | 'camera_misses'
    | 'camera_sees_hands';
  /** The till or the camera; null: anywhere. */
  place: string | null;
  fromAt: string;
  toAt: string;
  params: Record<string, string | number>;
}

/** One visit to a till, in true time. */
export interface Shopper {
  kind: 'cashier' | 'self_checkout';
  cameraId: string;
  zoneId: string;
  terminalId: string;
  transactionId: string;
  fromAt: string;
  toAt: string;
  /** The receipt was paid; false: cancelled, or left open. */
  paid: boolean;
  /** Something was planted here, by the shopper or by the cashier. */
  fraud: boolean;
}

export interface Truth {
  frauds: Fraud[];
  /** Items that were paid, with the line that stands for them; the till is needed since numbers repeat between tills. */
  paidItems: { crossingId: string; terminalId: string; transactionId: string; line: number }[];
  /** Items that left without any line. */
  unpaidItems: { crossingId: string }[];
  /** Items that left under another article's line. */
  wrongItems: { crossingId: string; terminalId: string; transactionId: string; line: number }[];
  otherCrossings: { crossingId: string; cause: OtherCrossingCause }[];
  /** Everybody who came to a till to buy something. */
  shoppers: Shopper[];
  /** Which crossing each detection is about. */
  detections: { eventId: string; crossingId: string }[];
  /** Honest things that happened, counted, so that a day without them cannot pass for one with them. */
  honest: Record<HonestEvent, number>;
  faults: DayFault[];
}

/** From this moment another terminal serves the zone. */
export interface TerminalChange {
  at: string;
  cameraId: string;
  zoneId: string;
  fromTerminalId: string;
  toTerminalId: string;
}

export interface StoreDay {
  storeId: string;
  date: string;
  timeZone: string;
  /** Midnight to midnight by the store's clock, in true time: 23, 24 or 25 hours. */
  fromAt: string;
  toAt: string;
  /** By the time of posting, with duplicates, as the wire carries them. */
  lines: DayLine[];
  crossings: Crossing[];
  /** By the moment of the item; the camera knows of each a window later. */
  detections: Detection[];
  terminalChanges: TerminalChange[];
  truth: Truth;
}

/** How much goes wrong; `noFaults` is a day on which nothing does. */
export interface Faults {
  /** Share of transactions whose lines come 1 to 600 s late. */
  lateShare: number;
  /** Share of lines that are overtaken by later ones. */
  outOfOrderShare: number;
  duplicateShare: number;
  /** Every till's clock is off by up to so much in the morning and drifts by up to so much. */
  clockOffsetMs: number;
  clockDriftPpm: number;
  /** One till 90 s ahead for an hour in the afternoon, another 90 s behind for an hour in the morning. */
  clockSteps: boolean;
  /** A self-checkout's feed is dead from 13:00 to 14:00, then everything comes at once. */
  feedOutage: boolean;
  terminalReplaced: boolean;
  /** A self-checkout is closed for half an hour and cleaned, which its camera sees. */
  terminalClosed: boolean;
  /** Share of items that any camera misses, and that the bad one does. */
  cameraMissShare: number;
  badCameraMissShare: number;
  /** Share of items at one self-checkout after which a hand is taken for a further item. */
  handShare: number;
  /** Of items that are scanned after a prompt, the share that crosses the line a second time. */
  rescanCrossesAgainShare: number;
}

export const defaultFaults: Faults = {
  lateShare: 0.02,
  outOfOrderShare: 0.02,
  duplicateShare: 0.01,
  clockOffsetMs: 500,
  clockDriftPpm: 20,
  clockSteps: true,
  feedOutage: true,
  terminalReplaced: true,
  terminalClosed: true,
  cameraMissShare: 0.015,
  badCameraMissShare: 0.12,
  handShare: 0.04,
  rescanCrossesAgainShare: 0.3,
};

export const noFaults: Faults = {
  lateShare: 0,
  outOfOrderShare: 0,
  duplicateShare: 0,
  clockOffsetMs: 0,
  clockDriftPpm: 0,
  clockSteps: false,
  feedOutage: false,
  terminalReplaced: false,
  terminalClosed: false,
  cameraMissShare: 0,
  badCameraMissShare: 0,
  handShare: 0,
  rescanCrossesAgainShare: 0,
};
