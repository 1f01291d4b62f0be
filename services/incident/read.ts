import type { Queryable } from '../../adapters/postgres/database.ts';
import type { Contribution } from '../../domain/fusion.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { addMs } from '../../domain/time.ts';
import type { Detection, DetectionBox, PosVerdict, Reason, SeverityLevel, TimelineKind } from '../../domain/types.ts';
import { actorNames } from '../access/names.ts';
import { found, iso, readOnly, type ServiceContext } from '../context.ts';
import { readHold, type TerminalHold } from '../pos/terminal-hold.ts';
import { type JoinedEvent, readJoinedEvents, sourceLabels } from '../sensors/joined.ts';
import type { PosExplanation } from './assess.ts';
import { type IncidentFacts, loadIncident } from './facts.ts';
import { type MessageView, type ReviewView, readMessages, readReviews } from './messages.ts';
import type { IncidentOutcome } from './outcome.ts';
import { type IncidentRow, type IncidentSummary, incidentColumns, incidentJoins, summaryOf } from './rows.ts';

export interface IncidentDetail extends IncidentSummary {
  storeTimeZone: string;
  detections: {
    eventId: string;
    detectedAt: string;
    confidence: number;
    modelId: string;
    modelVersion: string;
    mergeReason: Reason | null;
  }[];
  posLines: {
    terminalId: string;
    transactionId: string;
    line: number;
    type: string;
    occurredAt: string;
    plu: string | null;
    description: string | null;
    amountMinor: number | null;
    currency: string | null;
    matched: boolean;
  }[];
  posReasons: Reason[];
  notifications: MessageView[];
  reviews: ReviewView[];
  /** The self-checkout that calls the attendant or keeps the payment waiting because of this; null: none ever did. */
  terminalHold: TerminalHold | null;
  outcome: IncidentOutcome | null;
  /** Who gave the verdict that stands. */
  decidedBy: { name: string; mine: boolean } | null;
  boxes: DetectionBox[];
  clip: { fromAt: string; toAt: string; url: string } | null;
}

/** How much of the till tape around the moment the incident page shows. */
const tapeReachMs = 60_000;

interface DetectionRow {
  [column: string]: unknown;
  event_id: string;
  detected_at: Date;
  confidence: number;
  body: Detection;
  merge_reason: Reason | null;
}

export function readIncident(ctx: ServiceContext, incidentId: string): Promise<IncidentDetail> {
  requirePermission(ctx.actor, 'incident.read');
  const { tenantId } = ctx.actor;
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<
      IncidentRow & { pos_explanation: PosExplanation | null; outcome: IncidentOutcome | null }
    >(`select ${incidentColumns}, i.outcome from ${incidentJoins} where i.tenant_id = $1 and i.id = $2`, [
      tenantId,
      incidentId,
    ]);
    const incident = found(row, `incident ${incidentId}`);
    const facts = await loadIncident(tx, tenantId, incidentId);
    const detections = await tx.query<DetectionRow>(
      'select event_id, detected_at, confidence, body, merge_reason from detections where tenant_id = $1 and incident_id = $2 order by detected_at',
      [tenantId, incidentId],
    );
    const lines = await tx.query<{
      terminal_id: string;
      transaction_id: string;
      line: number;
      type: string;
      occurred_at: Date;
      plu: string | null;
      description: string | null;
      amount_minor: number | null;
      currency: string | null;
    }>(
      'select * from pos_events where tenant_id = $1 and store_id = $2 and terminal_id = $3 and occurred_at between $4 and $5 order by occurred_at, line limit 500',
      [
        tenantId,
        incident.store_id,
        facts.terminalId,
        addMs(facts.detectedAt, -tapeReachMs),
        addMs(facts.detectedAt, tapeReachMs),
      ],
    );
    const [clip] = await tx.query<{ id: string; from_at: Date; to_at: Date }>(
      "select id, from_at, to_at from evidence_artifacts where tenant_id = $1 and incident_id = $2 and kind = 'clip' and purged_at is null and quarantined_at is null",
      [tenantId, incidentId],
    );
    const nameOf = await actorNames(tx, tenantId);
    const matched = new Set(incident.pos_explanation?.matchedLineIds ?? []);
    return {
      ...summaryOf(incident, ctx.actor.id),
      storeTimeZone: facts.timeZone,
      detections: detections.map((detection) => ({
        eventId: detection.event_id,
        detectedAt: iso(detection.detected_at),
        confidence: detection.confidence,
        modelId: detection.body.model.id,
        modelVersion: detection.body.model.version,
        mergeReason: detection.merge_reason,
      })),
      posLines: lines.map((line) => ({
        terminalId: line.terminal_id,
        transactionId: line.transaction_id,
        line: line.line,
        type: line.type,
        occurredAt: iso(line.occurred_at),
        plu: line.plu,
        description: line.description,
        amountMinor: line.amount_minor,
        currency: line.currency,
        matched: matched.has(`${line.transaction_id}/${line.line}`),
      })),
      posReasons: incident.pos_explanation?.reasons ?? [],
      notifications: await readMessages(tx, tenantId, incidentId, nameOf),
      reviews: await readReviews(tx, tenantId, incidentId, nameOf),
      terminalHold: await readHold(tx, tenantId, incidentId, ctx.now()),
      outcome: incident.outcome,
      decidedBy:
        facts.decidedBy === null
          ? null
          : {
              name: facts.decidedBy.startsWith('system:') ? 'Floorwalker' : nameOf(facts.decidedBy),
              mine: facts.decidedBy === ctx.actor.id,
            },
      boxes: detections.flatMap((detection) => detection.body.boxes ?? []),
      clip: clip
        ? { fromAt: iso(clip.from_at), toAt: iso(clip.to_at), url: `/v1/incidents/${incidentId}/evidence/${clip.id}` }
        : null,
    };
  });
}

