import type { Language } from './language.ts';

const hint = 'Reply 1 paid 2 staff 3 not sure 4 confirmed or HELP';
const shortHint = '1 paid 2 staff 3 unsure 4 confirmed HELP';

export const english: Language = {
  tag: 'en-GB',
  drill: 'DRILL',
  theLane: 'the lane',
  theTill: 'the till',
  verdicts: {
    paid: 'paid',
    staff_error: 'staff',
    unsure: 'not sure',
    confirmed: 'confirmed, no approach',
    false_positive: 'false alarm',
    help: 'HELP',
    safe: 'SAFE',
  },
  actions: {
    any: 'a step of the runbook',
    terminal_prompt: 'prompt at the till',
    signage: 'screen',
    intercom: 'announcement',
    task: 'task',
    door_lock: 'door lock',
    credential_disable: 'access card',
    police_report: 'report to the police',
  },
  at: { today: 'at {time}', earlier: 'on {date} at {time}' },
  texts: {
    alert: { full: { say: 'please check {place}.', hint }, short: { say: 'check {place}.', hint: shortHint } },
    handOver: {
      full: { say: 'shift change, please take over {place}.', hint },
      short: { say: 'shift change, yours: {place}.', hint: shortHint },
    },
    help: {
      full: { say: 'a colleague asks for HELP at {place}. Please go there now.', hint: 'Reply SAFE when safe' },
      short: { say: 'HELP needed at {place}. Please go now.', hint: 'Reply SAFE when safe' },
    },
    receiptFound: {
      full: {
        say: 'correction for {place}. The receipt was found, all is paid. Please take no action.',
        hint: 'Sorry for the trouble.',
      },
      short: { say: 'correction for {place}. The receipt was found, all is paid.', hint: 'Please take no action.' },
    },
    correctedByPerson: {
      full: {
        say: 'correction for {place}. A colleague found that our message was wrong. Please take no action.',
        hint: 'Sorry for the trouble.',
      },
      short: { say: 'correction for {place}. Our message was wrong.', hint: 'Please take no action.' },
    },
    notice: {
      full: { say: 'your approval is asked for: {step}, {place}.', hint: 'Please decide in the console.' },
      short: { say: 'please approve: {step}, {place}.', hint: 'See the console.' },
    },
  },
  replies: {
    thanks: {
      paid: 'noted as paid. Thank you, nothing more to do.',
      staff_error: 'noted as a staff matter. Thank you, nothing more to do.',
      unsure: 'noted. A colleague will look at it.',
      confirmed: 'noted. Please do not approach anyone. The control room takes over.',
      false_positive: 'noted as a false alarm. Thank you.',
      help: 'help is being called now. Stay where you are safe.',
      safe: 'noted as SAFE. Thank you, the call for help has ended.',
    },
    kept: 'noted as {verdict}. It counts as soon as our system is back; no need to send it again.',
    keptHelp:
      'your call for HELP is kept, but our system is slow. Please also call a colleague or the emergency number.',
    closed: 'already closed {at} as {verdict} by {who}. Nothing more is needed.',
    corrected: 'corrected {at} to {verdict} by {who}. Nothing more is needed.',
    unanswered: 'already closed {at} without an answer. Nothing more is needed.',
    justDecided: 'this was decided a moment ago. Nothing more is needed from you.',
    nobodyAskedForHelp: 'nobody has asked for help here. If it is settled, please answer 1, 2, 3 or 4.',
    unknownCode: 'the code {code} is not known for your number.',
    several: 'several are open: {list}.',
    notUnderstood: 'sorry, that was not understood.',
    withCode: 'Reply with the code, like {example}',
    answers: 'Reply 1 paid, 2 staff, 3 not sure, 4 confirmed, or HELP.',
    nothingOpen: 'nothing is open for you right now.',
    nobodyToCall:
      'nothing is open for you, so nobody can be called from here. Please call a colleague or the emergency number.',
  },
  voice: {
    alert:
      'This is Floorwalker. Please check {place}. The code is {code}. Press 1 for paid, 2 for staff, 3 for not sure, 4 for confirmed. Press 0 to hear this again, or 9 if you need help.',
    help: 'This is Floorwalker. A colleague asks for help at {place}. Please go there now. The code is {code}. Press 7 when all is safe, 9 if more help is needed, or 0 to hear this again.',
    wrongKey: 'Sorry, that key has no meaning here.',
    noLongerNeeded: 'Nothing needs to be decided in this call any more. Thank you.',
    machine: 'This is Floorwalker with a message for you. Please look at your texts or at the console.',
    goodbye: 'Goodbye.',
  },
  email: {
    link: 'What was seen (for a short time): {link}',
    answer: 'Please answer in the console, or by text: 1 paid, 2 staff, 3 not sure, 4 confirmed, or HELP.',
    answerHelp: 'Please answer SAFE by text, or in the console, when all is safe.',
    footer: 'Incident {code}. Nobody reads answers to this address.',
  },
};
