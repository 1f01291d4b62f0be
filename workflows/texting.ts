import { CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';
import type { SettledStepOutcome } from '../activities/contracts.ts';
import type { IncidentInput } from '../domain/incident-input.ts';
import { toIso } from '../domain/time.ts';
import { atOnce, notify, owed } from './activity-profiles.ts';
import type { OpenIncident, StepText } from './open-incident.ts';

type Place = Pick<IncidentInput, 'tenantId' | 'incidentId' | 'stepsAtOnce'>;

/**
 * A verdict that arrives meanwhile makes the text moot, a call for help makes an alert too slow: its activity is
 * cancelled, and what became of the text is settled after the end. Null when it was interrupted.
 */
export async function textUnlessMoot(
  place: Place,
  incident: OpenIncident,
  text: StepText,
): Promise<SettledStepOutcome | null> {
  const same = (other: StepText) =>
    other.step === text.step && other.kind === text.kind && (other.round ?? 0) === (text.round ?? 0);
  incident.interruptedTexts = incident.interruptedTexts.filter((other) => !same(other));
  const scope = new CancellationScope();
  const sending = scope.run(() => send(place, text));
  const settled = sending.catch((error: unknown): SettledStepOutcome | null => {
    if (isCancellation(error)) return null;
    incident.interruptedTexts.push(text);
    return { outcome: 'undeliverable', at: toIso(Date.now()) };
  });
  const moot = () => incident.closed || (text.kind === 'alert' && incident.helpWanted !== null);
  const result = await Promise.race([settled, condition(moot).then(() => null)]);
  if (result !== null) return result;
  scope.cancel();
  incident.interruptedTexts.push(text);
  return null;
}

async function send({ tenantId, incidentId, stepsAtOnce }: Place, text: StepText): Promise<SettledStepOutcome> {
  const step = { tenantId, incidentId, ...text };
  if (stepsAtOnce) {
    try {
      const said = await atOnce.alertStepAtOnce(step);
      if (said.outcome !== 'busy') return said;
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Not taken, or nobody knows: the activity of the queue looks it up and has the patience.
    }
  }
  return notify.alertStep(step);
}

/** Everyone of the chain at once, except the person who asked. */
export async function callForHelp(input: IncidentInput, incident: OpenIncident): Promise<void> {
  const excludePersonId = incident.takeHelpWanted();
  const excluded = excludePersonId === undefined ? {} : { excludePersonId };
  // Each role once, by text and by call at the same time; the further tries of the chain would find the same people.
  const steps = input.policy.escalation.flatMap((rung, step) => ((rung.attempt ?? 0) === 0 ? [step] : []));
  const withCalls = patched('help-calls');
  const texts = await Promise.all(
    steps.flatMap((step) => [
      textUnlessMoot(input, incident, { step, kind: 'help', ...excluded }).then((done) => ({ step, done })),
      ...(!withCalls
        ? []
        : [
            textUnlessMoot(input, incident, { step, kind: 'help_call', ...excluded }).then(() => ({
              step,
              done: null,
            })),
          ]),
    ]),
  );
  for (const { step, done } of texts) if (done) incident.stepDone({ step, ...done });
}

/** Beside everything else: whoever may approve a step of the runbook is told that it waits. Nobody to tell is on the record. */
export function askForApproval(
  { tenantId, incidentId }: Place,
  incident: OpenIncident,
  positions: readonly number[] = [],
): void {
  for (const step of positions)
    incident.notices.push(notify.alertStep({ tenantId, incidentId, kind: 'notice', step }).catch(() => undefined));
}

/** The carrier may have taken a text that nobody waited for; the record says so or says that it never left. */
export async function settleInterrupted({ tenantId, incidentId }: Place, incident: OpenIncident): Promise<void> {
  const texts = incident.interruptedTexts.splice(0);
  await Promise.all(texts.map((text) => notify.alertStep({ tenantId, incidentId, ...text }).catch(() => undefined)));
}

/** Whoever was told is told that it was wrong; a number that no longer answers does not keep the others waiting. */
export async function sendCorrections(
  { tenantId, incidentId }: Place,
  toldPersonIds: readonly string[],
  round?: number,
): Promise<void> {
  await Promise.all(
    toldPersonIds.map((personId, step) =>
      owed
        .alertStep({
          tenantId,
          incidentId,
          kind: 'correction',
          step,
          personId,
          ...(round === undefined ? {} : { round }),
        })
        .catch(() => undefined),
    ),
  );
}
