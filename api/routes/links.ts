import { randomBytes } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { DomainError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/types.ts';
import { recordLinkRefusal } from '../../services/audit/access.ts';
import type { ServiceContext } from '../../services/context.ts';
import { requireLinkDevice } from '../../services/evidence/link-device.ts';
import {
  type LinkPage,
  linkClipId,
  type OpenedLink,
  openLinkPage,
  resolveEvidenceLink,
} from '../../services/evidence/view.ts';
import { createArtifactReader, sendArtifact } from '../artifact.ts';
import { requestOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';

/** What a text's link opens: the one clip, for one person, for a short time. No session, no other page. */
export function linkRoutes(deps: ApiDependencies): Router {
  const router = Router();
  const artifacts = createArtifactReader(deps);

  const open = async (
    token: string,
    response: Response,
  ): Promise<{ ctx: ServiceContext; link: OpenedLink; incidentId: string }> => {
    const { db, now } = deps;
    const link = await resolveEvidenceLink(db, token, now()).catch(async (error: unknown) => {
      await recordLinkRefusal({ db, now, request: requestOf(response) }, token).catch((problem: unknown) =>
        deps.log(problem, { what: 'writing down a refusal' }),
      );
      throw error;
    });
    const actor: Actor = {
      id: `link:${link.personId}`,
      displayName: 'Link',
      role: 'link',
      tenantId: link.tenantId,
      storeIds: [link.storeId],
    };
    return { ctx: { db, now, actor, request: requestOf(response) }, link, incidentId: link.incidentId };
  };

  /** A secret that only this phone has; the page sets it, playing the clip ties the link to it. */
  const deviceOf = (request: Request<{ token: string }>, response: Response, link: OpenedLink): string => {
    const before = readDevice(request);
    if (before !== null) return before;
    const device = randomBytes(18).toString('base64url');
    response.cookie(deviceCookie, device, {
      ...{ httpOnly: true, sameSite: 'lax', secure: deps.publicUrl.startsWith('https://') },
      ...{ path: `/e/${encodeURIComponent(request.params.token)}`, expires: new Date(link.expiresAt) },
    });
    return device;
  };

  router.get('/e/:token', async (request, response) => {
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    try {
      const { ctx, link, incidentId } = await open(request.params.token, response);
      const device = deviceOf(request, response, link);
      if (link.deviceSha256 !== null) await requireLinkDevice(ctx, { link, token: request.params.token, device });
      const page = await openLinkPage(ctx, incidentId);
      const waiting = page.evidenceState === 'requested' || page.masking;
      response.type('html').send(layout(pageBody(page, request.params.token), waiting));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'NOT_FOUND') throw error;
      response
        .status(404)
        .type('html')
        .send(layout(`<h1>Nothing to see here any more</h1><p>${escapeHtml(error.message)}</p>`, false));
    }
  });
  router.get('/e/:token/clip', async (request, response) => {
    const { ctx, link, incidentId } = await open(request.params.token, response);
    await requireLinkDevice(ctx, { link, token: request.params.token, device: readDevice(request) });
    await sendArtifact(request, response, await artifacts.read(ctx, incidentId, await linkClipId(ctx, incidentId)));
  });
  return router;
}

const deviceCookie = 'fw_phone';

function readDevice(request: Request): string | null {
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  const own = cookies.find((cookie) => cookie.startsWith(`${deviceCookie}=`))?.slice(deviceCookie.length + 1);
  return own !== undefined && /^[\w-]{16,64}$/.test(own) ? own : null;
}

function pageBody(page: LinkPage, token: string): string {
  const at = new Date(page.detectedAt).toLocaleTimeString('en-GB', { timeZone: page.timeZone });
  const place = `${escapeHtml(page.laneLabel)}, ${escapeHtml(page.storeName)}`;
  return `<p class="code">${escapeHtml(page.code)}</p><h1>Please check ${place}</h1><p>An item may not have been scanned at ${escapeHtml(at)}. It may well be a simple mistake.</p>
  ${clipOf(page, token)}
  <h2>How to answer</h2><p>Reply to the text with one sign:</p>
  <ul><li><b>1</b> paid</li><li><b>2</b> staff or a process</li><li><b>3</b> not sure</li><li><b>4</b> confirmed. Please do not approach anyone.</li><li><b>HELP</b> if you need a colleague now</li></ul>`;
}

function clipOf(page: LinkPage, token: string): string {
  const secured = page.evidenceState === 'ready' || page.evidenceState === 'partial';
  if (page.masking)
    return '<p class="wait" role="status">Faces in the clip are being covered. This page shows it by itself in a few seconds.</p>';
  if (secured && page.clipArtifactId === null)
    return '<p class="wait">The clip cannot be shown here, since the faces in it are not covered. Please go by what you see.</p>';
  switch (page.evidenceState) {
    case 'ready':
      return `<video controls playsinline preload="metadata" src="/e/${encodeURIComponent(token)}/clip"></video>`;
    case 'partial':
      return `<video controls playsinline preload="metadata" src="/e/${encodeURIComponent(token)}/clip"></video><p>Parts of this moment were not recorded; the clip shows what there is.</p>`;
    case 'requested':
      return '<p class="wait" role="status">The clip is being prepared. This page shows it by itself in a few seconds.</p>';
    case 'failed':
    case 'not_kept':
    case 'purged':
      return '<p class="wait">There is no clip of this moment. Please go by what you see.</p>';
  }
}

const layout = (
  body: string,
  refresh: boolean,
): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
${refresh ? '<meta http-equiv="refresh" content="3">' : ''}<title>Floorwalker</title><style>
body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#0f1520;color:#e8edf5}main{max-width:34rem;margin:0 auto;padding:1.25rem}h1{font-size:1.35rem;margin:.2rem 0 .6rem}h2{font-size:1rem;margin:1.4rem 0 .2rem}
video{width:100%;border-radius:12px;background:#000}.code{display:inline-block;margin:0;padding:.1rem .6rem;border-radius:999px;background:#22304a;font-weight:600;letter-spacing:.08em}.wait{padding:1rem;border-radius:12px;background:#1a2436}ul{padding-left:1.1rem;margin:.3rem 0}
</style></head><body><main>${body}</main></body></html>`;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
