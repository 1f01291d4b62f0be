import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { requirePermission } from '../../domain/permissions.ts';
import type { HumanVerdict, IncidentState, PosVerdict, SecondReview } from '../../domain/types.ts';
import { readCustody } from '../../services/audit/read.ts';
import { readEvidence } from '../../services/evidence/view.ts';
import { addNote } from '../../services/incident/add-note.ts';
import { listIncidents } from '../../services/incident/list.ts';
import { readExplanation, readIncident, readTimeline } from '../../services/incident/read.ts';
import { unmergeDetection } from '../../services/incident/unmerge.ts';
import { noteAnswerHeard } from '../../services/notification/heard.ts';
import { explainMoment, type WhatIfInput } from '../../services/pos/what-if.ts';
import {
  type AcknowledgeCommand,
  acknowledgeUpdateName,
  type CommandReply,
  type DecideCommand,
  decideUpdateName,
} from '../../workflows/contracts.ts';
import type { AccessLog } from '../access.ts';
import { createArtifactReader, sendArtifact } from '../artifact.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

interface VerdictBody {
  verdict: HumanVerdict;
  reasonCode?: string;
  note?: string;
  expectedVersion?: number;
}

/** Shapes are checked by the OpenAPI validator before a route runs; roles and scope by the services. */
export function incidentRoutes(deps: ApiDependencies, access: AccessLog): Router {
  const router = Router();
  const artifacts = createArtifactReader(deps);

  router.get('/v1/incidents', async (request, response) => {
    const { state, storeId, posVerdict, suppressed, drill, secondReview, cursor, limit } = request.query as {
      state?: IncidentState[];
      storeId?: string;
      posVerdict?: PosVerdict;
      suppressed?: boolean;
      drill?: boolean;
      secondReview?: SecondReview;
      cursor?: string;
      limit?: number;
    };
    const page = await listIncidents(contextOf(deps, response), {
      limit: limit ?? 50,
      ...(state === undefined ? {} : { states: state }),
      ...(storeId === undefined ? {} : { storeId }),
      ...(posVerdict === undefined ? {} : { posVerdict }),
      ...(suppressed === undefined ? {} : { suppressed }),
      ...(drill === undefined ? {} : { drill }),
      ...(secondReview === undefined ? {} : { secondReview }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    reply(response, 'IncidentPage', page);
  });
  router.get('/v1/incidents/:incidentId', async (request, response) => {
    reply(response, 'IncidentDetail', await readIncident(contextOf(deps, response), request.params.incidentId));
  });
  router.get('/v1/incidents/:incidentId/timeline', async (request, response) => {
    reply(response, 'Timeline', { events: await readTimeline(contextOf(deps, response), request.params.incidentId) });
  });
  router.get('/v1/incidents/:incidentId/explanation', async (request, response) => {
    reply(response, 'Explanation', await readExplanation(contextOf(deps, response), request.params.incidentId));
  });
  router.get('/v1/incidents/:incidentId/evidence', async (request, response) => {
    const { incidentId } = request.params;
    const ctx = contextOf(deps, response);
    const evidence = await readEvidence(ctx, incidentId);
    await access.consulted(ctx, incidentId, 'evidence');
    reply(response, 'Evidence', {
      ...evidence,
      artifacts: evidence.artifacts.map((artifact) => ({
        ...artifact,
        url: `/v1/incidents/${incidentId}/evidence/${artifact.id}`,
      })),
    });
  });
  router.get('/v1/incidents/:incidentId/evidence/:artifactId', async (request, response) => {
    const { incidentId, artifactId } = request.params;
    await sendArtifact(request, response, await artifacts.read(contextOf(deps, response), incidentId, artifactId));
  });
  router.get('/v1/incidents/:incidentId/custody', async (request, response) => {
    const ctx = contextOf(deps, response);
    const entries = await readCustody(ctx, request.params.incidentId);
    await access.consulted(ctx, request.params.incidentId, 'custody');
    reply(response, 'Custody', { entries });
  });

  router.post('/v1/incidents/:incidentId/acknowledge', async (request, response) => {
    const ctx = contextOf(deps, response);
    requirePermission(ctx.actor, 'incident.acknowledge');
    const incident = await readIncident(ctx, request.params.incidentId);
    const command: AcknowledgeCommand = { by: { actorId: ctx.actor.id, role: ctx.actor.role } };
    const address = addressOf(ctx.actor.tenantId, incident);
    await noteAnswerHeard(ctx, { incidentId: incident.id, answer: 'acknowledged' });
    const decided = await deps.engine.update<CommandReply>(
      address,
      acknowledgeUpdateName,
      command,
      updateIdOf('acknowledge', ctx.actor.id, request.header('idempotency-key')),
    );
    reply(response, 'CommandResult', { incidentId: incident.id, state: decided.state, verdict: decided.verdict });
  });
  router.post('/v1/incidents/:incidentId/verdict', async (request, response) => {
    const ctx = contextOf(deps, response);
    requirePermission(ctx.actor, 'incident.decide');
    const incident = await readIncident(ctx, request.params.incidentId);
    const { verdict, reasonCode, note, expectedVersion } = request.body as VerdictBody;
    const updateId = updateIdOf('verdict', ctx.actor.id, request.header('idempotency-key'));
    const command: DecideCommand = {
      verdict,
      by: { actorId: ctx.actor.id, role: ctx.actor.role },
      via: 'api',
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    };
    const address = addressOf(ctx.actor.tenantId, incident);
    await noteAnswerHeard(ctx, { incidentId: incident.id, answer: verdict });
    const decided = await deps.engine.update<CommandReply>(address, decideUpdateName, command, updateId);
    // Free words stay out of the workflow's history; they are kept with the incident and go with it.
    if (note !== undefined && note.trim() !== '')
      await addNote(ctx, { incidentId: incident.id, text: note, idempotencyKey: updateId });
    reply(response, 'CommandResult', { incidentId: incident.id, state: decided.state, verdict: decided.verdict });
  });
  router.post('/v1/incidents/:incidentId/unmerge', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { eventId } = request.body as { eventId: string };
    const unmerged = await unmergeDetection(ctx, { incidentId: request.params.incidentId, eventId });
    await deps.dispatcher.dispatch(ctx.actor.tenantId, unmerged.newIncidentId ?? unmerged.incidentId);
    reply(response, 'Unmerged', unmerged);
  });
  router.post('/v1/pos/what-if', async (request, response) => {
    const { neighboursAt = [], ...moment } = request.body as Omit<WhatIfInput, 'neighboursAt'> & {
      neighboursAt?: string[];
    };
    reply(response, 'WhatIf', await explainMoment(contextOf(deps, response), { ...moment, neighboursAt }));
  });
  router.post('/v1/incidents/:incidentId/notes', async (request, response) => {
    const key = request.header('idempotency-key');
    const { text } = request.body as { text: string };
    response.status(201).json(
      await addNote(contextOf(deps, response), {
        incidentId: request.params.incidentId,
        text,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      }),
    );
  });

  return router;
}

const addressOf = (tenantId: string, incident: { storeId: string; id: string; runs: number }) => ({
  tenantId,
  storeId: incident.storeId,
  incidentId: incident.id,
  run: incident.runs,
});

/** The caller's key, made its own; without one a retry is a new command and may be refused as already decided. */
const updateIdOf = (command: 'acknowledge' | 'verdict', actorId: string, key: string | undefined): string =>
  `${command}:${actorId}:${key ?? randomUUID()}`;
