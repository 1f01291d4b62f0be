import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { middleware as openApiValidator } from 'express-openapi-validator';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { DomainError } from '../domain/errors.ts';
import { readOverdueLevels, readServiceLevels } from '../services/system/service-levels.ts';
import { readRetentionLevels } from '../services/system/storage.ts';
import { createAccessLog, refusalsOnRecord } from './access.ts';
import { authentication } from './auth.ts';
import type { ApiDependencies } from './deps.ts';
import { kept } from './kept.ts';
import { createMetrics } from './metrics.ts';
import { openApiPath, requestDocumentPath } from './openapi-document.ts';
import { notFound, problemHandler, requestIds } from './problem.ts';
import { afterCloseRoutes } from './routes/after-close.ts';
import { auditRoutes } from './routes/audit.ts';
import { crossingRoutes } from './routes/crossings.ts';
import { estateRoutes, signInRoutes } from './routes/estate.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { historyRoutes } from './routes/history.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { intakeRoutes } from './routes/intake.ts';
import { linkRoutes } from './routes/links.ts';
import { packetLinkRoutes, packetRoutes } from './routes/packets.ts';
import { policyRoutes } from './routes/policies.ts';
import { dayFileRoutes, posImportRoutes } from './routes/pos.ts';
import { redactionRoutes } from './routes/redactions.ts';
import { retentionRoutes } from './routes/retention.ts';
import { appealRoutes, rightsRoutes } from './routes/rights.ts';
import { rosterRoutes } from './routes/roster.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { sensorIntakeRoutes, sensorRoutes } from './routes/sensors.ts';
import { sharingRoutes } from './routes/sharing.ts';
import { simulatorRoutes } from './routes/simulator.ts';
import { systemRoutes } from './routes/system.ts';
import { tillAnalysisRoutes } from './routes/till-analysis.ts';
import { usageRoutes } from './routes/usage.ts';
import { outgoingWebhookRoutes } from './routes/webhooks-out.ts';
import { storableOnly } from './storable.ts';
import { watchStorage } from './storage-watch.ts';
import { twilioWebhooks } from './webhooks/twilio.ts';

const bodyLimit = '1mb';
/** Quantiles over minutes and what takes days do not change within a few scrapes; what is overdue is read each time. */
const levelsKeptMs = 10_000;

/** The whole HTTP surface on one port, in the order in which a request meets it. */
export function createApp(deps: ApiDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  const unread = (error: unknown): never => {
    deps.log(error, { what: 'reading the service levels' });
    throw error;
  };
  const metrics = createMetrics({
    sseClients: () => deps.live.clients(),
    overdueLevels: () => readOverdueLevels(deps.db).catch(unread),
    serviceLevels: kept(levelsKeptMs, () => readServiceLevels(deps.db).catch(unread)),
    retentionLevels: kept(levelsKeptMs, () => readRetentionLevels(deps.db)),
  });
  app.use(requestIds, metrics.observe, securityHeaders(deps));
  const storage = watchStorage(deps.db);
  app.use(systemRoutes(deps, metrics, storage));
  app.post('/v1/detections', (_request, response, next) => {
    // Whoever brings a detection hears at once that its recording cannot be secured.
    if (storage() === 'full') response.setHeader('floorwalker-evidence-store', 'full');
    next();
  });
  app.use('/webhooks/twilio', twilioWebhooks(deps));
  app.use(linkRoutes(deps), packetLinkRoutes(deps), appealRoutes(deps));
  if (deps.simulator) app.use('/simulator', simulatorRoutes(deps, deps.simulator));

  // Who asks comes first: a stranger's body is not even read.
  app.post('/v1/session', limiter('sign-ins', 60_000, 60));
  const authenticated = authentication(deps.db);
  app.use('/v1', (request, response, next) =>
    request.path === '/session' && request.method === 'POST' ? next() : authenticated(request, response, next),
  );
  // These never fit into memory, so nothing reads their bodies before they do.
  app.use(dayFileRoutes(deps, deps.dayFileReaders));
  app.use('/v1', express.json({ limit: bodyLimit, type: ['application/json', 'application/cloudevents+json'] }));
  app.use('/v1', requireJson, storableOnly);
  app.use(intakeRoutes(deps), sensorIntakeRoutes(deps));
  app.use(
    '/v1',
    limiter('requests', 60_000, 12_000, (response) => response.locals['actor']?.id),
  );
  app.use(requestChecks(deps));
  const access = createAccessLog();
  app.use(
    signInRoutes(deps),
    estateRoutes(deps),
    auditRoutes(deps, access),
    rosterRoutes(deps),
    incidentRoutes(deps, access),
    evidenceRoutes(deps),
    afterCloseRoutes(deps),
    redactionRoutes(deps, access),
    runbookRoutes(deps),
  );
  app.use(packetRoutes(deps, access), sharingRoutes(deps, access));
  app.use(historyRoutes(deps), rightsRoutes(deps));
  app.use(policyRoutes(deps), sensorRoutes(deps), retentionRoutes(deps));
  app.use(outgoingWebhookRoutes(deps), usageRoutes(deps));
  app.use(crossingRoutes(deps), posImportRoutes(deps), tillAnalysisRoutes(deps));
  app.use('/v1', notFound);
  if (deps.consoleDir !== null && existsSync(deps.consoleDir)) serveConsole(app, deps.consoleDir);
  app.use(notFound);
  app.use(refusalsOnRecord(deps), problemHandler(deps.log));
  return app;
}

