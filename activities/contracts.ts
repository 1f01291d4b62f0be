import type { IncidentInput } from '../domain/incident-input.ts';
import type { IncidentStatus } from '../domain/incident-state.ts';
import type { PosVerdict, Reason, SeverityLevel } from '../domain/types.ts';

/** What became of one text. `unsettled`: the carrier may or may not have it; only the slow path may look and send. */
export type StepOutcome =
  | { outcome: 'sent' | 'nobody_on_shift' | 'undeliverable'; at: string }
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
}

export interface AlertStepInput {
  tenantId: string;
  incidentId: string;
  step: number;
  kind: 'alert' | 'help' | 'correction';
  personId?: string;
  excludePersonId?: string;
}

export interface DecisionPayload {
  verdict: 'paid' | 'staff_error' | 'unsure' | 'confirmed' | 'false_positive' | 'help';
  by: { actorId: string; role: string };
  at: string;
  via: 'api' | 'sms';
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
  verdict: 'paid' | 'staff_error' | 'unsure' | 'confirmed' | 'false_positive' | 'help' | 'unreviewed';
  closedAt: string;
  cause: 'human_verdict' | 'receipt_found' | 'review_deadline';
  acknowledgements: AcknowledgementPayload[];
  decisions: DecisionPayload[];
  evidenceGivenUp: Reason | null;
}

export interface OutcomeResult {
  purgeAfter: string;
  toldPersonIds: string[];
}

export interface IncidentActivities {
  /** Local: asks the till, scores, and hands the first text to the carrier. */
  firstContact(input: FirstContactInput): Promise<FirstContactResult>;
  /** Local: asks the till again after a late line. */
  recheckTill(input: { tenantId: string; incidentId: string }): Promise<{ posVerdict: PosVerdict }>;
  /** Local: decisions and milestones short of the end. */
  recordProgress(input: ProgressInput): Promise<void>;
  recordOutcome(input: OutcomeInput): Promise<OutcomeResult>;
  /** Detections that were merged after the decision get incidents of their own. */
  splitMerged(input: { tenantId: string; incidentId: string; dedupKeys: string[] }): Promise<void>;
  correctIncident(input: { tenantId: string; incidentId: string }): Promise<{ toldPersonIds: string[] }>;
  purgeDue(): Promise<{ purged: number; failed: number }>;
  witnessAudit(): Promise<{ witnessed: number }>;
}

export interface NotifyActivities {
  alertStep(input: AlertStepInput): Promise<SettledStepOutcome>;
}

export interface MediaActivities {
  secureEvidence(input: {
    tenantId: string;
    incidentId: string;
  }): Promise<{ state: 'ready' | 'partial' | 'failed'; settledAt: string }>;
}
