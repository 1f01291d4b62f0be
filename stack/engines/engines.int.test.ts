import { createHash } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { Client as ObjectClient } from 'minio';
import { connectAsync } from 'mqtt';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';

const engines = inject('engines');

describe('the engines of this run', () => {
  it('Postgres 17 answers, keeps what it acknowledges, and collates alike everywhere', async () => {
    const client = new pg.Client({ connectionString: engines.databaseAdminUrl });
    await client.connect();
    const shown = await client.query(
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as listen,
              lower('ÄÖ') as folded`,
    );
    await client.end();
    expect(shown.rows[0]).toEqual({ major: 17, fsync: 'on', commit: 'on', listen: '127.0.0.1', folded: 'äö' });
  });

  it('Postgres refuses a wrong password', async () => {
    const url = new URL(engines.databaseAdminUrl);
    url.password = 'wrong';
    const client = new pg.Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
  });

  it('Temporal serves and keeps closed histories for 72 hours', async () => {
    const connection = await Connection.connect({ address: engines.temporalAddress });
    const health = await connection.healthService.check({});
    const namespace = await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
    expect(health.status).toBe(1);
    expect(Number(namespace.config?.workflowExecutionRetentionTtl?.seconds)).toBe(72 * 3600);
  });

  it('Temporal counts its work where bench reads it', async () => {
    const response = await fetch(engines.temporalMetricsUrl!);
    expect(await response.text()).toMatch(/^service_requests/m);
  });

  it('MinIO keeps a locked object against its own root and refuses wrong bytes', async () => {
    const { hostname, port } = new URL(engines.s3.endpoint);
    const client = new ObjectClient({
      endPoint: hostname,
      port: Number(port),
      useSSL: false,
      accessKey: engines.s3.accessKey,
      secretKey: engines.s3.secretKey,
      region: 'us-east-1',
    });
    const bucketName = 'engine-check';
    await client.makeBucket(bucketName, 'us-east-1', { ObjectLocking: true });
    const body = Buffer.from('evidence');
    const put = (objectName: string, checksum: string) =>
      client.makeRequestAsync(
        {
          method: 'PUT',
          bucketName,
          objectName,
          headers: {
            'content-md5': createHash('md5').update(body).digest('base64'),
            'x-amz-checksum-sha256': checksum,
            'x-amz-server-side-encryption': 'AES256',
            'x-amz-object-lock-mode': 'COMPLIANCE',
            'x-amz-object-lock-retain-until-date': new Date(Date.now() + 60_000).toISOString(),
          },
        },
        body,
        [200],
      );
    const stored = await put('locked', createHash('sha256').update(body).digest('base64'));
    const versionId = String(stored.headers['x-amz-version-id']);

    await expect(client.removeObject(bucketName, 'locked', { versionId })).rejects.toThrow(/WORM|AccessDenied/);
    await expect(put('damaged', createHash('sha256').update('other').digest('base64'))).rejects.toThrow(/checksum/i);
    const read = await client.getObject(bucketName, 'locked', { versionId });
    expect(Buffer.concat(await read.toArray())).toEqual(body);
  });

  it('the broker carries MQTT 5 at QoS 1, keeps retained messages, and refuses a wrong password', async () => {
    const publisher = await connectAsync(engines.mqttUrl, { protocolVersion: 5 });
    const topic = `check/${process.pid}`;
    const properties = { userProperties: { trace: 'abc' } };
    await publisher.publishAsync(topic, 'first', { qos: 1, retain: true, properties });

    const subscriber = await connectAsync(engines.mqttUrl, { protocolVersion: 5 });
    const received = new Promise((resolve) => {
      subscriber.once('message', (_topic, payload, packet) => {
        resolve({ payload: payload.toString(), qos: packet.qos, retain: packet.retain, trace: packet.properties });
      });
    });
    await subscriber.subscribeAsync(topic, { qos: 1 });
    expect(await received).toMatchObject({ payload: 'first', qos: 1, retain: true, trace: properties });
    await Promise.all([publisher.endAsync(), subscriber.endAsync()]);

    const wrong = new URL(engines.mqttUrl);
    wrong.password = 'wrong';
    await expect(connectAsync(wrong.href, { protocolVersion: 5, reconnectPeriod: 0 }, false)).rejects.toThrow();
  });
});
