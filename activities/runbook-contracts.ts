import type { StepState } from '../domain/runbook-state.ts';

export interface RunStepInput {
  tenantId: string;
  incidentId: string;
  stepId: string;
  attempt: number;
}

export interface RunbookActivities {
  /** Carries out one ordered step: tells its device and waits for the answer, or prepares its report. */
  runStep(input: RunStepInput): Promise<{ state: StepState | 'moot' }>;
}
