import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'minio';

const againAfterMs = 300;

/**
 * Whether a version is there and cannot be read any more, while the store reads and writes other objects: its bytes on
 * the disk are others than were written, which a store finds by its own check sums and answers as if it were ill itself.
 * Asked only after a read has failed; false whenever that is in doubt.
 */
export async function isUnreadable(client: Client, bucket: string, key: string, versionId: string): Promise<boolean> {
  try {
    await client.statObject(bucket, key, { versionId });
    if (!(await readsOthers(client, bucket))) return false;
    await delay(againAfterMs);
    return !(await reads(client, bucket, key, versionId)) && (await readsOthers(client, bucket));
  } catch {
    return false;
  }
}

async function readsOthers(client: Client, bucket: string): Promise<boolean> {
  const key = `self-test/${randomUUID()}`;
  const body = Buffer.from('floorwalker read self-test');
  const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
  const stored = await client.makeRequestAsync(
    { method: 'PUT', bucketName: bucket, objectName: key, headers },
    body,
    [200],
  );
  stored.resume();
  const versionId = String(stored.headers['x-amz-version-id']);
  const isRead = await reads(client, bucket, key, versionId);
  await client.removeObject(bucket, key, { versionId });
  return isRead;
}

async function reads(client: Client, bucket: string, key: string, versionId: string): Promise<boolean> {
  try {
    const stream = await client.getObject(bucket, key, { versionId });
    // To the end: what is wrong may be at the end.
    for await (const _chunk of stream);
    return true;
  } catch {
    return false;
  }
}
