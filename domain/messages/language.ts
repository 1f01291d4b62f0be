import type { RunbookAction } from '../runbook.ts';
import type { HumanVerdict } from '../types.ts';

/** What is said, and how to answer. In braces: what is filled in. */
export interface Said {
  say: string;
  hint: string;
}

/**
 * Everything that Floorwalker says to people in one language, with its proper accents; texts lose those that a phone's
 * plain alphabet lacks. A text has a full form and one for long names and addresses.
 */
export interface Language {
  /** BCP 47, for times and for the voice that reads. */
  tag: 'en-GB' | 'es-ES' | 'de-DE' | 'fr-FR';
  /** Stands first in whatever belongs to a drill. */
  drill: string;
  theLane: string;
  theTill: string;
  /** What a person decided, as in "closed as …". */
  verdicts: Record<HumanVerdict, string>;
  /** Steps of a runbook that somebody approves; `any` when it is not said which. */
  actions: Record<RunbookAction | 'any', string>;
  at: { today: string; earlier: string };
  texts: Record<
    'alert' | 'handOver' | 'help' | 'receiptFound' | 'correctedByPerson' | 'notice',
    { full: Said; short: Said }
  >;
  replies: {
    thanks: Record<HumanVerdict, string>;
    kept: string;
    keptHelp: string;
    closed: string;
    corrected: string;
    unanswered: string;
    justDecided: string;
    nobodyAskedForHelp: string;
    unknownCode: string;
    several: string;
    notUnderstood: string;
    withCode: string;
    answers: string;
    nothingOpen: string;
    nobodyToCall: string;
  };
  voice: {
    alert: string;
    help: string;
    wrongKey: string;
    noLongerNeeded: string;
    machine: string;
    goodbye: string;
  };
  email: { link: string; answer: string; answerHelp: string; footer: string };
}
