import { alwaysPasses, attentionDecision } from '../attention.ts';
import { nextAction } from '../escalation.ts';
import { mergeTarget } from '../merge.ts';
import type { Policy } from '../policy.ts';
import { chooseRecipient } from '../routing.ts';
import { addMs, toIso, toMs } from '../time.ts';
import { ReplayedIncident } from './replayed-incident.ts';
import { endOf, SimulatedRoster } from './roster.ts';
import type { Message, Past, PastDetection, PastIncident, PastPerson } from './types.ts';

const momentsPerTurn = 300;

type Moment = { atMs: number; order: number; run: (nowMs: number) => void };

/**
 * Plays the past again under a policy, in the order in which things happened, with the decisions of the live path. What
 * that path counts in the database is counted here from what this run has done so far. Nothing is read and nothing sent.
 * It pauses every few hundred moments, so that whoever runs it can do something else in between.
 */
export function* replaying(
  past: Past,
  policyOf: (storeId: string) => Policy,
): Generator<undefined, ReplayedIncident[]> {
  return yield* new Replay(past, policyOf).run();
}

class Replay {
  private readonly past: Past;
  private readonly policyOf: (storeId: string) => Policy;
  private readonly roster: SimulatedRoster;
  private readonly facts: ReadonlyMap<string, PastIncident>;
  private readonly incidents: ReplayedIncident[] = [];
  private readonly openByStore = new Map<string, ReplayedIncident[]>();
  private readonly pairs = new Map<string, ReplayedIncident[]>();
  private readonly firstTexts = new Map<string, { atMs: number; incident: ReplayedIncident }[]>();
  private readonly parts = new Map<string, number>();
  /** Instants of what a gate counts, by place and behaviour. */
  private readonly seen = new Map<string, string[]>();
  private readonly verdicts = new Map<string, { receivedMs: number; closedMs: number; confirmed: boolean }[]>();
  private readonly moments: Moment[] = [];
  private order = 0;

  constructor(past: Past, policyOf: (storeId: string) => Policy) {
    this.past = past;
    this.policyOf = policyOf;
    this.roster = new SimulatedRoster(past);
    this.facts = new Map(past.incidents.map((incident) => [incident.incidentId, incident]));
    for (const judged of past.verdicts) {
      const confirmed = judged.verdict === 'confirmed' || judged.verdict === 'staff_error';
      if (!confirmed && judged.verdict !== 'false_positive' && judged.verdict !== 'paid') continue;
      const times = { receivedMs: toMs(judged.receivedAt), closedMs: toMs(judged.closedAt) };
      listIn(this.verdicts, pairKey(judged)).push({ ...times, confirmed });
    }
  }

  *run(): Generator<undefined, ReplayedIncident[]> {
    const untilMs = toMs(this.past.untilAt);
    // Latest first, so that taking the next one is taking the last.
    const arrivals = [...this.past.detections].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
    for (const detection of arrivals)
      this.moments.push({ atMs: toMs(detection.receivedAt), order: 0, run: () => this.arrive(detection) });
    for (let count = 1; ; count += 1) {
      if (count % momentsPerTurn === 0) yield;
      const next = this.moments.pop();
      if (next === undefined || next.atMs > untilMs) return this.incidents;
      next.run(next.atMs);
    }
  }

