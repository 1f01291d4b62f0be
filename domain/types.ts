/**
 * Glossary
 * - detection: one signal from a camera, till, sensor or another vendor's detector.
 * - incident: what people deal with; one workflow, one row, one or more detections.
 * - sighting: an item seen crossing the scan line; a missed scan is a sighting without a receipt line.
 * - POS verdict: what the till says of it. MATCH (paid), MISMATCH (not on the receipt), UNKNOWN (the till cannot say).
 * - verdict: what a person decided. Nothing of consequence happens without one.
 * - policy: windows, chain, timeouts and retention, snapshotted when the incident starts.
 * - step: one rung of the escalation chain; it reaches for one person over one channel and waits.
 * - withheld: a message that was not sent, with the reason; suppressed: an incident that pages nobody, with the reason.
 * - drill: an incident that somebody started to practise; it never reaches an outside party.
 * - runbook: what else is to be done for an incident, by itself or once people have approved it.
 * - fusion: what camera, till and sensors make of an incident together, as one confidence with what each added.
 * - evidence: native segments, working clip, stills and a manifest of hashes in the locked store.
 * - custody: every acquisition, view, share and deletion of evidence, read from the audit log.
 * - witness: the signed head of the audit log, kept outside the database.
 */

export const behaviours = {
  missed_scan: 'process_error',
  wrong_scan: 'process_error',
  fake_scan: 'fraud',
  multi_item_pass: 'process_error',
  occlusion: 'process_error',
  concealment: 'shoplifting',
  shelf_sweep: 'shoplifting',
  loitering: 'shoplifting',
  exit_alarm: 'shoplifting',
  restricted_zone: 'safety',
  after_hours_presence: 'safety',
  group_intrusion: 'safety',
  violence: 'violent_behaviour',
  equipment_tamper: 'equipment_tamper',
} as const;

export type Behaviour = keyof typeof behaviours;
export type Category = 'shoplifting' | 'fraud' | 'violent_behaviour' | 'equipment_tamper' | 'process_error' | 'safety';
export type SeverityLevel = 'low' | 'medium' | 'high' | 'critical';
export type PosVerdict = 'PENDING' | 'MATCH' | 'MISMATCH' | 'UNKNOWN' | 'NOT_APPLICABLE';
export type IncidentState = 'new' | 'alerting' | 'acknowledged' | 'in_review' | 'closed';
/** `safe` ends a call for help; the incident itself then still waits for a verdict. */
export type HumanVerdict = 'paid' | 'staff_error' | 'unsure' | 'confirmed' | 'false_positive' | 'help' | 'safe';
/** `unreviewed` is written by the review deadline, and by nobody else. */
export type Verdict = HumanVerdict | 'unreviewed';
export type EvidenceState = 'requested' | 'partial' | 'ready' | 'failed' | 'not_kept' | 'purged';
/** `help_call` is the call that goes with a `help` text; `notice` asks somebody to approve a step of the runbook. */
export type NotificationKind = 'alert' | 'help' | 'help_call' | 'correction' | 'notice';
export type NotificationState =
  | 'intended'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'nobody_on_shift'
  | 'withheld';
export type Channel = 'sms' | 'voice' | 'email';
export type Locale = 'en' | 'es' | 'de' | 'fr';
export type OperatingModel = 'soc_led' | 'checkout_validation' | 'detection_only';
export type SecondReview = 'pending' | 'agreed' | 'disagreed';
/** `other_clip` and `other_segment` are of a camera beside the incident's own; a heatmap shows where something moved. */
export type ArtifactKind =
  | 'segment'
  | 'clip'
  | 'still'
  | 'thumbnail'
  | 'manifest'
  | 'redacted'
  | 'redaction_map'
  | 'heatmap'
  | 'other_clip'
  | 'other_segment'
  | 'history'
  | 'history_decoded';
