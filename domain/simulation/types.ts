import type {
  Behaviour,
  Channel,
  HumanVerdict,
  Locale,
  PosVerdict,
  Reason,
  Role,
  SeverityLevel,
  Verdict,
} from '../types.ts';

/** One detection as it arrived then. */
export interface PastDetection {
  incidentId: string;
  storeId: string;
  cameraId: string;
  zoneId: string | null;
  behaviour: Behaviour;
  detectedAt: string;
  receivedAt: string;
  confidence: number;
  itemLabel: string | null;
  /** Of all sources of its incident, as it was in the end; null: it was never weighed. */
  fusedConfidence?: number | null;
}

/** What people did about an incident then; assumed to happen at the same moment whatever the policy. */
export interface PastAnswer {
  at: string;
  actorId: string;
  kind: HumanVerdict | 'acknowledged';
}

/** Everything about a past incident that is a fact and not the policy's doing. */
export interface PastIncident {
  incidentId: string;
  storeId: string;
  cameraId: string;
  behaviour: Behaviour;
  detectedAt: string;
  receivedAt: string;
  /** What the till said, oldest first; empty when it was not asked. */
  till: readonly { at: string; verdict: PosVerdict }[];
  /** What it says when it is asked today; only for those that were not asked then. */
  tillToday: PosVerdict | null;
  /** When the clip could be seen or was given up. */
  evidenceSettledAt: string | null;
  answers: readonly PastAnswer[];
  closedAt: string | null;
  closedBy: 'person' | 'receipt' | 'deadline' | null;
  verdict: Verdict | null;
  /** What really went out and what did not. */
  recorded: Outcome;
}

/** A shift that covers a store; `distance` 0: the store's own, 1: its region's, 2: the company's. */
export interface PastShift {
  storeId: string;
  distance: number;
  personId: string;
  role: Role;
  startsAt: string;
  endsAt: string;
}

export interface PastPerson {
  personId: string;
  locale: Locale;
  /** In the person's own order, without those that cannot work. */
  channels: readonly Channel[];
  helpChannels: readonly Channel[];
  quiet: { from: string; to: string } | null;
}

/** A verdict of a person about a camera and a behaviour, from before or within the time that is replayed. */
export interface PastVerdict {
  storeId: string;
  cameraId: string;
  behaviour: Behaviour;
  receivedAt: string;
  closedAt: string;
  verdict: Verdict;
}

export interface Past {
  detections: readonly PastDetection[];
  incidents: readonly PastIncident[];
  shifts: readonly PastShift[];
  people: readonly PastPerson[];
  verdicts: readonly PastVerdict[];
  /** `HH:MM` by the clock of a store. */
  localTime: (at: string, storeId: string) => string;
  /** What happens after this is not known. */
  untilAt: string;
}

export interface Message {
  kind: 'alert' | 'help' | 'help_call';
  step: number;
  role: Role | null;
  personId: string;
  channel: Channel;
  at: string;
  /** From the detection. */
  afterSeconds: number;
}

export interface Withheld {
  step: number;
  role: Role | null;
  at: string;
  reasons: Reason[];
}

/** What became of one recorded incident, then or under a policy. */
export interface Outcome {
  messages: Message[];
  withheld: Withheld[];
  /** Steps for which nobody was on shift. */
  nobodyOnShift: number;
  suppressed: Reason[];
  posVerdict: PosVerdict;
  severity: SeverityLevel;
  /** The incident whose detections took it up; null when it stays one of its own. */
  mergedInto: string | null;
  /** How many incidents its detections would be. */
  parts: number;
}