  private at(atMs: number, run: (nowMs: number) => void): void {
    this.order += 1;
    const moment = { atMs, order: this.order, run };
    let low = 0;
    let high = this.moments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.moments[middle]!.atMs > atMs) low = middle + 1;
      else high = middle;
    }
    this.moments.splice(low, 0, moment);
  }

  private arrive(detection: PastDetection): void {
    const past = this.facts.get(detection.incidentId);
    if (past === undefined) return;
    const policy = this.policyOf(detection.storeId);
    const nowMs = toMs(detection.receivedAt);
    listIn(this.seen, gateKey(detection)).push(detection.detectedAt);
    const open = listIn(this.openByStore, detection.storeId);
    // Only to be quick: what is further away cannot be the target.
    const detectedMs = toMs(detection.detectedAt);
    const near = open.filter(
      ({ lastDetectedMs, closed, endMs }) =>
        Math.abs(lastDetectedMs - detectedMs) <= policy.mergeWindowMs && !closed && endMs > nowMs,
    );
    const target = mergeTarget(
      detection,
      near.map((incident) => ({
        incidentId: incident.key,
        cameraId: incident.first.cameraId,
        zoneId: incident.first.zoneId,
        behaviour: incident.first.behaviour,
        lastDetectedAt: incident.lastDetectedAt,
      })),
      policy.mergeWindowMs,
      policy.mergeKeys,
    );
    const into = near.find(({ key }) => key === target?.incidentId);
    if (into !== undefined) {
      into.add(detection);
      this.look(into, nowMs);
      return;
    }
    const parts = this.parts.get(past.incidentId) ?? 0;
    this.parts.set(past.incidentId, parts + 1);
    const incident = new ReplayedIncident(`${past.incidentId}/${parts}`, policy, past, detection);
    this.incidents.push(incident);
    listIn(this.pairs, pairKey(detection)).push(incident);
    open.push(incident);
    if (open.length % 500 === 0)
      this.openByStore.set(
        detection.storeId,
        open.filter(({ closed }) => !closed),
      );
    this.at(incident.contactMs, (now) => this.look(incident, now));
    for (const atMs of incident.moments) this.at(atMs, (now) => this.look(incident, now));
  }

  /** What the workflow does in one turn: hear what is new, decide whether people may be paged, then act until it waits. */
  private look(incident: ReplayedIncident, nowMs: number): void {
    if (incident.closed || nowMs < incident.contactMs) return;
    incident.takeAnswers(nowMs);
    const receipt = incident.posVerdictAt(nowMs) === 'MATCH';
    if (receipt || nowMs >= incident.endMs) incident.closed = true;
    if (incident.closed) return;
    this.decideAttention(incident, nowMs);
    if (incident.helpWantedBy !== null) this.callForHelp(incident, nowMs);
    while (incident.mayPage(nowMs)) {
      const action = nextAction(incident.policy, incident.progressAt(nowMs), toIso(nowMs));
      if (action.kind === 'exhausted') return;
      if (action.kind === 'wait') {
        this.at(toMs(action.untilAt), (now) => this.look(incident, now));
        return;
      }
      const kind = incident.helpRequested ? 'help' : 'alert';
      const done = this.page(incident, action.step, kind, nowMs);
      incident.steps.push({
        step: action.step,
        outcome: done.outcome,
        at: toIso(nowMs),
        ...(action.round === undefined ? {} : { round: action.round }),
        ...(done.shiftEndsAt === undefined ? {} : { shiftEndsAt: done.shiftEndsAt }),
      });
    }
  }

  /** As in the live path: what was sent is never taken back, so the question is asked only before. */
  private decideAttention(incident: ReplayedIncident, nowMs: number): void {
    if (incident.messages.length > 0 || incident.nobodyOnShift > 0) return;
    const posVerdict = incident.posVerdictAt(nowMs);
    if (posVerdict !== 'MISMATCH' && posVerdict !== 'NOT_APPLICABLE') return;
    const { policy, first } = incident;
    const facts = { behaviour: first.behaviour, severity: incident.severityAt(nowMs).level };
    if (alwaysPasses(facts)) {
      incident.suppressed = [];
      return;
    }
    incident.suppressed = attentionDecision(policy, {
      ...facts,
      ageOnArrivalMs: toMs(first.receivedAt) - toMs(first.detectedAt),
      seenInGateWindow: this.seenInGate(incident),
      firstTextsInStorm: this.firstTextsBeside(incident, nowMs - policy.noise.storm.windowMs),
      verdicts: this.verdictsOn(incident, nowMs),
      heldSincePass: heldSincePass(listIn(this.pairs, pairKey(first)), incident, nowMs),
      confidence: first.fusedConfidence ?? null,
    });
  }

  private firstTextsBeside(incident: ReplayedIncident, afterMs: number): number {
    const sent = endOf(listIn(this.firstTexts, incident.first.storeId), afterMs + 1);
    return sent.filter((text) => text.incident !== incident).length;
  }

  private seenInGate({ policy, first, lastDetectedAt }: ReplayedIncident): number {
    const gate = policy.noise.gates.find(({ behaviour }) => behaviour === first.behaviour);
    if (gate === undefined) return 0;
    const fromAt = addMs(lastDetectedAt, -gate.windowMs);
    return (this.seen.get(gateKey(first)) ?? []).filter((at) => at >= fromAt && at <= lastDetectedAt).length;
  }

  private verdictsOn({ policy, first }: ReplayedIncident, nowMs: number): { confirmed: number; dismissed: number } {
    const rule = policy.noise.suppression;
    const counts = { confirmed: 0, dismissed: 0 };
    if (rule === null) return counts;
    for (const { receivedMs, closedMs, confirmed } of this.verdicts.get(pairKey(first)) ?? [])
      if (closedMs <= nowMs && receivedMs > nowMs - rule.windowMs) counts[confirmed ? 'confirmed' : 'dismissed'] += 1;
    return counts;
  }

  private callForHelp(incident: ReplayedIncident, nowMs: number): void {
    const caller = incident.helpWantedBy?.startsWith('phone:') ? incident.helpWantedBy.slice('phone:'.length) : null;
    incident.helpWantedBy = null;
    incident.policy.escalation.forEach(({ attempt }, step) => {
      if ((attempt ?? 0) !== 0) return;
      const text = this.page(incident, step, 'help', nowMs, caller);
      this.page(incident, step, 'help_call', nowMs, caller);
      incident.steps.push({ step, outcome: text.outcome, at: toIso(nowMs) });
    });
  }

  private page(
    incident: ReplayedIncident,
    step: number,
    kind: Message['kind'],
    nowMs: number,
    excludePersonId: string | null = null,
  ): { outcome: 'sent' | 'nobody_on_shift' | 'withheld'; shiftEndsAt?: string } {
    const { policy, first } = incident;
    const rung = policy.escalation[step]!;
    const severity = incident.severityAt(nowMs).level;
    const candidates = this.roster.candidates({
      storeId: first.storeId,
      role: rung.role,
      nowMs,
      incidentKey: incident.key,
      severity,
      budgetWindowMs: policy.noise.budgets[severity]?.windowMs ?? 0,
      asked: incident.asked,
      excludePersonId,
      channelsOf: channelsFor[kind],
    });
    const routing = chooseRecipient(policy.noise, candidates, {
      severity,
      urgent: kind !== 'alert' || alwaysPasses({ behaviour: first.behaviour, severity }),
      attempt: rung.attempt ?? 0,
      localTime: this.past.localTime(toIso(nowMs), first.storeId),
    });
    if (routing.kind === 'nobody') {
      if (kind !== 'help_call') incident.nobodyOnShift += 1;
      return { outcome: 'nobody_on_shift' };
    }
    if (routing.kind === 'withheld') {
      incident.withheld.push({ step, role: rung.role, at: toIso(nowMs), reasons: routing.reasons });
      return { outcome: 'withheld' };
    }
    const { personId, shiftEndsAt } = routing.candidate;
    incident.asked.add(personId);
    if (kind === 'alert' && step === 0 && incident.firstTextMs === null) {
      incident.firstTextMs = nowMs;
      listIn(this.firstTexts, first.storeId).push({ atMs: nowMs, incident });
    }
    incident.messages.push({
      kind,
      step,
      role: rung.role,
      personId,
      channel: routing.channel,
      at: toIso(nowMs),
      afterSeconds: incident.afterSeconds(nowMs),
    });
    if (kind === 'alert')
      this.roster.remember(personId, {
        atMs: nowMs,
        incidentKey: incident.key,
        severity: () => incident.severityAt(nowMs).level,
      });
    return { outcome: 'sent', shiftEndsAt };
  }
}

