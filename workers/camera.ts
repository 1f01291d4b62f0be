import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import { type Logger, openLogger } from '../adapters/logger/logger.ts';
import { runCamera } from '../detectors/camera.ts';
import { laneBehaviours, type TillMessage } from '../detectors/lane-watch.ts';
import { ITEM_CLASSES } from '../detectors/yolox/classes.ts';
import { type Api, batchCrossings, deliverSpool, openSpool, request } from './camera-delivery.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes');
const fraction = z.number().min(0).max(1);

/** A camera's configuration file. */
export const cameraConfigSchema = z.strictObject({
  tenantId: id,
  storeId: id,
  cameraId: id,
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('file'), path: z.string(), loop: z.boolean() }),
    z.strictObject({ kind: z.literal('rtsp'), url: z.url({ protocol: /^rtsps?$/ }) }),
  ]),
  zones: z
    .array(
      z.strictObject({
        id,
        terminalId: id.optional(),
        polygon: z.array(z.strictObject({ x: fraction, y: fraction })).min(3),
        scanLineX: fraction,
        direction: z.enum(['left-to-right', 'right-to-left']),
        minItemWidth: fraction.optional(),
        minItemHeight: fraction.optional(),
        threshold: z.int().min(1).max(255).optional(),
        minConfidence: fraction.optional(),
        behaviours: z.array(z.enum(laneBehaviours)).min(1).optional(),
        pluClasses: z
          .record(z.string().regex(/^[A-Za-z0-9]{1,32}$/), z.array(z.enum([...ITEM_CLASSES])).min(1))
          .optional(),
        coveredMs: z.int().min(1_000).max(20_000).optional(),
      }),
    )
    .min(1),
  windows: z
    .strictObject({ beforeMs: z.int().positive(), afterMs: z.int().positive(), tillStaleMs: z.int().positive() })
    .partial()
    .optional(),
});

export type CameraConfig = z.infer<typeof cameraConfigSchema>;

const environmentSchema = z.object({
  FLOORWALKER_DATA: z.string().default('.floorwalker'),
  FLOORWALKER_API_URL: z.url({ error: 'set it to the address of the API' }),
  FLOORWALKER_DEVICE_KEY: z.string({ error: 'set it to an API key of the role device' }).min(16),
  FLOORWALKER_MODELS: z.string().optional(),
  FLOORWALKER_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  MQTT_URL: z.url({ error: 'set it to the broker of the store' }),
  FFMPEG_PATH: z.string().default('ffmpeg'),
  FFPROBE_PATH: z.string().default('ffprobe'),
});

const heartbeatMs = 5_000;

/** Entry point: one camera, from its pictures to detections that the API has certainly accepted. */
export async function runCameraProcess(configPath: string): Promise<void> {
  const config = cameraConfigSchema.parse(JSON.parse(await readFile(configPath, 'utf8')));
  const env = environmentSchema.parse(process.env);
  const logger = openLogger('camera', env.FLOORWALKER_LOG_LEVEL);
  const { tenantId, storeId, cameraId } = config;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const root = `floorwalker/${tenantId}/${storeId}`;
  const mqtt = await connectAsync(env.MQTT_URL, {
    protocolVersion: 5,
    clientId: `camera-${tenantId}-${storeId}-${cameraId}`,
    reconnectPeriod: 1_000,
  });
  mqtt.on('error', (error) => logger.warn({ error }, 'MQTT'));
  await mqtt.subscribeAsync(`${root}/pos`, { qos: 1 });

  const spool = await openSpool(join(env.FLOORWALKER_DATA, 'spool', cameraId));
  const api = { url: env.FLOORWALKER_API_URL, key: env.FLOORWALKER_DEVICE_KEY };
  const crossingSpool = await openSpool(join(env.FLOORWALKER_DATA, 'spool-crossings', cameraId));
  const toApi = { api, signal: stopping.signal, logger };
  const crossings = batchCrossings(crossingSpool, toApi);
  const delivering = [
    deliverSpool({ ...toApi, spool, path: '/v1/detections', what: 'a detection' }),
    deliverSpool({ ...toApi, spool: crossingSpool, path: '/v1/crossings', what: 'a batch of crossings' }),
    crossings.running,
  ];
  let health: { state: string; at: string } = { state: 'unknown', at: new Date().toISOString() };
  const beating = beat(api, { storeId, cameraId, state: () => health.state }, stopping.signal, logger);

  try {
    await runCamera({
      tenantId,
      storeId,
      cameraId,
      zones: config.zones,
      source: config.source,
      ringDir: join(env.FLOORWALKER_DATA, 'ring', storeId),
      ffmpeg: { ffmpegPath: env.FFMPEG_PATH, ffprobePath: env.FFPROBE_PATH },
      models: { ...(env.FLOORWALKER_MODELS === undefined ? {} : { modelsDir: env.FLOORWALKER_MODELS }) },
      ...(config.windows === undefined ? {} : { windows: config.windows }),
      scans: (deliver) => {
        const onMessage = (topic: string, payload: Buffer) => {
          if (topic === `${root}/pos`) for (const line of tillLines(payload, logger)) deliver(line);
        };
        mqtt.on('message', onMessage);
        return () => mqtt.off('message', onMessage);
      },
      clock: { nowMs: () => Date.now() },
      signal: stopping.signal,
      logger,
      onDetection: (detection) => spool.add(detection.eventId, detection),
      onCrossing: crossings.add,
      onDecision: (zoneId, { crossing, verdict }) =>
        logger.info({ zoneId, at: new Date(crossing.atMs).toISOString(), verdict }, 'item crossed'),
      onHealth: (reported) => {
        health = reported;
        logger.info({ ...reported }, 'camera health');
      },
      onPlaybackStart: (at) => {
        mqtt
          .publishAsync(`${root}/cameras/${cameraId}/playback`, JSON.stringify({ mediaStartAt: at }), {
            qos: 1,
            retain: true,
          })
          .catch((error: unknown) => logger.error({ error }, 'playback start could not be announced'));
      },
    });
    logger.info({ cameraId }, 'the recording has ended');
    // A file that ended: what it led to must still be delivered.
    await crossings.flush();
    const undelivered = async () => (await spool.list()).length + (await crossingSpool.list()).length;
    while (!stopping.signal.aborted && (await undelivered()) > 0) await delay(100);
    health = { state: 'lost', at: new Date().toISOString() };
    while (!stopping.signal.aborted) await delay(200);
  } finally {
    stopping.abort();
    await Promise.all([...delivering, beating]);
    await crossings.flush();
    await mqtt.endAsync();
  }
}

function tillLines(payload: Buffer, logger: Logger): TillMessage[] {
  try {
    const value = JSON.parse(payload.toString('utf8')) as TillMessage | TillMessage[];
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    logger.warn({ error }, 'a till message is not JSON; the API puts it on the dead-letter topic');
    return [];
  }
}

async function beat(
  api: Api,
  camera: { storeId: string; cameraId: string; state: () => string },
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const body = JSON.stringify({ storeId: camera.storeId, state: camera.state(), at: new Date().toISOString() });
      const response = await request(api, 'PUT', `/v1/cameras/${camera.cameraId}/health`, body);
      if (!response.ok) logger.warn({ status: response.status }, 'the heartbeat was refused');
    } catch (error) {
      logger.warn({ error }, 'the heartbeat did not arrive');
    }
    await delay(heartbeatMs, undefined, { signal }).catch(() => undefined);
  }
}