export type TimelineKind =
  | 'detection_received'
  | 'detection_merged'
  | 'sensor_joined'
  | 'sensor_released'
  | 'confidence_fused'
  | 'till_checked'
  | 'severity_scored'
  | 'terminal_prompted'
  | 'terminal_prompt_failed'
  | 'terminal_held'
  | 'terminal_hold_failed'
  | 'terminal_released'
  | 'rescanned'
  | 'text_sent'
  | 'text_delivered'
  | 'text_undelivered'
  | 'text_withheld'
  | 'call_placed'
  | 'call_answered'
  | 'call_unanswered'
  | 'nobody_on_shift'
  | 'handed_over'
  | 'escalation_exhausted'
  | 'paging_suppressed'
  | 'paging_resumed'
  | 'evidence_requested'
  | 'evidence_ready'
  | 'evidence_partial'
  | 'evidence_failed'
  | 'evidence_not_kept'
  | 'evidence_other_camera'
  | 'evidence_retried'
  | 'evidence_quarantined'
  | 'evidence_restored'
  | 'redaction_requested'
  | 'redaction_settled'
  | 'unredacted_approved'
  | 'unredacted_withdrawn'
  | 'share_requested'
  | 'share_delivered'
  | 'share_failed'
  | 'share_withdrawn'
  | 'share_notified'
  | 'acknowledged'
  | 'verdict_given'
  | 'help_requested'
  | 'help_ended'
  | 'claimed'
  | 'claim_released'
  | 'outcome_recorded'
  | 'second_review_asked'
  | 'second_review_given'
  | 'reopened'
  | 'appeal_opened'
  | 'appeal_decided'
  | 'runbook_step'
  | 'note_added'
  | 'closed'
  | 'correction_recorded'
  | 'hold_placed'
  | 'hold_released'
  | 'purged'
  | 'review_deadline_passed';
export type Role =
  | 'store_staff'
  | 'store_manager'
  | 'regional'
  | 'soc_operator'
  | 'soc_lead'
  | 'compliance'
  | 'admin'
  | 'device';

/** A reason is data: a code and its parameters; words.ts in the console makes the sentence. */
export interface Reason {
  code: string;
  params: Record<string, string | number | boolean | null>;
}

export interface Actor {
  /** `user:…`, `device:…`, `phone:<person id>`, `link:…` or `system:…`; never a phone number or a name. */
  id: string;
  displayName: string;
  role: Role | 'system' | 'link';
  tenantId: string;
  /** null: every store of the tenant. */
  storeIds: readonly string[] | null;
}

export interface Detection {
  eventId: string;
  storeId: string;
  cameraId: string;
  zoneId?: string;
  eventType: Behaviour;
  detectedAt: string;
  confidence: number;
  model: { id: string; version: string; thresholds?: Record<string, number> };
  item?: { label: string; confidence: number };
  /** The articles that an item of a wrong scan can be, by its looks. */
  expectedPlus?: string[];
  /** What was rung instead; of a fake scan: the line that no item belongs to. */
  rungPlu?: string;
  thumbnailRef?: string;
  sightings?: { at: string }[];
  boxes?: DetectionBox[];
  /** Only what starts drills may set it. */
  drill?: boolean;
  /** Only what takes in sensors may set it: the sensor whose alarm this is. */
  sensorId?: string;
}

/** Fractions of the picture. */
export interface DetectionBox {
  at: string;
  x: number;
  y: number;
  width: number;
  height: number;
  label?: string;
  score?: number;
}

/** An item that a camera saw cross, with or without a receipt. */
export interface Crossing {
  storeId: string;
  cameraId: string;
  zoneId: string;
  id: string;
  /** By the camera's clock. */
  at: string;
  label?: string;
  labelScore?: number;
}

export const posLineTypes = [
  'scan',
  // One earlier line is taken back; the whole open transaction is; a transaction that was already paid is.
  'line_void',
  'void',
  'post_void',
  'refund',
  'override',
  'discount',
  'no_sale',
  'drawer',
  'tender',
  'suspend',
  'resume',
  'sign_on',
  'sign_off',
  'heartbeat',
] as const;
export type PosLineType = (typeof posLineTypes)[number];

/** `each` is a count of pieces; all others are measured, and one line of them is one item. */
export const posUnits = ['each', 'kg', 'g', 'lb', 'oz', 'l', 'm'] as const;
export type PosUnit = (typeof posUnits)[number];

export const tenderTypes = ['cash', 'card', 'mobile', 'voucher', 'other'] as const;
export type TenderType = (typeof tenderTypes)[number];

export interface PosEvent {
  storeId: string;
  terminalId: string;
  transactionId: string;
  line: number;
  type: PosLineType;
  occurredAt: string;
  plu?: string;
  description?: string;
  /** Pieces, or the measure in `unit`; absent is one. */
  quantity?: number;
  /** Absent is `each`. */
  unit?: PosUnit;
  /** Pieces in one article, for a multi-pack; absent is one. */
  packSize?: number;
  /** The tag of the very piece, where the till reads it. */
  epc?: string;
  /** Minor units of the currency, signed: what is taken back is negative. */
  amountMinor?: number;
  currency?: string;
  tenderType?: TenderType;
  /** What a void, refund, override or discount is about; without a transaction it is this one. */
  relatedTransactionId?: string;
  relatedLine?: number;
  reasonCode?: string;
  /** The cashier as the till knows them; kept apart and shown as a pseudonym. */
  operatorId?: string;
  /** The till was in training mode: the line is kept and counts for nothing. */
  training?: boolean;
}
