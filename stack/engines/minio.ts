import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundTool } from '../tools/find.ts';
import { type EngineContext, plainEnvironment, type RunningEngine, runEngine } from './context.ts';

export interface ObjectStoreAccess {
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

export interface MinioEngine extends RunningEngine {
  s3: ObjectStoreAccess;
}

/** Starts MinIO on one directory, with its own KMS key, and resolves when it is ready for reads and writes. */
export async function startMinio(tool: FoundTool, port: number, context: EngineContext): Promise<MinioEngine> {
  const dir = join(context.dataDir, 'minio');
  // Without a folder of its own it would pick up certificates from the user's home and switch to TLS.
  const certificatesDir = join(context.dataDir, 'minio-certs');
  for (const folder of [dir, certificatesDir]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const { minioRootUser, minioRootPassword, minioKmsKey } = context.secrets;
  const endpoint = `http://127.0.0.1:${port}`;
  const engine = await runEngine(
    'MinIO',
    {
      name: 'minio',
      command: tool.path,
      args: ['server', '--quiet', '--address', `127.0.0.1:${port}`, '--certs-dir', certificatesDir, dir],
      env: {
        ...plainEnvironment(context.env),
        MINIO_ROOT_USER: minioRootUser,
        MINIO_ROOT_PASSWORD: minioRootPassword,
        MINIO_KMS_SECRET_KEY: minioKmsKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
      },
      readyUrl: `${endpoint}/minio/health/ready`,
    },
    context,
  );
  return Object.assign(engine, { s3: { endpoint, accessKey: minioRootUser, secretKey: minioRootPassword } });
}