export interface TimelineEvent {
  id: string;
  at: string;
  kind: TimelineKind;
  actor: string;
  params: Record<string, unknown>;
}

export function readTimeline(ctx: ServiceContext, incidentId: string): Promise<TimelineEvent[]> {
  requirePermission(ctx.actor, 'incident.read');
  return readOnly(ctx, async (tx) => {
    await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const rows = await tx.query<{
      id: number;
      at: Date;
      kind: TimelineKind;
      actor: string;
      params: Record<string, unknown>;
    }>(
      'select id, at, kind, actor, params from incident_events where tenant_id = $1 and incident_id = $2 order by at, id',
      [ctx.actor.tenantId, incidentId],
    );
    const nameOf = await actorNames(tx, ctx.actor.tenantId);
    return rows.map((row) => ({
      id: String(row.id),
      at: iso(row.at),
      kind: row.kind,
      actor: nameOf(row.actor),
      params:
        typeof row.params['personId'] === 'string'
          ? { ...row.params, personName: nameOf(`phone:${row.params['personId']}`) }
          : row.params,
    }));
  });
}

export interface Explanation {
  severity: { level: SeverityLevel; score: number; reasons: Reason[] };
  pos: { verdict: PosVerdict; windowFromAt: string | null; windowToAt: string | null; reasons: Reason[] };
  model: { id: string; version: string; thresholds: Record<string, number> };
  policy: { id: string; version: number };
  merges: Reason[];
  /** What all sources make of it together; null: not weighed yet. */
  fusion: { confidence: number; contributions: ContributionView[]; events: JoinedEvent[] } | null;
}

interface ContributionView extends Contribution {
  label: string | null;
}

export function readExplanation(ctx: ServiceContext, incidentId: string): Promise<Explanation> {
  requirePermission(ctx.actor, 'incident.read');
  return readOnly(ctx, async (tx) => {
    const facts = await loadIncident(tx, ctx.actor.tenantId, incidentId);
    const [row] = await tx.query<{
      severity: SeverityLevel;
      severity_score: number;
      severity_reasons: Reason[];
      pos_explanation: PosExplanation | null;
    }>(
      'select severity, severity_score, severity_reasons, pos_explanation from incidents where tenant_id = $1 and id = $2',
      [ctx.actor.tenantId, incidentId],
    );
    const detections = await tx.query<{ body: Detection; merge_reason: Reason | null }>(
      'select body, merge_reason from detections where tenant_id = $1 and incident_id = $2 order by detected_at',
      [ctx.actor.tenantId, incidentId],
    );
    const incident = found(row, `incident ${incidentId}`);
    const pos = incident.pos_explanation;
    const model = detections[0]?.body.model;
    return {
      severity: { level: incident.severity, score: incident.severity_score, reasons: incident.severity_reasons },
      pos: {
        verdict: facts.posVerdict,
        windowFromAt: pos?.windowFromAt ?? null,
        windowToAt: pos?.windowToAt ?? null,
        reasons: pos?.reasons ?? [],
      },
      model: { id: model?.id ?? 'unknown', version: model?.version ?? 'unknown', thresholds: model?.thresholds ?? {} },
      policy: { id: facts.policy.id, version: facts.policy.version },
      merges: detections.flatMap((detection) => (detection.merge_reason === null ? [] : [detection.merge_reason])),
      fusion: await fusionView(tx, facts),
    };
  });
}

async function fusionView(tx: Queryable, facts: IncidentFacts): Promise<Explanation['fusion']> {
  if (facts.fusion === null) return null;
  const labelOf = await sourceLabels(tx, facts);
  const { confidence, contributions } = facts.fusion;
  return {
    confidence,
    contributions: contributions.map((one) => ({ ...one, label: labelOf(one) })),
    events: await readJoinedEvents(tx, facts),
  };
}
