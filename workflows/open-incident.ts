import type { AcknowledgementPayload, DecisionPayload } from '../activities/contracts.ts';
import { assertNever } from '../domain/errors.ts';
import { type EscalationAction, nextAction, type StepProgress } from '../domain/escalation.ts';
import {
  type IncidentCommand,
  type IncidentStatus,
  newIncidentStatus,
  type RefusalCode,
  transition,
} from '../domain/incident-state.ts';
import type { Policy } from '../domain/policy.ts';
import type { PosVerdict, Reason } from '../domain/types.ts';
import type { AcknowledgeCommand, DecideCommand } from './contracts.ts';

/** What one run of the workflow knows. Every change goes through domain; nothing here waits or reaches out. */
export class OpenIncident {
  status: IncidentStatus = newIncidentStatus;
  closedAt: string | null = null;
  cause: 'human_verdict' | 'receipt_found' | 'review_deadline' = 'human_verdict';
  /** Something happened that the main loop must look at. */
  disturbed = false;
  tillNews = false;
  helpWanted: { byPersonId: string | undefined } | null = null;
  exhausted = false;
  evidenceGivenUp: Reason | null = null;
  lateMerges: string[] = [];
  unrecorded: { acknowledgements: AcknowledgementPayload[]; decisions: DecisionPayload[] } = {
    acknowledgements: [],
    decisions: [],
  };
  private steps: StepProgress[] = [];
  private evidenceSettledAt: string | null = null;
  private acknowledgedAt: string | null = null;
  private skipWaitAfterSteps = -1;
  private wakeOnEvidence = false;

  constructor(private readonly policy: Policy) {}

  get closed(): boolean {
    return this.status.state === 'closed';
  }

  refusalOf(command: IncidentCommand): RefusalCode | null {
    const result = transition(this.status, command);
    return result.ok ? null : result.refusal;
  }

  apply(command: IncidentCommand): void {
    const result = transition(this.status, command);
    if (result.ok) this.status = result.next;
  }

  decide(command: DecideCommand, at: string): void {
    this.apply({ kind: 'decide', verdict: command.verdict });
    this.unrecorded.decisions.push({
      verdict: command.verdict,
      by: command.by,
      at,
      via: command.via,
      ...(command.reasonCode === undefined ? {} : { reasonCode: command.reasonCode }),
    });
    this.disturbed = true;
    if (this.closed) this.closedAt = at;
    if (command.verdict === 'unsure') {
      this.acknowledgedAt = null;
      this.skipWaitAfterSteps = this.steps.length;
    }
    if (command.verdict === 'help') {
      this.acknowledgedAt = null;
      this.helpWanted = {
        byPersonId: command.by.actorId.startsWith('phone:') ? command.by.actorId.slice('phone:'.length) : undefined,
      };
    }
  }

  acknowledge(command: AcknowledgeCommand, at: string): void {
    this.apply({ kind: 'acknowledge' });
    this.acknowledgedAt = at;
    this.unrecorded.acknowledgements.push({ by: command.by, at });
    this.disturbed = true;
  }

  tillSaid(verdict: PosVerdict, at: string): void {
    const before = this.status.posVerdict;
    if (verdict === 'MATCH') this.close({ kind: 'receipt_matched' }, 'receipt_found', at);
    else if (!this.closed) this.status = { ...this.status, posVerdict: verdict };
    if (this.closed || before === verdict) return;
    if (verdict === 'UNKNOWN') this.apply({ kind: 'await_review' });
    else if (this.status.state === 'new' || this.status.state === 'in_review') this.apply({ kind: 'alert' });
  }

  reviewDeadlinePassed(at: string): void {
    this.close({ kind: 'review_deadline' }, 'review_deadline', at);
  }

  stepDone(step: StepProgress): void {
    this.steps.push(step);
  }

  textUndelivered(step: number): void {
    const texted = this.steps.find((progress) => progress.step === step && progress.outcome === 'sent');
    if (!texted) return;
    this.steps = this.steps.map((progress) =>
      progress === texted ? { ...progress, outcome: 'undeliverable' as const } : progress,
    );
    this.disturbed = true;
  }

  evidenceSettled(at: string): void {
    this.evidenceSettledAt = at;
    if (this.wakeOnEvidence) this.disturbed = true;
  }

  /** Only a till that testified against the receipt, or a behaviour that needs no till, may have people alerted. */
  nextAction(nowAt: string): EscalationAction {
    this.wakeOnEvidence = false;
    const mayAlert =
      this.status.posVerdict === 'MISMATCH' || this.status.posVerdict === 'NOT_APPLICABLE' || this.status.helpRequested;
    if (!mayAlert) return { kind: 'exhausted' };
    const progress = {
      steps: this.steps,
      evidenceSettledAt: this.evidenceSettledAt,
      acknowledgedAt: this.acknowledgedAt,
      skipWaitAfterSteps: this.skipWaitAfterSteps,
    };
    const action = nextAction(this.policy, progress, nowAt);
    switch (action.kind) {
      case 'page':
      case 'exhausted':
        return action;
      case 'wait':
        this.wakeOnEvidence = action.wakeOnEvidence;
        return action;
      default:
        return assertNever(action);
    }
  }

  takeUnrecorded(): typeof this.unrecorded | null {
    const taken = this.unrecorded;
    if (taken.acknowledgements.length === 0 && taken.decisions.length === 0) return null;
    this.unrecorded = { acknowledgements: [], decisions: [] };
    return taken;
  }

  private close(command: IncidentCommand, cause: typeof this.cause, at: string): void {
    if (this.closed) return;
    this.apply(command);
    this.cause = cause;
    this.closedAt = at;
  }
}
