import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { CorrectionInput, FirstContactResult, MediaActivities, SweepActivities } from '../activities/contracts.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { IncidentCommand } from '../domain/incident-state.ts';
import { refusalMessages } from '../domain/incident-state.ts';
import { addMs, toIso, toMs } from '../domain/time.ts';
import type { Verdict } from '../domain/types.ts';
import { patient, quick } from './activity-profiles.ts';
import * as contracts from './contracts.ts';
import { OpenIncident } from './open-incident.ts';
import { askAtTheTill, holdTheTill } from './prompting.ts';
import { askForApproval, callForHelp, sendCorrections, settleInterrupted, textUnlessMoot } from './texting.ts';

/** Updates, since whoever decides must hear whether it counted; the rest are facts that need no answer. */
const decideUpdate = defineUpdate<contracts.CommandReply, [contracts.DecideCommand]>(contracts.decideUpdateName);
const acknowledgeUpdate = defineUpdate<contracts.CommandReply, [contracts.AcknowledgeCommand]>(
  contracts.acknowledgeUpdateName,
);
const detectionMergedSignal = defineSignal<[contracts.DetectionMergedSignal]>(contracts.detectionMergedSignalName);
const receiptSignal = defineSignal(contracts.receiptSignalName);
const mandatoryStepsSignal = defineSignal<[contracts.MandatoryStepsSignal]>(contracts.mandatoryStepsSignalName);
const terminalReleaseSignal = defineSignal(contracts.terminalReleaseSignalName);
const undeliveredSignal = defineSignal<[contracts.UndeliveredSignal]>(contracts.undeliveredSignalName);

const nowIso = () => toIso(Date.now());

export async function incidentWorkflow(input: IncidentInput): Promise<Verdict> {
  const incident = new OpenIncident(input.policy, input.reopened, input.proofExpectedAt, input.stepsAtOnce);
  const assertAllowed = (command: IncidentCommand) => {
    const refusal = incident.refusalOf(command);
    if (refusal !== null) throw ApplicationFailure.nonRetryable(refusalMessages[refusal], refusal);
  };
  setHandler(
    decideUpdate,
    (command) => {
      incident.decide(command, nowIso());
      return incident.status;
    },
    {
      validator: (command) =>
        assertAllowed({
          kind: 'decide',
          verdict: command.verdict,
          ...(command.expectedVersion === undefined ? {} : { expectedVersion: command.expectedVersion }),
        }),
    },
  );
  setHandler(
    acknowledgeUpdate,
    (command) => {
      incident.acknowledge(command, nowIso());
      return incident.status;
    },
    { validator: (_command) => assertAllowed({ kind: 'acknowledge' }) },
  );
  setHandler(detectionMergedSignal, ({ dedupKey }) => {
    if (incident.closed) incident.lateMerges.push(dedupKey);
    else askTillAgain(incident);
  });
  setHandler(receiptSignal, () => askTillAgain(incident));
  setHandler(terminalReleaseSignal, () => {
    incident.tillReleased = true;
  });
  setHandler(undeliveredSignal, ({ step, round }) => incident.textUndelivered(step, round));
  setHandler(mandatoryStepsSignal, ({ open }) => incident.stepsOpen(open, nowIso()));

  if (input.reopened) incident.reviewFromAt = nowIso();
  // What was secured in the first run is still there.
  const evidence = input.reopened ? nothingToSecure : startEvidence(input, incident);
  if (!input.reopened) await receiptFirst(input, incident);
  while (!incident.closed) await oneTurn(input, incident);
  if (incident.cause === 'receipt_found') evidence.scope.cancel();
  await CancellationScope.nonCancellable(async () => {
    await close(input, incident);
    await Promise.all([
      ...incident.notices,
      settleInterrupted(input, incident),
      settleLateNews(input, incident, Promise.all([evidence.done, ...incident.notices])),
    ]);
  });
  return incident.status.verdict ?? 'unreviewed';
}

const nothingToSecure = { scope: { cancel: () => undefined }, done: Promise.resolve() };

function askTillAgain(incident: OpenIncident): void {
  incident.tillNews = true;
  incident.disturbed = true;
}

