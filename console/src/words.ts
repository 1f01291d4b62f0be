import type { Schemas, VerdictName } from './api/client.ts';
import type { QueueTab } from './api/queries.ts';

type Verdict = Schemas['Verdict'];

const titles: Record<string, string> = {
  missed_scan: 'Item may not have been scanned',
  wrong_scan: 'Item may have been scanned as something else',
  fake_scan: 'A scan that no item belongs to, or a movement that rang nothing',
  multi_item_pass: 'Several items may have passed as one',
  occlusion: 'The view of the scanner was covered',
  concealment: 'Item may have been put away before the till',
  shelf_sweep: 'Many items left a shelf at once',
  loitering: 'Person has been here for a long time',
  exit_alarm: 'The gate at the exit gave a signal',
  restricted_zone: 'Person in a staff-only area',
  after_hours_presence: 'Person in the store after hours',
  group_intrusion: 'Many people came in at once',
  violence: 'Somebody may need help',
  equipment_tamper: 'Equipment may have been disturbed',
};

const categories: Record<Schemas['Incident']['category'], string> = {
  shoplifting: 'Items on the floor',
  fraud: 'Till irregularity',
  violent_behaviour: 'Safety of people',
  equipment_tamper: 'Equipment',
  process_error: 'Checkout process',
  safety: 'Safety',
};

