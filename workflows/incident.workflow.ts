import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type {
  FirstContactResult,
  IncidentActivities,
  MediaActivities,
  NotifyActivities,
  SettledStepOutcome,
} from '../activities/contracts.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import type { IncidentCommand } from '../domain/incident-state.ts';
import { refusalMessages } from '../domain/incident-state.ts';
import { addMs, toIso, toMs } from '../domain/time.ts';
import type { Verdict } from '../domain/types.ts';
import * as contracts from './contracts.ts';
import { OpenIncident } from './open-incident.ts';

/** Updates, since whoever decides must hear whether it counted; the rest are facts that need no answer. */
const decideUpdate = defineUpdate<contracts.CommandReply, [contracts.DecideCommand]>(contracts.decideUpdateName);
const acknowledgeUpdate = defineUpdate<contracts.CommandReply, [contracts.AcknowledgeCommand]>(
  contracts.acknowledgeUpdateName,
);
const detectionMergedSignal = defineSignal<[contracts.DetectionMergedSignal]>(contracts.detectionMergedSignalName);
const receiptSignal = defineSignal(contracts.receiptSignalName);
const undeliveredSignal = defineSignal<[contracts.UndeliveredSignal]>(contracts.undeliveredSignalName);

/** In process, no queue hop: 27 ms from acceptance to the carrier at the median. Must end well inside a workflow task. */
const quick = proxyLocalActivities<IncidentActivities>({
  startToCloseTimeout: '6s',
  scheduleToCloseTimeout: '20s',
  retry: { maximumAttempts: 3, initialInterval: '200ms' },
});
/** When the quick path is refused by a database or carrier that is down: slower, and for as long as a shift. */
const patient = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '24h',
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});
/** One step of the chain gives up after this and the next person is tried. */
const notify = proxyActivities<NotifyActivities>({
  taskQueue: contracts.notifyQueue,
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', maximumInterval: '5s' },
});

const nowIso = () => toIso(Date.now());

export async function incidentWorkflow(input: IncidentInput): Promise<Verdict> {
  const incident = new OpenIncident(input.policy);
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
  setHandler(undeliveredSignal, ({ step }) => incident.textUndelivered(step));

  const evidence = startEvidence(input, incident);
  await receiptFirst(input, incident);
  while (!incident.closed) await oneTurn(input, incident);
  if (incident.cause === 'receipt_found') evidence.scope.cancel();
  await CancellationScope.nonCancellable(() => close(input, incident));
  await evidence.done;
  await condition(allHandlersFinished);
  if (incident.lateMerges.length > 0)
    await patient.splitMerged({
      tenantId: input.tenantId,
      incidentId: input.incidentId,
      dedupKeys: incident.lateMerges,
    });
  return incident.status.verdict ?? 'unreviewed';
}

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
    if (openMs > 0) await condition(() => incident.closed, openMs);
    if (incident.closed) return;
  }
  const contact = await firstContact(input);
  if (contact.firstStep && contact.firstStep.outcome !== 'unsettled')
    incident.stepDone({ step: 0, outcome: contact.firstStep.outcome, at: contact.firstStep.at });
  incident.tillSaid(contact.posVerdict, nowIso());
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
  if (incident.tillNews) {
    incident.tillNews = false;
    const { posVerdict } = await patient.recheckTill({ tenantId: input.tenantId, incidentId: input.incidentId });
    incident.tillSaid(posVerdict, nowIso());
    return;
  }
  await recordWhatIsNew(input, incident);
  if (incident.closed) return;
  if (incident.helpWanted) return callForHelp(input, incident);
  const action = incident.nextAction(nowIso());
  switch (action.kind) {
    case 'page': {
      incident.apply({ kind: 'alert' });
      const done = await textUnlessClosed(input, incident, {
        step: action.step,
        kind: incident.status.helpRequested ? 'help' : 'alert',
      });
      if (done) incident.stepDone({ step: action.step, ...done });
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

/** Everyone of the chain at once, except the person who asked. */
async function callForHelp(input: IncidentInput, incident: OpenIncident): Promise<void> {
  const { byPersonId } = incident.helpWanted!;
  incident.helpWanted = null;
  const calls = input.policy.escalation.map((_, step) =>
    textUnlessClosed(input, incident, {
      step,
      kind: 'help',
      ...(byPersonId === undefined ? {} : { excludePersonId: byPersonId }),
    }),
  );
  const results = await Promise.all(calls);
  results.forEach((done, step) => {
    if (done) incident.stepDone({ step, ...done });
  });
}

/** A verdict that arrives meanwhile makes the text moot; its activity is cancelled and refuses to send once the row is closed. */
async function textUnlessClosed(
  input: IncidentInput,
  incident: OpenIncident,
  text: { step: number; kind: 'alert' | 'help'; excludePersonId?: string },
): Promise<SettledStepOutcome | null> {
  const scope = new CancellationScope();
  const sending = scope.run(() =>
    notify.alertStep({ tenantId: input.tenantId, incidentId: input.incidentId, ...text }),
  );
  const settled = sending.catch((error: unknown): SettledStepOutcome | null =>
    isCancellation(error) ? null : { outcome: 'undeliverable', at: nowIso() },
  );
  const result = await Promise.race([settled, condition(() => incident.closed).then(() => null)]);
  if (result === null) scope.cancel();
  return result;
}

/** Nobody left to text, or the till could not say: the console has it until the review deadline. */
async function awaitReview(input: IncidentInput, incident: OpenIncident): Promise<void> {
  const first = !incident.exhausted;
  if (first) {
    incident.exhausted = true;
    if (incident.status.state !== 'in_review') {
      incident.apply({ kind: 'await_review' });
      await patient.recordProgress(progressOf(input, incident));
      if (incident.disturbed) return;
    }
  }
  const deadlineMs = toMs(addMs(input.detectedAt, input.policy.reviewTimeoutMs));
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
  await sendCorrections(input.tenantId, input.incidentId, outcome.toldPersonIds);
}

/** Whoever was told is told that it was wrong; a number that no longer answers does not keep the others waiting. */
async function sendCorrections(tenantId: string, incidentId: string, toldPersonIds: readonly string[]): Promise<void> {
  await Promise.all(
    toldPersonIds.map((personId, step) =>
      notify.alertStep({ tenantId, incidentId, kind: 'correction', step, personId }).catch(() => undefined),
    ),
  );
}

/** A receipt came after the end: correct the record and tell everyone who was told. */
export async function correctionWorkflow(input: { tenantId: string; incidentId: string }): Promise<{ told: number }> {
  const { toldPersonIds } = await patient.correctIncident(input);
  await sendCorrections(input.tenantId, input.incidentId, toldPersonIds);
  return { told: toldPersonIds.length };
}

/** The daily sweep: deletes what is due, then puts the signed head of the audit log outside. */
export async function sweepWorkflow(): Promise<{ purged: number; failed: number; witnessed: number }> {
  const sweep = proxyActivities<IncidentActivities>({
    startToCloseTimeout: '1h',
    heartbeatTimeout: '60s',
    scheduleToCloseTimeout: '6h',
    retry: { maximumAttempts: 10, initialInterval: '5s' },
  });
  const purge = await sweep.purgeDue();
  const { witnessed } = await sweep.witnessAudit();
  return { ...purge, witnessed };
}