/**
 * Refuses what the OpenAPI document does not allow. Made when the first request needs it, since it takes half a second:
 * after a restart those who wait are cameras and phones, whose ways in have checks of their own.
 */
function requestChecks({ checksAnswers }: ApiDependencies): express.RequestHandler {
  type Options = Parameters<typeof openApiValidator>[0];
  const readRequestDocument = () =>
    JSON.parse(readFileSync(requestDocumentPath, 'utf8')) as Exclude<Options['apiSpec'], string>;
  let checks: express.Router | undefined;
  return (request, response, next) => {
    checks ??= express.Router().use(
      openApiValidator({
        apiSpec: checksAnswers ? openApiPath : readRequestDocument(),
        // `npm run check:generated` refuses a document that is no OpenAPI; a start does not look again.
        validateApiSpec: false,
        validateRequests: { allowUnknownQueryParameters: false },
        validateResponses: checksAnswers,
        validateSecurity: false,
        ignorePaths: (path: string) => !path.startsWith('/v1/'),
      }),
    );
    checks(request, response, next);
  };
}

/** A body of another type would reach the routes unread; say so instead. */
const requireJson: express.RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is(['application/json', 'application/cloudevents+json'])) {
    throw new DomainError('VALIDATION', 'content-type: must be application/json or application/cloudevents+json', {
      fields: [{ field: 'content-type', message: 'must be application/json or application/cloudevents+json' }],
    });
  }
  next();
};

/** Counts per address, or per whatever `keyOf` names once it is known who asks. */
function limiter(
  what: string,
  windowMs: number,
  limit: number,
  keyOf: (response: express.Response) => string | undefined = () => undefined,
): express.RequestHandler {
  return rateLimit({
    keyGenerator: (request, response) => keyOf(response as express.Response) ?? ipKeyGenerator(request.ip ?? ''),
    windowMs,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _response, next) =>
      next(
        new DomainError('LIMIT_EXCEEDED', `Too many ${what}. Wait a little and try again.`, { retryAfterMs: windowMs }),
      ),
  });
}

function securityHeaders(deps: ApiDependencies): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity: deps.publicUrl.startsWith('https://'),
  });
}

function serveConsole(app: Express, folder: string): void {
  app.use(express.static(folder, { index: false, maxAge: '1h' }));
  // Pages of the console are addresses too; files and API paths are not pages.
  app.get(/^\/(?!v1\/|simulator\/|webhooks\/)[^.]*$/, (_request, response) => {
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(join(folder, 'index.html'));
  });
}
