import { randomUUID } from 'node:crypto';
import express, { type Request, type Response, Router } from 'express';
import { DomainError, type ErrorCode } from '../../domain/errors.ts';
import type { PacketPurpose } from '../../domain/packet/facts.ts';
import { IntegrityError } from '../../domain/ports.ts';
import { recordHandoverRefusal } from '../../services/audit/access.ts';
import type { ServiceContext } from '../../services/context.ts';
import { recordIntegrityFailure } from '../../services/evidence/view.ts';
import {
  claimHandover,
  fetchHandedOver,
  handOver,
  handoverActor,
  readHandover,
  readHandoverNotice,
  recordHandOver,
  revokeHandover,
} from '../../services/packets/hand-over.ts';
import { listPackets, openPacket, type PacketObject, readPacket } from '../../services/packets/read.ts';
import { requestPacket, signStatement } from '../../services/packets/request.ts';
import type { AccessLog } from '../access.ts';
import { contextOf, requestOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { handoverPage, messagePage, noticePage } from '../packet-pages.ts';
import { sendPacket } from '../packet-stream.ts';
import { reply } from '../reply.ts';

/** Evidence packets: ordering, looking, signing the statement, handing over. */
export function packetRoutes(deps: ApiDependencies, access: AccessLog): Router {
  const router = Router();
  const { producerVersion } = deps.packets;
  const keyOf = (request: Request): string => request.header('idempotency-key') ?? randomUUID();
  /** The order is on record; an engine that is away hears of it from the sweep. */
  const tellEngine = (ctx: ServiceContext, incidentId: string): Promise<void> =>
    deps.dispatcher.dispatch(ctx.actor.tenantId, incidentId).catch((error: unknown) => deps.log(error, { incidentId }));

  router.get('/v1/incidents/:incidentId/packets', async (request, response) => {
    const ctx = contextOf(deps, response);
    const packets = await listPackets(ctx, request.params.incidentId);
    await access.consulted(ctx, request.params.incidentId, 'packets');
    reply(response, 'PacketList', { packets });
  });
  router.post('/v1/incidents/:incidentId/packets', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { incidentId } = request.params;
    const { purpose } = request.body as { purpose: PacketPurpose };
    const packet = await requestPacket(ctx, { incidentId, purpose, key: keyOf(request) }, producerVersion);
    await tellEngine(ctx, incidentId);
    reply(response, 'Packet', packet, 202);
  });
  router.get('/v1/packets/:packetId', async (request, response) => {
    const ctx = contextOf(deps, response);
    const packet = await readPacket(ctx, request.params.packetId);
    await access.consulted(ctx, packet.incidentId, 'packet');
    reply(response, 'PacketDetail', packet);
  });
  router.get('/v1/packets/:packetId/content', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { packetId } = request.params;
    const object = await openPacket(ctx, packetId);
    await send(deps, response, ctx, object);
  });
  router.post('/v1/packets/:packetId/statement', async (request, response) => {
    const ctx = contextOf(deps, response);
    const { packetId } = request.params;
    const packet = await signStatement(ctx, { packetId, key: keyOf(request) }, producerVersion);
    await tellEngine(ctx, packet.incidentId);
    reply(response, 'Packet', packet, 202);
  });
  router.post('/v1/packets/:packetId/hand-overs', async (request, response) => {
    const { organisation, reference } = request.body as { organisation: string; reference?: string };
    const { packetId } = request.params;
    const ctx = contextOf(deps, response);
    const { token, ...handover } = await handOver(ctx, { packetId, organisation, reference: reference ?? null });
    reply(response, 'NewHandover', { ...handover, url: `${deps.publicUrl}/p/${token}` }, 201);
  });
  router.delete('/v1/packets/:packetId/hand-overs/:handoverId', async (request, response) => {
    const { packetId, handoverId } = request.params;
    reply(response, 'Handover', await revokeHandover(contextOf(deps, response), { packetId, handoverId }));
  });
  return router;
}

const deviceCookie = 'floorwalker_packet';
const longestName = 200;