/** A code nobody wrote words for, made readable: `no_receipt_line` → "No receipt line". */
export function readable(code: string): string {
  const words = code
    .replace(/[_.:-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Every kind of incident that has words. */
export const behaviourChoices = Object.entries(titles).map(([value, label]) => ({ value, label }));

export const incidentTitle = (type: string): string => titles[type] ?? readable(type);
export const categoryLabel = (category: string): string =>
  (categories as Record<string, string>)[category] ?? readable(category);

export const severityLabels: Record<Schemas['SeverityLevel'], string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

export const stateLabels: Record<Schemas['IncidentState'], { label: string; hint: string }> = {
  new: { label: 'New', hint: 'Just arrived; the till is being asked before anybody is told.' },
  alerting: {
    label: 'Asking the store',
    hint: 'People in the store are being told, one after another, until somebody answers.',
  },
  acknowledged: { label: 'Somebody has it', hint: 'A person has taken this; nobody else is being told for now.' },
  in_review: { label: 'Needs review', hint: 'Nobody in the store is being told. A person should look at it here.' },
  closed: { label: 'Closed', hint: 'Decided. The evidence is kept until its purge date.' },
};

export const tillLabels: Record<Schemas['PosVerdict'], { label: string; hint: string }> = {
  PENDING: { label: 'Asking the till', hint: 'The till lines around this moment are still coming in.' },
  MATCH: { label: 'Receipt found', hint: 'A till line fits what the camera saw.' },
  MISMATCH: { label: 'No receipt', hint: 'The till was working, and no line fits what the camera saw.' },
  UNKNOWN: {
    label: 'Till unknown',
    hint: 'The till was silent, so nothing can be said. Nobody is told because of this alone.',
  },
  NOT_APPLICABLE: { label: 'No till involved', hint: 'This kind of incident has nothing to do with a till.' },
};

export const evidenceLabels: Record<Schemas['EvidenceState'], { label: string; hint: string }> = {
  requested: { label: 'Clip on its way', hint: 'The clip is being cut from the recording.' },
  partial: { label: 'Clip with gaps', hint: 'Part of the recording is missing; the gaps are listed.' },
  ready: { label: 'Clip ready', hint: 'Clip, stills and hashes are stored and verified.' },
  failed: { label: 'No clip', hint: 'The recording could not be fetched.' },
  not_kept: { label: 'Clip not kept', hint: 'The receipt was found, so no picture was kept.' },
  purged: { label: 'Clip deleted', hint: 'Deleted when its time was up.' },
};

export const verdictLabels: Record<Verdict, string> = {
  paid: 'Paid',
  staff_error: 'Staff or process',
  unsure: 'Not sure',
  confirmed: 'Confirmed, no approach',
  false_positive: 'False alarm',
  help: 'Help asked for',
  safe: 'Everybody is safe',
  unreviewed: 'Not decided in time',
};

export const outcomeSentences: Record<Verdict, string> = {
  paid: 'The item was paid for. Nothing else to do.',
  staff_error: 'A slip at the checkout or in a process of the store.',
  unsure: 'Somebody looked and could not say.',
  confirmed: 'A person looked, and the item was not paid for. It is recorded only; nobody is approached because of it.',
  false_positive: 'Nothing happened. The camera was wrong, and this teaches it.',
  help: 'Somebody asked for help.',
  safe: 'Help is needed no more. What happened has not been judged.',
  unreviewed: 'Nobody decided before the review deadline, so it was closed without a finding.',
};

export interface VerdictChoice {
  verdict: VerdictName;
  key: string;
  label: string;
  hint: string;
  confirm: string;
  reasons: readonly ReasonCode[];
}

export type ReasonCode = NonNullable<Schemas['VerdictCommand']['reasonCode']>;

export const reasonLabels: Record<ReasonCode, string> = {
  receipt_seen: 'Receipt seen',
  rescanned: 'Scanned again',
  own_bag: 'Own bag or own item',
  staff_discount: 'Staff discount',
  wrong_camera_view: 'Camera saw it wrongly',
  nothing_happened: 'Nothing happened',
  item_returned: 'Item was put back',
  other: 'Something else',
};

export const verdictChoices: readonly VerdictChoice[] = [
  {
    verdict: 'paid',
    key: '1',
    label: 'Paid',
    hint: 'Receipt seen, or scanned after all',
    confirm: 'Close as paid',
    reasons: ['receipt_seen', 'rescanned', 'own_bag', 'other'],
  },
  {
    verdict: 'staff_error',
    key: '2',
    label: 'Staff / process',
    hint: 'A slip at the till, a discount',
    confirm: 'Close as staff or process',
    reasons: ['staff_discount', 'rescanned', 'item_returned', 'other'],
  },
  {
    verdict: 'unsure',
    key: '3',
    label: 'Not sure',
    hint: 'Somebody else should look',
    confirm: 'Pass on for review',
    reasons: [],
  },
  {
    verdict: 'confirmed',
    key: '4',
    label: 'Confirmed',
    hint: 'Not paid. Recorded, no approach',
    confirm: 'Record as confirmed, no approach',
    reasons: [],
  },
  {
    verdict: 'false_positive',
    key: '5',
    label: 'False alarm',
    hint: 'The camera was wrong',
    confirm: 'Close as false alarm',
    reasons: ['wrong_camera_view', 'nothing_happened', 'own_bag', 'other'],
  },
  {
    verdict: 'help',
    key: 'h',
    label: 'Help',
    hint: 'Send a colleague now',
    confirm: 'Ask a colleague for help now',
    reasons: [],
  },
  {
    verdict: 'safe',
    key: 's',
    label: 'Stand down',
    hint: 'Everybody is safe',
    confirm: 'Stand down: everybody is safe, and nobody else is called',
    reasons: [],
  },
];

/** What can be said now: whoever is being helped can only be declared safe, everybody else can be helped. */
export const choicesFor = (helpRequested: boolean): readonly VerdictChoice[] =>
  verdictChoices.filter(({ verdict }) => verdict !== (helpRequested ? 'help' : 'safe'));

export const roleLabels: Record<string, string> = {
  store_staff: 'Store staff',
  store_manager: 'Store manager',
  regional: 'Regional manager',
  soc_operator: 'SOC operator',
  soc_lead: 'SOC lead',
  compliance: 'Compliance',
  admin: 'Admin',
  device: 'Device',
  system: 'Floorwalker',
  link: 'Link in a message',
};
export const roleLabel = (role: string): string => roleLabels[role] ?? readable(role);

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

export const cameraStates: Record<Schemas['CameraState'], { label: string; tone: Tone; hint: string }> = {
  recording: { label: 'Recording', tone: 'good', hint: '' },
  lost: { label: 'Connection lost', tone: 'bad', hint: 'Check its power and network.' },
  frozen: { label: 'Picture frozen', tone: 'warn', hint: 'The same picture keeps coming. Restart the camera.' },
  black: { label: 'Picture black', tone: 'warn', hint: 'Covered, or the lights are off. Have somebody look.' },
  unknown: { label: 'Not heard yet', tone: 'neutral', hint: 'It will show up with its first heartbeat.' },
};

export const artifactKinds: Record<Schemas['Artifact']['kind'], string> = {
  segment: 'Original segment',
  clip: 'Clip',
  still: 'Key frame',
  thumbnail: 'Thumbnail',
  manifest: 'Manifest of hashes',
  redacted: 'Masked clip',
  redaction_map: 'Map of what is masked',
  history: 'Workflow history',
  history_decoded: 'Workflow history, readable',
  heatmap: 'Heatmap of what moved',
  other_clip: 'Clip of another camera',
  other_segment: 'Original segment of another camera',
};

export const emptyQueue: Record<QueueTab, { title: string; body: string }> = {
  open: {
    title: 'All quiet',
    body: 'Nothing is open. A new incident appears here by itself, as soon as a camera sees something that the till cannot explain.',
  },
  review: {
    title: 'Nothing to review',
    body: 'Incidents that the store could not settle, or that the till could not judge, wait here for you.',
  },
  held: {
    title: 'Nothing held back',
    body: 'What nobody is paged about waits here, each with the reason. Danger to people is never held back.',
  },
  second: {
    title: 'No second look wanted',
    body: 'Verdicts that the policy wants a second person to look at wait here until somebody else has looked.',
  },
  closed: { title: 'Nothing closed yet', body: 'Decided incidents stay here until their purge date.' },
  all: { title: 'No incidents yet', body: 'The first detection of a camera in your stores will show up here.' },
};

export const tillLineTypes: Record<string, string> = {
  scan: 'Scan',
  line_void: 'Line taken back',
  void: 'Receipt cancelled',
  post_void: 'Paid receipt voided',
  refund: 'Refund',
  override: 'Price changed by hand',
  discount: 'Discount',
  no_sale: 'Drawer opened without a sale',
  tender: 'Payment',
  drawer: 'Drawer opened',
  suspend: 'Receipt parked',
  resume: 'Receipt fetched back',
  sign_on: 'Signed on',
  sign_off: 'Signed off',
  heartbeat: 'Heartbeat',
};

export const auditProblems: Record<NonNullable<Schemas['AuditVerification']['problem']>['code'], string> = {
  row_altered: 'was changed after it was written',
  row_missing: 'is missing',
  link_broken: 'does not continue the row before it',
  head_mismatch: 'is not the head that was recorded',
  row_inserted: 'was put in',
  witness_mismatch: 'differs from the witness kept outside the database',
  witness_forged: 'was witnessed with a signature that is not ours',
};
