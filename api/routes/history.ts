import { type Request, type Response, Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import type { DecodedHistory } from '../../domain/history/decoded.ts';
import { storyOf } from '../../domain/history/story.ts';
import { IntegrityError } from '../../domain/ports.ts';
import type { ServiceContext } from '../../services/context.ts';
import { recordIntegrityFailure } from '../../services/evidence/view.ts';
import { openHistory, readHistory } from '../../services/history/read.ts';
import { historyArtifactId, type StoredCopy } from '../../services/history/record.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { reply } from '../reply.ts';

/** What the workflow engine did for an incident: as a story, and as the files that it was read from. */
export function historyRoutes(deps: ApiDependencies): Router {
  const router = Router();

  router.get('/v1/incidents/:incidentId/history', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const { runs, nameOf } = await readHistory(ctx, incidentId);
    const told = [];
    for (const { decoded, ...run } of runs) {
      const address = `/v1/incidents/${incidentId}/history/${run.run}`;
      const history = decoded === null ? null : await readDecoded(deps, ctx, incidentId, run.run, decoded);
      told.push({
        ...run,
        sdk: history?.sdk ?? null,
        actions: history?.actions ?? null,
        raw: decoded === null ? null : `${address}/raw`,
        decoded: decoded === null ? null : `${address}/decoded`,
        steps: (history === null ? [] : storyOf(history)).map(({ actor, ...step }) => ({
          ...step,
          who: actor === null ? null : nameOf(actor),
        })),
      });
    }
    reply(response, 'History', { incidentId, runs: told });
  });
  const send = (copy: 'raw' | 'decoded') => async (request: Request, response: Response) => {
    const { incidentId, run } = request.params as { incidentId: string; run: string };
    const ctx = contextOf(deps, response);
    const { artifactId, ...stored } = await openHistory(ctx, { incidentId, run: Number(run), copy });
    const bytes = await verified(deps, ctx, incidentId, artifactId, stored);
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('x-content-sha256', stored.sha256);
    response.setHeader('content-disposition', `attachment; filename="${incidentId}-${artifactId}.json"`);
    response.type('application/json').send(Buffer.from(bytes));
  };
  router.get('/v1/incidents/:incidentId/history/:run/raw', send('raw'));
  router.get('/v1/incidents/:incidentId/history/:run/decoded', send('decoded'));
  return router;
}

async function readDecoded(
  deps: ApiDependencies,
  ctx: ServiceContext,
  incidentId: string,
  run: number,
  stored: StoredCopy,
): Promise<DecodedHistory> {
  const bytes = await verified(deps, ctx, incidentId, historyArtifactId(run, 'decoded'), stored);
  const history = JSON.parse(Buffer.from(bytes).toString('utf8')) as DecodedHistory;
  if (history.kind !== 'floorwalker.workflow-history.v1')
    throw new DomainError('INTERNAL', `the history of run ${run} is of a kind that this version does not know`);
  return history;
}

async function verified(
  deps: ApiDependencies,
  ctx: ServiceContext,
  incidentId: string,
  artifactId: string,
  stored: StoredCopy,
): Promise<Uint8Array> {
  try {
    return await deps.objects.readVerified({
      key: stored.objectKey,
      version: stored.objectVersion,
      sha256: stored.sha256,
    });
  } catch (error) {
    if (error instanceof IntegrityError) {
      const { expectedSha256, actualSha256 } = error;
      await recordIntegrityFailure(ctx, { incidentId, artifactId, expectedSha256, actualSha256 });
    }
    throw error;
  }
}
