import type { AcknowledgementPayload, DecisionPayload } from '../activities/contracts.ts';
import { assertNever } from '../domain/errors.ts';
import { type EscalationAction, nextAction, type StepProgress } from '../domain/escalation.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
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

export interface StepText {
  step: number;
  kind: 'alert' | 'help' | 'help_call';
  round?: number;
  dueAt?: string;
  excludePersonId?: string;
}

/** What one run of the workflow knows. Every change goes through domain; nothing here waits or reaches out. */
export class OpenIncident {
  status: IncidentStatus = newIncidentStatus;
  closedAt: string | null = null;
  cause: 'human_verdict' | 'receipt_found' | 'review_deadline' = 'human_verdict';
  /** Something happened that the main loop must look at. */
  disturbed = false;
  tillNews = false;
  /** Somebody said what they found, whatever it was. */
  answered = false;
  /** A person let the till go by hand. */
  tillReleased = false;
  helpWanted: { byPersonId: string | undefined } | null = null;
  exhausted = false;
  /** The noise rules or the operating model keep this incident off everybody's phone. */
  suppressed = false;
  evidenceGivenUp: Reason | null = null;
  /** From when the console's time runs; null: from the detection. */
  reviewFromAt: string | null = null;
  /** Messages that ask for an approval; nothing waits for them but the end. */
  notices: Promise<unknown>[] = [];
  /** Merged after the decision. */
  lateMerges: string[] = [];
  /** Texts that nobody waits for any more; what became of them is settled after the end. */
  interruptedTexts: StepText[] = [];
  unrecorded: { acknowledgements: AcknowledgementPayload[]; decisions: DecisionPayload[] } = {
    acknowledgements: [],
    decisions: [],
  };
  private steps: StepProgress[] = [];
  private evidenceSettledAt: string | null = null;
  private acknowledgedAt: string | null = null;
  private skipWaitAfterSteps = -1;
  private wakeOnEvidence = false;
  private undeliveredEarly: { step: number; round: number }[] = [];
  private unsurePhones: string[] = [];
  /** Whoever asked for help is safe: nobody else is called out, the console goes on. */
  private stoodDown = false;

  constructor(
    private readonly policy: Policy,
    reopened?: IncidentInput['reopened'],
    private readonly proofExpectedAt: string | null = null,
    private readonly wholeSeconds = false,
  ) {
    if (!reopened) return;
    // Opened again by a person, for people in the console: nobody's phone rings a second time.
    this.status = {
      ...newIncidentStatus,
      state: 'in_review',
      posVerdict: reopened.posVerdict,
      version: reopened.version,
    };
    this.suppressed = true;
    this.exhausted = true;
  }

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
    this.answered = true;
    if (this.closed) this.closedAt = at;
    if (command.verdict === 'safe') {
      this.helpWanted = null;
      this.stoodDown = true;
    }
    if (command.verdict === 'unsure') {
      this.acknowledgedAt = null;
      this.skipWaitUnlessRepeated(command.by.actorId);
    }
    if (command.verdict === 'help') {
      this.acknowledgedAt = null;
      this.stoodDown = false;
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
    else if (this.suppressed) this.apply({ kind: 'await_review' });
    else if (this.status.state === 'new' || this.status.state === 'in_review') this.apply({ kind: 'alert' });
  }

  /** The noise rules looked again: a severity that rose may let it through, nothing that went out is taken back. */
  attentionSaid(suppressed: boolean): void {
    if (this.suppressed === suppressed || this.steps.length > 0) return;
    this.suppressed = suppressed;
    this.exhausted = false;
    this.disturbed = true;
  }

  stepsOpen(open: number, at: string): void {
    const wasClosed = this.closed;
    this.apply({ kind: 'steps_open', open });
    if (this.closed && !wasClosed) this.closedAt = at;
    this.disturbed = true;
  }

  reviewDeadlinePassed(at: string): void {
    this.close({ kind: 'review_deadline' }, 'review_deadline', at);
  }

  stepDone(step: StepProgress): void {
    const round = step.round ?? 0;
    const early =
      step.outcome === 'sent'
        ? this.undeliveredEarly.findIndex((other) => other.step === step.step && other.round === round)
        : -1;
    if (early >= 0) this.undeliveredEarly.splice(early, 1);
    this.steps.push(early >= 0 ? { ...step, outcome: 'undeliverable' } : step);
  }

  textUndelivered(step: number, round = 0): void {
    const texted = this.steps.find(
      (progress) => progress.step === step && (progress.round ?? 0) === round && progress.outcome === 'sent',
    );
    if (!texted) {
      // The carrier's callback can be faster than the answer of the activity that sent the text.
      if (!this.steps.some((progress) => progress.step === step && (progress.round ?? 0) === round))
        this.undeliveredEarly.push({ step, round });
      return;
    }
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
    // Decided, and open only for what must still be done; or the call for help is over.
    if (this.status.verdict === 'confirmed' || this.stoodDown) return { kind: 'exhausted' };
    const asksPeople = this.status.posVerdict === 'MISMATCH' || this.status.posVerdict === 'NOT_APPLICABLE';
    const mayAlert = (asksPeople && !this.suppressed) || this.status.helpRequested;
    if (!mayAlert) return { kind: 'exhausted' };
    const progress = {
      steps: this.steps,
      evidenceSettledAt: this.evidenceSettledAt,
      proofExpectedAt: this.proofExpectedAt,
      wholeSeconds: this.wholeSeconds,
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

  /** Whom to leave out of the call for help. */
  takeHelpWanted(): string | undefined {
    const excluded = this.helpWanted?.byPersonId;
    this.helpWanted = null;
    return excluded;
  }

  get hasLateNews(): boolean {
    return this.lateMerges.length > 0 || (this.tillNews && this.cause !== 'receipt_found');
  }

  takeLateNews(): { dedupKeys: string[]; receipt: boolean } {
    const receipt = this.tillNews;
    this.tillNews = false;
    return { dedupKeys: this.lateMerges.splice(0), receipt };
  }

  takeUnrecorded(): typeof this.unrecorded | null {
    const taken = this.unrecorded;
    if (taken.acknowledgements.length === 0 && taken.decisions.length === 0) return null;
    this.unrecorded = { acknowledgements: [], decisions: [] };
    return taken;
  }

  /** Somebody who sends "not sure" twice must not use up the time of the next person, who was texted meanwhile. */
  private skipWaitUnlessRepeated(actorId: string): void {
    if (this.unsurePhones.includes(actorId)) return;
    if (actorId.startsWith('phone:')) this.unsurePhones.push(actorId);
    this.skipWaitAfterSteps = this.steps.length;
  }

  private close(command: IncidentCommand, cause: typeof this.cause, at: string): void {
    if (this.closed) return;
    this.apply(command);
    this.cause = cause;
    this.closedAt = at;
  }
}