/** What a recipient's link opens: one packet, on one device, for a short time; and the public key, for everybody. */
export function packetLinkRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const contextFor = async (response: Response, token: string): Promise<ServiceContext> => ({
    ...{ db: deps.db, now: deps.now, request: requestOf(response) },
    actor: await handoverActor(deps.db, token),
  });
  const page = (work: (request: Request, response: Response, token: string) => Promise<void>) => {
    return async (request: Request, response: Response): Promise<void> => {
      response.setHeader('cache-control', 'private, no-store');
      response.setHeader('referrer-policy', 'no-referrer');
      try {
        await work(request, response, String(request.params['token']));
      } catch (error) {
        if (!(error instanceof DomainError) || !['NOT_FOUND', 'CONFLICT', 'PRECONDITION_FAILED'].includes(error.code))
          throw error;
        await noteRefused(request, response, error.code).catch((problem: unknown) =>
          deps.log(problem, { what: 'writing down a refusal' }),
        );
        response
          .status(error.code === 'NOT_FOUND' ? 404 : 409)
          .type('html')
          .send(messagePage(error.message));
      }
    };
  };

  /** A link that nobody knows is of no company, so there is no log to put it into. */
  const noteRefused = async (request: Request, response: Response, code: ErrorCode): Promise<void> => {
    const ctx = await contextFor(response, String(request.params['token'])).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    const operation = `${request.method} ${String(request.route?.path)}`;
    if (ctx !== null) await recordHandoverRefusal(ctx, { operation, code });
  };

  router.get('/keys/packets.pem', (_request, response) => {
    response.type('application/x-pem-file').send(deps.packets.signingPublicKeyPem);
  });
  router.get('/keys/signing.json', (_request, response) => {
    response.json({ keys: deps.signing.keys });
  });
  router.get(
    '/p/:token',
    page(async (request, response, token) => {
      const ctx = await contextFor(response, token);
      const notice = await readHandoverNotice(ctx);
      const html = notice ? noticePage(notice) : handoverPage(await readHandover(ctx, deviceOf(request)), token);
      response.type('html').send(html);
    }),
  );
  router.post(
    '/p/:token/open',
    page(async (_request, response, token) => {
      const { device } = await claimHandover(await contextFor(response, token));
      response.cookie(deviceCookie, device, {
        ...{ httpOnly: true, sameSite: 'strict', path: `/p/${token}` },
        secure: deps.publicUrl.startsWith('https://'),
      });
      response.redirect(303, `/p/${token}`);
    }),
  );
  router.get(
    '/p/:token/packet.zip',
    page(async (request, response, token) => {
      const ctx = await contextFor(response, token);
      await send(deps, response, ctx, await fetchHandedOver(ctx, deviceOf(request)));
    }),
  );
  router.post(
    '/p/:token/receipt',
    express.urlencoded({ extended: false, limit: '4kb' }),
    page(async (request, response, token) => {
      const { receivedBy, sha256 } = (request.body ?? {}) as { receivedBy?: unknown; sha256?: unknown };
      if (typeof receivedBy !== 'string' || receivedBy.trim() === '' || receivedBy.length > longestName)
        throw new DomainError('PRECONDITION_FAILED', 'Enter your name and number as they are to stand in the receipt.');
      const ctx = await contextFor(response, token);
      const given = typeof sha256 === 'string' ? sha256.trim().toLowerCase() : '';
      await recordHandOver(ctx, { device: deviceOf(request), receivedBy: receivedBy.trim(), sha256: given });
      response.redirect(303, `/p/${token}`);
    }),
  );
  return router;
}

async function send(
  deps: ApiDependencies,
  response: Response,
  ctx: ServiceContext,
  object: PacketObject,
): Promise<void> {
  try {
    await sendPacket(deps.packets.store, response, object);
  } catch (error) {
    if (error instanceof IntegrityError) {
      const { expectedSha256, actualSha256 } = error;
      const { incidentId } = object;
      await recordIntegrityFailure(ctx, { incidentId, artifactId: 'packet', expectedSha256, actualSha256 });
    }
    // Half of it is on its way already; the connection was cut, which is all that can be said.
    if (!response.headersSent) throw error;
    if (error instanceof IntegrityError) deps.log(error, { incidentId: object.incidentId });
  }
}

const deviceOf = (request: Request): string | null =>
  new RegExp(`(?:^|; )${deviceCookie}=([A-Za-z0-9_-]+)`).exec(request.headers.cookie ?? '')?.[1] ?? null;
