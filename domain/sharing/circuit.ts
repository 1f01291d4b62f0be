import { addMs } from '../time.ts';

/** Whether a recipient is spoken to at all: after failures in a row nobody is until one has tried and was answered. */
export interface Circuit {
  state: 'closed' | 'open' | 'half_open';
  /** In a row. */
  failures: number;
  /** How often in a row it was opened; each time it stays open for longer. */
  opens: number;
  changedAt: string | null;
  /** Open: when one may try. Half open: when the one who tries is taken for lost. */
  retryAt: string | null;
}

export const closedCircuit: Circuit = { state: 'closed', failures: 0, opens: 0, changedAt: null, retryAt: null };

export interface CircuitRules {
  /** Failures in a row that open it. */
  opensAfter: number;
  firstPauseMs: number;
  longestPauseMs: number;
  /** How long the one who tries may take. */
  probeMs: number;
}

export const circuitRules: CircuitRules = {
  opensAfter: 5,
  firstPauseMs: 30_000,
  longestPauseMs: 3_600_000,
  probeMs: 120_000,
};

export type Admission = { admitted: true; circuit: Circuit } | { admitted: false; until: string };

/** Whether one may speak to the recipient now. Admission through an open circuit makes it half open: one tries, all others wait. */
export function admit(circuit: Circuit, now: string, rules: CircuitRules): Admission {
  if (circuit.state === 'closed') return { admitted: true, circuit };
  const until = circuit.retryAt ?? now;
  if (until > now) return { admitted: false, until };
  return {
    admitted: true,
    circuit: { ...circuit, state: 'half_open', changedAt: now, retryAt: addMs(now, rules.probeMs) },
  };
}

/** An answer, whatever it said: somebody is there. */
export const answered = (circuit: Circuit, now: string): Circuit =>
  circuit.state === 'closed' && circuit.failures === 0
    ? circuit
    : { ...closedCircuit, changedAt: circuit.state === 'closed' ? circuit.changedAt : now };

/** No answer, or one that says that nobody is served at present. */
export function failed(circuit: Circuit, now: string, rules: CircuitRules): Circuit {
  const failures = circuit.failures + 1;
  if (circuit.state === 'open') return { ...circuit, failures };
  if (circuit.state === 'closed' && failures < rules.opensAfter) return { ...circuit, failures };
  const pauseMs = Math.min(rules.longestPauseMs, rules.firstPauseMs * 2 ** circuit.opens);
  return { state: 'open', failures, opens: circuit.opens + 1, changedAt: now, retryAt: addMs(now, pauseMs) };
}

/** A person asks to try now: the next one may, if nobody is trying already. */
export const tryNow = (circuit: Circuit, now: string): Circuit =>
  circuit.state === 'open' ? { ...circuit, retryAt: now } : circuit;