/** Runs beside everything else on the store's own queue; a store that is cut off just leaves the task waiting there. */
function startEvidence(
  input: IncidentInput,
  incident: OpenIncident,
): { scope: CancellationScope; done: Promise<void> } {
  const scope = new CancellationScope();
  const { postRollMs, giveUpAfterMs } = input.policy.evidence;
  const media = proxyActivities<MediaActivities>({
    taskQueue: contracts.mediaQueue(input.tenantId, input.storeId),
    startToCloseTimeout: postRollMs + 120_000,
    scheduleToCloseTimeout: postRollMs + giveUpAfterMs,
    heartbeatTimeout: '20s',
    retry: { initialInterval: '1s', maximumInterval: '20s' },
  });
  const done = scope.run(async () => {
    try {
      const result = await media.secureEvidence({ tenantId: input.tenantId, incidentId: input.incidentId });
      incident.evidenceSettled(result.settledAt);
    } catch (error) {
      incident.evidenceSettled(nowIso());
      if (isCancellation(error)) return;
      incident.evidenceGivenUp = { code: 'EVIDENCE_WORKER_GAVE_UP', params: { afterMs: giveUpAfterMs } };
      if (incident.closed)
        await CancellationScope.nonCancellable(() => patient.recordProgress(progressOf(input, incident)));
      else incident.disturbed = true;
    }
  });
  return { scope, done };
}

/** The till speaks before any person is asked; its window is waited out when the detection came early. */
async function receiptFirst(input: IncidentInput, incident: OpenIncident): Promise<void> {
  if (input.policy.receiptFirst.includes(input.behaviour)) {
    const openMs = toMs(input.detectedAt) + input.policy.posWindow.afterMs - Date.now();
    if (openMs > 0) {
      // The engine's timers come by the second. Where a till is to speak while its customer is there, the activity waits
      // out what is left of one; it holds one of the few places of a worker meanwhile, so others take the whole second.
      const exact = Boolean(input.policy.prompt) && patched('window-to-the-millisecond');
      const timerMs = exact ? Math.floor(openMs / 1_000) * 1_000 : openMs;
      if (timerMs > 0) await condition(() => incident.closed, timerMs);
    }
    if (incident.closed) return;
  }
  const contact = await firstContact(input);
  incident.suppressed = contact.suppressed ?? false;
  askForApproval(input, incident, contact.approvals);
  if (contact.openMandatory) incident.apply({ kind: 'steps_open', open: contact.openMandatory });
  if (contact.firstStep?.outcome === 'unsettled') incident.interruptedTexts.push({ step: 0, kind: 'alert' });
  else if (contact.firstStep) incident.stepDone({ step: 0, ...contact.firstStep });
  incident.tillSaid(contact.posVerdict, nowIso());
  if (!contact.prompt) return;
  const { waitMs, after } = contact.prompt;
  const unanswered = await askAtTheTill(input, incident, waitMs, () => recheckTill(input, incident));
  if (unanswered && after) incident.notices.push(holdTheTill(input, incident, after.maxMs));
}

async function recheckTill(input: IncidentInput, incident: OpenIncident): Promise<void> {
  incident.tillNews = false;
  const said = await patient.recheckTill({ tenantId: input.tenantId, incidentId: input.incidentId });
  if (said.suppressed !== undefined) incident.attentionSaid(said.suppressed);
  askForApproval(input, incident, said.approvals);
  if (said.openMandatory) incident.stepsOpen(said.openMandatory, nowIso());
  incident.tillSaid(said.posVerdict, nowIso());
}

async function firstContact(input: IncidentInput): Promise<FirstContactResult> {
  try {
    return await quick.firstContact({ incident: input });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return patient.firstContact({ incident: input });
  }
}

/** Records what is new, then does the one thing that is due: ask the till, call for help, page, wait. */
async function oneTurn(input: IncidentInput, incident: OpenIncident): Promise<void> {
  incident.disturbed = false;
  if (incident.tillNews) return recheckTill(input, incident);
  await recordWhatIsNew(input, incident);
  if (incident.closed) return;
  if (incident.helpWanted) return callForHelp(input, incident);
  const action = incident.nextAction(nowIso());
  switch (action.kind) {
    case 'page': {
      const round = action.round === undefined ? {} : { round: action.round };
      incident.apply({ kind: 'alert' });
      incident.exhausted = false;
      const done = await textUnlessMoot(input, incident, {
        step: action.step,
        kind: incident.status.helpRequested ? 'help' : 'alert',
        ...round,
        ...(action.dueAt === undefined ? {} : { dueAt: action.dueAt }),
      });
      if (done) incident.stepDone({ step: action.step, ...round, ...done });
      return;
    }
    case 'wait':
      await condition(() => incident.disturbed, Math.max(1, toMs(action.untilAt) - Date.now()));
      return;
    case 'exhausted':
      return awaitReview(input, incident);
  }
}

