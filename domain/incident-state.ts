import type { HumanVerdict, IncidentState, PosVerdict, Verdict } from './types.ts';

export interface IncidentStatus {
  state: IncidentState;
  posVerdict: PosVerdict;
  verdict: Verdict | null;
  helpRequested: boolean;
  /** Mandatory steps of the runbook that are not done: a confirmed incident stays open for them. */
  openSteps?: number;
  /** Counts decisions; a command that names an older one is refused. */
  version: number;
}

export type IncidentCommand =
  | { kind: 'acknowledge' }
  | { kind: 'decide'; verdict: HumanVerdict; expectedVersion?: number }
  | { kind: 'alert' }
  | { kind: 'await_review' }
  | { kind: 'receipt_matched' }
  | { kind: 'steps_open'; open: number }
  | { kind: 'review_deadline' };

export type RefusalCode = 'ALREADY_DECIDED' | 'STALE_VERSION' | 'ALREADY_ACKNOWLEDGED' | 'NO_HELP_REQUESTED';

export type Transition = { ok: true; next: IncidentStatus } | { ok: false; refusal: RefusalCode };

export const newIncidentStatus: IncidentStatus = {
  state: 'new',
  posVerdict: 'PENDING',
  verdict: null,
  helpRequested: false,
  version: 0,
};

/** The one table of what may follow what: update validator, service guard, 409 and buttons all read it. */
export function transition(status: IncidentStatus, command: IncidentCommand): Transition {
  if (status.state === 'closed') return { ok: false, refusal: 'ALREADY_DECIDED' };
  switch (command.kind) {
    case 'alert':
      return accept(status, { state: 'alerting', version: status.version });
    case 'await_review':
      return accept(status, { state: 'in_review', version: status.version });
    case 'acknowledge':
      return status.state === 'acknowledged'
        ? { ok: false, refusal: 'ALREADY_ACKNOWLEDGED' }
        : accept(status, { state: 'acknowledged' });
    case 'receipt_matched':
      return accept(status, { state: 'closed', verdict: 'paid', posVerdict: 'MATCH' });
    case 'steps_open': {
      const settled = command.open === 0 && status.verdict === 'confirmed';
      return accept(status, {
        openSteps: command.open,
        ...(settled ? { state: 'closed' } : { version: status.version }),
      });
    }
    case 'review_deadline':
      return accept(status, {
        state: 'closed',
        // Somebody decided; what was still to be done stays visible as not done.
        verdict: status.verdict === 'confirmed' ? 'confirmed' : 'unreviewed',
      });
    case 'decide':
      return decide(status, command);
  }
}

function decide(status: IncidentStatus, command: { verdict: HumanVerdict; expectedVersion?: number }): Transition {
  if (command.expectedVersion !== undefined && command.expectedVersion !== status.version)
    return { ok: false, refusal: 'STALE_VERSION' };
  switch (command.verdict) {
    case 'help':
      return accept(status, { state: 'alerting', verdict: 'help', helpRequested: true });
    case 'safe':
      return status.helpRequested
        ? accept(status, { state: 'in_review', verdict: 'safe', helpRequested: false })
        : { ok: false, refusal: 'NO_HELP_REQUESTED' };
    case 'unsure':
      return accept(status, { state: 'in_review', verdict: 'unsure' });
    case 'confirmed':
      // Decided, and nobody else is asked; it closes when what must be done is done.
      return accept(status, {
        state: (status.openSteps ?? 0) > 0 ? 'acknowledged' : 'closed',
        verdict: 'confirmed',
      });
    case 'paid':
    case 'staff_error':
    case 'false_positive':
      return accept(status, { state: 'closed', verdict: command.verdict });
  }
}

function accept(status: IncidentStatus, change: Partial<IncidentStatus>): Transition {
  return { ok: true, next: { ...status, version: status.version + 1, ...change } };
}

/** What to tell a person whose command was refused. */
export const refusalMessages: Record<RefusalCode, string> = {
  ALREADY_DECIDED: 'This incident is already closed.',
  STALE_VERSION: 'This incident changed while you were looking at it. Read it again, then decide.',
  ALREADY_ACKNOWLEDGED: 'Somebody has already taken this incident.',
  NO_HELP_REQUESTED: 'Nobody asks for help in this incident, or it has ended already.',
};
