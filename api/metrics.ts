import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { OverdueLevels, ServiceLevels } from '../services/system/service-levels.ts';
import type { RetentionLevels } from '../services/system/storage.ts';
import { registerRetentionLevels } from './retention-metrics.ts';
import { registerServiceLevels } from './service-level-metrics.ts';

export interface Metrics {
  observe: RequestHandler;
  text(): Promise<string>;
  contentType: string;
}

export function createMetrics(sources: {
  sseClients: () => number;
  overdueLevels: () => Promise<OverdueLevels>;
  serviceLevels: () => Promise<ServiceLevels>;
  retentionLevels: () => Promise<RetentionLevels>;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'floorwalker_api_' });
  const durations = new Histogram({
    name: 'floorwalker_http_request_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  new Gauge({
    name: 'floorwalker_sse_clients',
    help: 'Open live streams',
    registers: [registry],
    collect() {
      this.set(sources.sseClients());
    },
  });
  const refresh = registerServiceLevels(registry, sources);
  const refreshRetention = registerRetentionLevels(registry, sources.retentionLevels);
  return {
    observe(request, response, next) {
      const stop = durations.startTimer({ method: request.method });
      // The pattern, never the path: paths carry ids and tokens.
      response.once('finish', () =>
        stop({ route: String(request.route?.path ?? 'unmatched'), status: String(response.statusCode) }),
      );
      next();
    },
    async text() {
      await Promise.all([refresh(), refreshRetention()]);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
