import { at, textAt } from './decoded.ts';

const readable = (code: string): string => code.replaceAll('_', ' ').toLowerCase();

export const verdictWords = (verdict: string): string => `“${readable(verdict)}”`;

const ways: Record<string, string> = { sms: 'by text', voice: 'by phone', api: 'in the console' };

/** How the run began. */
export function startSentence(input: unknown): string {
  const behaviour = textAt(input, 'behaviour');
  const run = at(input, 'reopened', 'run');
  const policy = `policy ${textAt(input, 'policy', 'id') ?? 'unknown'}, version ${String(at(input, 'policy', 'version') ?? 'unknown')}`;
  const what =
    behaviour === null ? 'An incident' : `${readable(behaviour).replace(/^./, (sign) => sign.toUpperCase())}`;
  const drill = at(input, 'drill') === true ? ' It is a drill.' : '';
  return run === undefined
    ? `${what}: the workflow began, under ${policy}.${drill}`
    : `Opened again, for the ${ordinal(Number(run))} time round, under ${policy}.${drill}`;
}

const ordinal = (count: number): string => (count === 2 ? 'second' : count === 3 ? 'third' : `${count}th`);

const begins: Record<string, (input: unknown) => string> = {
  firstContact: () => 'The till was asked, and whoever is on shift if it could not explain it',
  recheckTill: () => 'The till was asked again',
  recordProgress: () => 'What had happened so far was put on record',
  recordOutcome: (input) => `The outcome was put on record${causeOf(input)}`,
  splitMerged: () => 'Detections that came too late were given an incident of their own',
  correctIncident: () => 'The record was corrected',
  secureEvidence: () => 'The recording was asked for',
  giveUpEvidence: () => 'Securing the recording was given up',
  alertStep: (input) => textBegins(input),
  // What is done within a turn leaves its result only.
  alertStepAtOnce: () => 'The next person of the chain was told',
  promptTerminal: () => 'The till asked the customer',
  holdTerminal: () => 'The till was held',
  releaseTerminal: () => 'The till was let go',
  runStep: (input) => `Step ${textAt(input, 'stepId') ?? ''} of the runbook was carried out`,
  redactClip: () => 'The clip was masked',
  giveUpRedaction: () => 'Masking the clip was given up',
};

const causes: Record<string, string> = {
  human_verdict: 'somebody decided',
  receipt_found: 'a receipt was found',
  review_deadline: 'nobody decided in time',
};

const causeOf = (input: unknown): string => {
  const cause = textAt(input, 'cause');
  return cause === null ? '' : ` (${causes[cause] ?? readable(cause)})`;
};

const texts: Record<string, string> = {
  alert: 'Somebody was told',
  help: 'A call for help went out',
  help_call: 'Somebody was called for help',
  correction: 'Somebody was told that the record was wrong',
  notice: 'Somebody was asked to approve a step',
};

function textBegins(input: unknown): string {
  const kind = textAt(input, 'kind') ?? 'alert';
  const step = at(input, 'step');
  return kind === 'alert' && typeof step === 'number'
    ? `${texts['alert']} (rung ${step + 1} of the chain)`
    : (texts[kind] ?? `A message of the kind ${readable(kind)} went out`);
}

/** What an activity set out to do, as the beginning of a sentence. */
export const activityBegins = (name: string, input: unknown): string =>
  begins[name]?.(input) ?? `The activity ${name} ran`;

const tillSays: Record<string, string> = {
  MATCH: 'it was paid for',
  MISMATCH: 'it is not on the receipt',
  UNKNOWN: 'the till could not say',
  NOT_APPLICABLE: 'this is nothing for the till',
};

const outcomes: Record<string, string> = {
  sent: 'the message was handed to the carrier',
  nobody_on_shift: 'nobody was on shift',
  undeliverable: 'the carrier could not deliver it',
  withheld: 'the message was withheld, as the rules say',
  busy: 'too many waited for the carrier just then, so the slow way was taken',
  unsettled: 'it is not known whether the carrier has the message; the slow way finds out',
};

const day = (at: string): string => new Date(at).toLocaleDateString('en-GB', { timeZone: 'UTC', dateStyle: 'long' });

/** What came of it, as the rest of that sentence; null when there is nothing to say. */
export function activityEnds(name: string, result: unknown): string | null {
  switch (name) {
    case 'firstContact': {
      const till = tillSays[textAt(result, 'posVerdict') ?? ''] ?? 'it gave no answer';
      const outcome = textAt(result, 'firstStep', 'outcome');
      const held = at(result, 'suppressed') === true ? '; nobody is paged for this, as the rules say' : '';
      return `${till}${outcome === null ? '' : `; ${outcomes[outcome] ?? readable(outcome)}`}${held}.`;
    }
    case 'recheckTill':
      return `${tillSays[textAt(result, 'posVerdict') ?? ''] ?? 'it gave no answer'}.`;
    case 'alertStep':
    case 'alertStepAtOnce': {
      const outcome = textAt(result, 'outcome');
      return outcome === null ? null : `${outcomes[outcome] ?? readable(outcome)}.`;
    }
    case 'recordOutcome': {
      const told = at(result, 'toldPersonIds');
      const until = textAt(result, 'purgeAfter');
      const owed = Array.isArray(told) && told.length > 0 ? `; ${told.length} people are owed a correction` : '';
      return until === null ? null : `its evidence is kept until ${day(until)}${owed}.`;
    }
    case 'secureEvidence':
      return (
        { ready: 'it is there.', partial: 'it is there with gaps.', failed: 'there is none.' }[
          textAt(result, 'state') ?? ''
        ] ?? null
      );
    default: {
      const state = textAt(result, 'state');
      return state === null ? null : `${readable(state)}.`;
    }
  }
}

/** What a person said to the workflow. */
export function updateSentence(name: string, command: unknown): string {
  const via = ways[textAt(command, 'via') ?? ''] ?? '';
  const where = via === '' ? '' : ` ${via}`;
  if (name === 'acknowledge') return `Taken on${where}.`;
  const verdict = textAt(command, 'verdict');
  if (verdict === 'help') return `Help was asked for${where}.`;
  if (verdict === 'safe') return `Said that everybody is safe${where}.`;
  const reason = textAt(command, 'reasonCode');
  return `Decided ${verdictWords(verdict ?? 'unknown')}${where}${reason === null ? '' : ` (${readable(reason)})`}.`;
}

const signals: Record<string, string> = {
  detectionMerged: 'Another detection of the same thing joined.',
  receiptArrived: 'A line of the till arrived late.',
  textUndelivered: 'The carrier said that a text did not arrive.',
  mandatorySteps: 'The number of steps that must still be done changed.',
  terminalRelease: 'The till was let go by somebody.',
};

/** What became known while it ran. */
export const signalSentence = (name: string, payload: unknown): string => {
  const open = at(payload, 'open');
  if (name === 'mandatorySteps' && typeof open === 'number') return `Steps that must still be done: ${open}.`;
  return signals[name] ?? `News arrived: ${readable(name)}.`;
};
