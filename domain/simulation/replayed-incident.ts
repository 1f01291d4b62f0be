import { type EscalationProgress, proofExpectedAt, type StepProgress } from '../escalation.ts';
import type { Policy } from '../policy.ts';
import { type Severity, scoreSeverity } from '../severity.ts';
import { toMs } from '../time.ts';
import type { PosVerdict, Reason } from '../types.ts';
import type { Message, PastDetection, PastIncident, Withheld } from './types.ts';

/** One incident as it would have been under a policy: the facts of then, and what the policy makes of them. */
export class ReplayedIncident {
  readonly detections: PastDetection[];
  readonly messages: Message[] = [];
  readonly withheld: Withheld[] = [];
  readonly asked = new Set<string>();
  readonly asksTill: boolean;
  readonly receivedMs: number;
  /** When the till's window is over and the first person may be told. */
  readonly contactMs: number;
  /** When it ends by itself: as then if a person or the till ended it, else at the policy's deadline. */
  readonly endMs: number;
  firstTextMs: number | null = null;
  lastDetectedAt: string;
  lastDetectedMs: number;
  nobodyOnShift = 0;
  suppressed: Reason[] = [];
  helpRequested = false;
  closed = false;
  steps: StepProgress[] = [];
  /** Person who asked for help, for whom the others are still to be called. */
  helpWantedBy: string | null = null;
  private answered = 0;
  private acknowledgedAt: string | null = null;
  private skipWaitAfterSteps = -1;
  private stoodDown = false;
  private readonly unsure = new Set<string>();

  constructor(
    readonly key: string,
    readonly policy: Policy,
    readonly past: PastIncident,
    first: PastDetection,
  ) {
    this.detections = [first];
    this.lastDetectedAt = first.detectedAt;
    this.asksTill = policy.receiptFirst.includes(first.behaviour);
    this.receivedMs = toMs(first.receivedAt);
    const detectedMs = toMs(first.detectedAt);
    this.lastDetectedMs = detectedMs;
    this.contactMs = this.asksTill ? Math.max(this.receivedMs, detectedMs + policy.posWindow.afterMs) : this.receivedMs;
    const { closedAt, closedBy } = past;
    const endedThen = closedAt !== null && closedBy !== 'deadline' && (closedBy !== 'receipt' || this.asksTill);
    this.endMs = endedThen ? toMs(closedAt) : detectedMs + policy.reviewTimeoutMs;
  }

  get first(): PastDetection {
    return this.detections[0]!;
  }

  /** Every moment at which something happened then. */
  get moments(): number[] {
    const { till, answers, evidenceSettledAt } = this.past;
    const known = [
      ...till.map(({ at }) => at),
      ...answers.map(({ at }) => at),
      ...(evidenceSettledAt === null ? [] : [evidenceSettledAt]),
    ];
    return [...known.map(toMs), this.endMs].filter((atMs) => atMs > this.contactMs);
  }

  posVerdictAt(nowMs: number): PosVerdict {
    if (!this.asksTill) return 'NOT_APPLICABLE';
    const asked = this.past.till.filter(({ verdict }) => verdict !== 'NOT_APPLICABLE');
    const said = asked.findLast(({ at }) => toMs(at) <= nowMs) ?? asked[0];
    return said?.verdict ?? this.past.tillToday ?? 'UNKNOWN';
  }

  severityAt(nowMs: number): Severity {
    return scoreSeverity({
      behaviour: this.first.behaviour,
      confidence: Math.max(...this.detections.map(({ confidence }) => confidence)),
      posVerdict: this.posVerdictAt(nowMs),
      detectionCount: this.detections.length,
      itemLabel: this.first.itemLabel,
      helpRequested: this.helpRequested,
      behaviourPoints: this.policy.severityPoints[this.first.behaviour],
    });
  }

  /** What people have answered up to now, in order. */
  takeAnswers(nowMs: number): void {
    for (;;) {
      const answer = this.past.answers[this.answered];
      if (answer === undefined || toMs(answer.at) > nowMs || this.closed) return;
      this.answered += 1;
      switch (answer.kind) {
        case 'acknowledged':
          this.acknowledgedAt = answer.at;
          break;
        case 'unsure':
          this.acknowledgedAt = null;
          // Said twice by the same person, it hurries nobody a second time.
          if (!this.unsure.has(answer.actorId)) this.skipWaitAfterSteps = this.steps.length;
          this.unsure.add(answer.actorId);
          break;
        case 'help':
          this.acknowledgedAt = null;
          this.stoodDown = false;
          this.helpRequested = true;
          this.helpWantedBy = answer.actorId;
          break;
        case 'safe':
          this.helpRequested = false;
          this.stoodDown = true;
          break;
        case 'paid':
        case 'staff_error':
        case 'confirmed':
        case 'false_positive':
          this.closed = true;
      }
    }
  }

  mayPage(nowMs: number): boolean {
    if (this.stoodDown) return false;
    if (this.helpRequested) return true;
    const verdict = this.posVerdictAt(nowMs);
    return (verdict === 'MISMATCH' || verdict === 'NOT_APPLICABLE') && this.suppressed.length === 0;
  }

  progressAt(nowMs: number): EscalationProgress {
    const { evidenceSettledAt } = this.past;
    return {
      steps: this.steps,
      evidenceSettledAt: evidenceSettledAt !== null && toMs(evidenceSettledAt) <= nowMs ? evidenceSettledAt : null,
      proofExpectedAt: proofExpectedAt(this.policy, this.first.detectedAt),
      wholeSeconds: true,
      acknowledgedAt: this.acknowledgedAt,
      skipWaitAfterSteps: this.skipWaitAfterSteps,
    };
  }

  add(detection: PastDetection): void {
    this.detections.push(detection);
    if (detection.detectedAt <= this.lastDetectedAt) return;
    this.lastDetectedAt = detection.detectedAt;
    this.lastDetectedMs = toMs(detection.detectedAt);
  }

  afterSeconds(atMs: number): number {
    return Math.round((atMs - toMs(this.first.detectedAt)) / 100) / 10;
  }
}