const channelsFor: Record<Message['kind'], (person: PastPerson) => readonly PastPerson['channels'][number][]> = {
  alert: ({ channels }) => channels,
  help: ({ helpChannels }) => helpChannels.filter((channel) => channel !== 'voice'),
  help_call: ({ helpChannels }) => helpChannels.filter((channel) => channel === 'voice'),
};

/** Of the same camera and behaviour, how many were held back by what was learnt since one of them passed. */
function heldSincePass(pair: readonly ReplayedIncident[], incident: ReplayedIncident, nowMs: number): number {
  const windowMs = incident.policy.noise.suppression?.windowMs ?? 0;
  let held = 0;
  // Newest first: what lies behind one that passed counts no more.
  for (let index = pair.length - 1; index >= 0; index -= 1) {
    const other = pair[index]!;
    if (other === incident) continue;
    if (other.receivedMs <= nowMs - windowMs || other.suppressed.length === 0) break;
    if (other.suppressed.some(({ code }) => code === 'LEARNT_FROM_VERDICTS')) held += 1;
  }
  return held;
}

const gateKey = ({ storeId, cameraId, zoneId, behaviour }: PastDetection): string =>
  [storeId, cameraId, zoneId ?? '', behaviour].join('/');
const pairKey = ({ storeId, cameraId, behaviour }: Pick<PastDetection, 'storeId' | 'cameraId' | 'behaviour'>): string =>
  [storeId, cameraId, behaviour].join('/');

function listIn<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
