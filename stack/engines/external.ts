import type { Environment } from '../tools/command.ts';
import { ToolName } from '../tools/manifest.ts';
import type { ObjectStoreAccess } from './minio.ts';

/** Services that already run somewhere and are used instead of engines of our own. */
export interface ExternalEngines {
  databaseUrl?: string;
  temporalAddress?: string;
  s3?: ObjectStoreAccess;
  mqttUrl?: string;
}

/** Reads DATABASE_URL, TEMPORAL_ADDRESS, S3_ENDPOINT with its keys, and MQTT_URL; empty counts as unset. */
export function externalEngines(env: Environment): ExternalEngines {
  const { DATABASE_URL, TEMPORAL_ADDRESS, S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, MQTT_URL } = env;
  if (S3_ENDPOINT && !(S3_ACCESS_KEY && S3_SECRET_KEY)) {
    throw new Error('S3_ENDPOINT is set, but S3_ACCESS_KEY or S3_SECRET_KEY is not; set both or unset S3_ENDPOINT');
  }
  return {
    ...(DATABASE_URL ? { databaseUrl: DATABASE_URL } : {}),
    ...(TEMPORAL_ADDRESS ? { temporalAddress: TEMPORAL_ADDRESS } : {}),
    ...(S3_ENDPOINT && S3_ACCESS_KEY && S3_SECRET_KEY
      ? { s3: { endpoint: S3_ENDPOINT, accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY } }
      : {}),
    ...(MQTT_URL ? { mqttUrl: MQTT_URL } : {}),
  };
}

/** The engine binaries that have to be there: those of services that do not run somewhere already. */
export function engineTools(external: ExternalEngines): ('temporal' | 'minio')[] {
  return [...(external.temporalAddress ? [] : [ToolName.temporal]), ...(external.s3 ? [] : [ToolName.minio])];
}
