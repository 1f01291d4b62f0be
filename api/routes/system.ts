import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';
import type { ApiDependencies } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { bundledDocument } from '../openapi-document.ts';
import type { StoreDetail } from '../storage-watch.ts';

/** The lock self-test writes to the store, so its answer is kept this long. */
const objectsCheckMs = 60_000;

export function systemRoutes(deps: ApiDependencies, metrics: Metrics, evidenceStore: () => StoreDetail): Router {
  const router = Router();
  let objects: { ok: boolean; untilMs: number } = { ok: false, untilMs: 0 };
  const checks: Record<string, () => Promise<void>> = {
    database: async () => {
      await deps.db.query('select 1');
    },
    workflows: () => deps.engine.assertReady(),
    evidenceStore: async () => {
      if (objects.untilMs < Date.now()) {
        objects = { ok: false, untilMs: 0 };
        await deps.objects.selfTest();
        objects = { ok: true, untilMs: Date.now() + objectsCheckMs };
      }
    },
    broker: async () => {
      if (!deps.brokerReady()) throw new Error('the MQTT broker is not connected');
    },
  };

  router.get('/healthz', (_request, response) => {
    response.json({ ok: true, evidenceStore: evidenceStore() });
  });
  router.get('/readyz', async (_request, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await check();
          return { name, ok: true, detail: null };
        } catch (error) {
          return { name, ok: false, detail: error instanceof Error ? error.message : 'not answering' };
        }
      }),
    );
    response
      .status(results.every(({ ok }) => ok) ? 200 : 503)
      .json({ ok: results.every(({ ok }) => ok), checks: results });
  });
  router.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });

  // Made when somebody asks: an API that starts again has more urgent things to do.
  let document: unknown;
  router.get('/openapi.json', (_request, response) => {
    document ??= bundledDocument();
    response.json(document);
  });
  const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  router.get('/docs', (_request, response) => {
    response.type('html').send(docsPage);
  });
  router.get('/docs/start.js', (_request, response) => {
    response
      .type('js')
      .send(
        "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, presets: [SwaggerUIBundle.presets.apis] });",
      );
  });
  router.use('/docs', express.static(swagger, { index: false }));
  return router;
}

const docsPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Floorwalker API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head><body><main id="docs"></main><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;