async function recordWhatIsNew(input: IncidentInput, incident: OpenIncident): Promise<void> {
  const { acknowledgements, decisions } = incident.unrecorded;
  if (acknowledgements.length === 0 && decisions.length === 0 && incident.evidenceGivenUp === null) return;
  const progress = progressOf(input, incident);
  incident.takeUnrecorded();
  incident.evidenceGivenUp = null;
  await patient.recordProgress(progress);
}

const progressOf = (input: IncidentInput, incident: OpenIncident) => ({
  tenantId: input.tenantId,
  incidentId: input.incidentId,
  status: incident.status,
  ...incident.unrecorded,
  escalationExhausted: incident.exhausted,
  evidenceGivenUp: incident.evidenceGivenUp,
});

/** Nobody left to text, or the till could not say: the console has it until the review deadline. */
async function awaitReview(input: IncidentInput, incident: OpenIncident): Promise<void> {
  const first = !incident.exhausted;
  if (first) {
    incident.exhausted = true;
    if (incident.status.state !== 'in_review' && incident.status.verdict !== 'confirmed') {
      incident.apply({ kind: 'await_review' });
      await patient.recordProgress(progressOf(input, incident));
      if (incident.disturbed) return;
    }
  }
  const deadlineMs = toMs(addMs(incident.reviewFromAt ?? input.detectedAt, input.policy.reviewTimeoutMs));
  const woken = await condition(() => incident.disturbed, Math.max(1, deadlineMs - Date.now()));
  if (!woken) incident.reviewDeadlinePassed(nowIso());
}

async function close(input: IncidentInput, incident: OpenIncident): Promise<void> {
  const outcome = await patient.recordOutcome({
    tenantId: input.tenantId,
    incidentId: input.incidentId,
    status: incident.status,
    verdict: incident.status.verdict ?? 'unreviewed',
    closedAt: incident.closedAt ?? nowIso(),
    cause: incident.cause,
    ...incident.unrecorded,
    evidenceGivenUp: incident.evidenceGivenUp,
  });
  await sendCorrections(input, outcome.toldPersonIds, outcome.round);
}

/** The evidence may take its time after the verdict; merges and receipts that arrive meanwhile are not lost on a closed incident. */
async function settleLateNews(input: IncidentInput, incident: OpenIncident, evidence: Promise<unknown>): Promise<void> {
  const place = { tenantId: input.tenantId, incidentId: input.incidentId };
  let evidenceDone = false;
  void evidence.then(() => {
    evidenceDone = true;
  });
  const nothingLeft = () => evidenceDone && allHandlersFinished();
  for (;;) {
    await condition(() => incident.hasLateNews || nothingLeft());
    if (!incident.hasLateNews) return;
    const { dedupKeys, receipt } = incident.takeLateNews();
    if (dedupKeys.length > 0) await patient.splitMerged({ ...place, dedupKeys });
    if (receipt) await correct(place);
  }
}

async function correct(input: CorrectionInput): Promise<number> {
  const { toldPersonIds, round } = await patient.correctIncident(input);
  await sendCorrections(input, toldPersonIds, round);
  return toldPersonIds.length;
}

/** A receipt came after the end, or a person said that the verdict was wrong: everyone who was told is told so. */
export async function correctionWorkflow(input: CorrectionInput): Promise<{ told: number }> {
  return { told: await correct(input) };
}

/** The daily sweep: deletes what is due, looks through yesterday's tills, then puts the signed head of the audit log outside. */
export async function sweepWorkflow(): Promise<{ purged: number; failed: number; witnessed: number }> {
  const sweep = proxyActivities<SweepActivities>({
    taskQueue: contracts.recordsQueue,
    startToCloseTimeout: '1h',
    heartbeatTimeout: '60s',
    scheduleToCloseTimeout: '6h',
    retry: { maximumAttempts: 10, initialInterval: '5s' },
  });
  const purge = await sweep.purgeDue();
  if (patched('analyse-tills')) await sweep.analyseTills();
  const { witnessed } = await sweep.witnessAudit();
  return { ...purge, witnessed };
}
