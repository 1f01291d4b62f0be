import type { ReleaseCause } from '../domain/device-command.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { IncidentStatus } from '../domain/incident-state.ts';
import type { StepState } from '../domain/runbook-state.ts';
import type { HumanVerdict, NotificationKind, PosVerdict, Reason, SeverityLevel, Verdict } from '../domain/types.ts';

/** What became of one text. `unsettled`: the carrier may or may not have it; only the slow path may look and send. */
export type StepOutcome =
  | { outcome: 'sent'; at: string; shiftEndsAt?: string }
  | { outcome: 'nobody_on_shift' | 'undeliverable' | 'withheld'; at: string }
  | { outcome: 'unsettled'; at: string };

export type SettledStepOutcome = Exclude<StepOutcome, { outcome: 'unsettled' }>;

export interface FirstContactInput {
  incident: IncidentInput;
}

export interface FirstContactResult {
  posVerdict: Extract<PosVerdict, 'MATCH' | 'MISMATCH' | 'UNKNOWN' | 'NOT_APPLICABLE'>;
  severity: SeverityLevel;
  /** Present when somebody had to be told. */
  firstStep: StepOutcome | null;
  /** The operating model or the noise rules keep this from everybody's phone; the console has it. */
  suppressed?: boolean;
  openMandatory?: number;
  /** Positions of the runbook's steps that people are newly asked to approve. */
  approvals?: number[];
  /** The self-checkout is asked first, and the customer has this long. */
  prompt?: { waitMs: number; after?: { maxMs: number } };
}

export interface AlertStepInput {
  tenantId: string;
  incidentId: string;
  step: number;
  kind: NotificationKind;
  /** Counts hand-overs of a step, and corrections of an incident. */
  round?: number;
  /** When the time ran out that makes this step due; kept, so that lateness can be measured. */
  dueAt?: string;
  personId?: string;
  excludePersonId?: string;
}

export interface DecisionPayload {
  verdict: HumanVerdict;
  by: { actorId: string; role: string };
  at: string;
  via: 'api' | 'sms' | 'voice';
  reasonCode?: string;
}

export interface AcknowledgementPayload {
  by: { actorId: string; role: string };
  at: string;
}

export interface ProgressInput {
  tenantId: string;
  incidentId: string;
  status: IncidentStatus;
  acknowledgements: AcknowledgementPayload[];
  decisions: DecisionPayload[];
  escalationExhausted: boolean;
  evidenceGivenUp: Reason | null;
}

export interface OutcomeInput {
  tenantId: string;
  incidentId: string;
  status: IncidentStatus;
  verdict: Verdict;
  closedAt: string;
  cause: 'human_verdict' | 'receipt_found' | 'review_deadline';
  acknowledgements: AcknowledgementPayload[];
  decisions: DecisionPayload[];
  evidenceGivenUp: Reason | null;
}

export interface OutcomeResult {
  purgeAfter: string;
  toldPersonIds: string[];
  /** Which correction of this incident the people are owed. */
  round?: number;
}

export interface CorrectionInput {
  tenantId: string;
  incidentId: string;
  /** A person corrected the record already; without it the till is asked first. */
  round?: number;
}

export interface IncidentActivities {
  /** Local: asks the till, scores, and hands the first text to the carrier. */
  firstContact(input: FirstContactInput): Promise<FirstContactResult>;
  /** Asks the till again after a late line or a merged detection, and whether people may be paged now. */
  recheckTill(input: {
    tenantId: string;
    incidentId: string;
  }): Promise<{ posVerdict: PosVerdict; suppressed?: boolean; openMandatory?: number; approvals?: number[] }>;
  /** Local: decisions and milestones short of the end. */
  recordProgress(input: ProgressInput): Promise<void>;
  recordOutcome(input: OutcomeInput): Promise<OutcomeResult>;
  /** Detections that were merged after the decision get incidents of their own. */
  splitMerged(input: { tenantId: string; incidentId: string; dedupKeys: string[] }): Promise<void>;
  /** Without `round` the till is asked; with it the record was corrected already and only the people are named. */
  correctIncident(input: CorrectionInput): Promise<{ toldPersonIds: string[]; round?: number }>;
}

export interface SweepActivities {
  purgeDue(): Promise<{ purged: number; failed: number }>;
  witnessAudit(): Promise<{ witnessed: number }>;
  /** Looks through the recorded days of every store that nobody has looked through yet. */
  analyseTills(): Promise<{ analysed: number; failed: number }>;
}

export interface NotifyActivities {
  alertStep(input: AlertStepInput): Promise<SettledStepOutcome>;
}

export interface AtOnceActivities {
  /** The same inside the workflow's own task; `busy` when too many of them wait for the carrier already. */
  alertStepAtOnce(input: AlertStepInput): Promise<SettledStepOutcome | { outcome: 'busy' }>;
}

export interface MediaActivities {
  secureEvidence(input: {
    tenantId: string;
    incidentId: string;
  }): Promise<{ state: 'ready' | 'partial' | 'failed'; settledAt: string }>;
}

export interface EvidenceRecordActivities {
  /** Puts on record that nobody secured it. */
  giveUpEvidence(input: { tenantId: string; incidentId: string; afterMs: number }): Promise<void>;
}

export interface RedactionReference {
  tenantId: string;
  incidentId: string;
  version: number;
}

export interface RedactionMediaActivities {
  /** Makes one version of the masked clip and puts it on record, or puts on record why there is none. */
  redactClip(input: RedactionReference): Promise<{ state: 'ready' | 'failed' | 'unavailable' | 'moot' }>;
}

export interface RedactionRecordActivities {
  /** Puts on record that nobody made it. */
  giveUpRedaction(input: RedactionReference & { code: string }): Promise<void>;
}

export interface RunbookActivities {
  /** Carries out one ordered step: tells its device and waits for the answer, or prepares its report. */
  runStep(input: {
    tenantId: string;
    incidentId: string;
    stepId: string;
    attempt: number;
  }): Promise<{ state: StepState | 'moot' }>;
  /** Shows the words on the till and waits for its acknowledgement. */
  promptTerminal(input: {
    tenantId: string;
    incidentId: string;
  }): Promise<{ state: 'acknowledged' | 'failed' | 'moot' }>;
  /** Has the till call the attendant, or keep the payment waiting; false: nothing was ordered, so nothing has to be let go. */
  holdTerminal(input: { tenantId: string; incidentId: string }): Promise<{ ordered: boolean }>;
  /** Has the till let go, again and again until it says so or its own time is over. */
  releaseTerminal(input: { tenantId: string; incidentId: string; cause: ReleaseCause }): Promise<void>;
}

/** Where a share or notice stands: it is over, or there is something to wait for. */
export type ShareStep = { state: string } | { waitMs: number };

export interface ShareActivities {
  /** One attempt to send a share, if it may go now; what came of it is on record. */
  sendShare(input: { tenantId: string; shareId: string }): Promise<ShareStep>;
  /** One attempt to tell a recipient that what it has was corrected or withdrawn. */
  sendShareNotice(input: { tenantId: string; noticeId: string }): Promise<ShareStep>;
}

export interface PacketActivities {
  /** Reads every recording with its hash checked, writes the zip, and settles the packet; built twice it is the same. */
  buildPacket(input: { tenantId: string; packetId: string }): Promise<{ state: 'ready' | 'failed' }>;
  /** Gives up: the packet says so. */
  failPacket(input: { tenantId: string; packetId: string }): Promise<void>;
}
