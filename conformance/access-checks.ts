import { setTimeout as delay } from 'node:timers/promises';
import { AssumeRoleProvider } from 'minio/dist/esm/AssumeRoleProvider.mjs';
import { ask, type Check, expectAccepted, expectRefused, expectThat, openClient } from './bench.ts';
import { put } from './object-checks.ts';

const one = Buffer.from('one');
const sessionSeconds = 900;

const mayReadBelow = (bucket: string, prefix: string, anybody: boolean) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${bucket}/${prefix}*`] },
        ...(anybody ? { Principal: { AWS: ['*'] } } : {}),
      },
    ],
  });

/** Who gets at what: keys, links that end, a prefix for each tenant. */
export const accessChecks: readonly Check[] = [
  {
    id: 'signature',
    what: 'refuses whoever is not known, or signs with a wrong key',
    needed: true,
    async run(bench) {
      const { key } = await put(bench, bench.fresh());
      const url = `${bench.address.endpoint.replace(/\/$/, '')}/${bench.bucket}/${key}`;
      const { status } = await bench.askAnonymously(url);
      expectThat(status === 401 || status === 403, `an unsigned request was answered with ${status}`);
      const stranger = openClient({ ...bench.address, secretKey: 'not-the-secret-key' });
      expectRefused(await ask(stranger, { method: 'GET', bucket: bench.bucket, key }), 'a wrong secret key');
    },
  },
  {
    id: 'presigned',
    what: 'a signed address opens its one object, for its one purpose, until its time',
    needed: false,
    async run(bench) {
      const [mine, other] = [await put(bench, bench.fresh('mine')), await put(bench, bench.fresh('other'))];
      const url = await bench.client.presignedGetObject(bench.bucket, mine.key, 2, { versionId: mine.version });
      const opened = await bench.askAnonymously(url);
      expectThat(opened.status === 200 && opened.body === one.toString(), `it was answered with ${opened.status}`);
      const refused = async (what: string, address: string, method = 'GET') => {
        const { status } = await bench.askAnonymously(address, method);
        expectThat(status >= 400 && status < 500, `${what} was answered with ${status}`);
      };
      await refused('another object', url.replace(mine.key, other.key));
      await refused('another purpose', url, 'DELETE');
      await refused('a longer time', url.replace('X-Amz-Expires=2', 'X-Amz-Expires=2000'));
      await delay(4_000);
      await refused('the same after its time', url);
    },
  },
  {
    id: 'bucket-policy',
    what: 'a policy of the bucket opens one prefix and no other',
    needed: false,
    async run(bench) {
      const [open, closed] = [await put(bench, bench.fresh('tenant-a')), await put(bench, bench.fresh('tenant-b'))];
      await bench.client.setBucketPolicy(bench.bucket, mayReadBelow(bench.bucket, 'tenant-a/', true));
      try {
        const address = (key: string) => `${bench.address.endpoint.replace(/\/$/, '')}/${bench.bucket}/${key}`;
        const [a, b] = [await bench.askAnonymously(address(open.key)), await bench.askAnonymously(address(closed.key))];
        expectThat(a.status === 200, `the open prefix was answered with ${a.status}`);
        expectThat(b.status === 403 || b.status === 401, `the closed prefix was answered with ${b.status}`);
      } finally {
        await bench.client.setBucketPolicy(bench.bucket, '');
      }
    },
  },
  {
    id: 'tenant-keys',
    what: "keys for a while that reach one tenant's prefix and no other (STS with a policy of the session)",
    needed: false,
    async run(bench) {
      const [mine, other] = [await put(bench, bench.fresh('tenant-a')), await put(bench, bench.fresh('tenant-b'))];
      const provider = new AssumeRoleProvider({
        ...{ stsEndpoint: bench.address.endpoint, accessKey: bench.address.accessKey },
        ...{ secretKey: bench.address.secretKey, region: bench.address.region, durationSeconds: sessionSeconds },
        policy: mayReadBelow(bench.bucket, 'tenant-a/', false),
      });
      const credentials = await provider.getCredentials();
      const [accessKey, secretKey] = [credentials.getAccessKey(), credentials.getSecretKey()];
      const tenant = openClient({ ...bench.address, accessKey, secretKey }, credentials.getSessionToken());
      const get = (key: string) => ask(tenant, { method: 'GET', bucket: bench.bucket, key });
      expectAccepted(await get(mine.key), "reading one's own");
      expectRefused(await get(other.key), "reading another tenant's");
      const write = await ask(tenant, { method: 'PUT', bucket: bench.bucket, key: mine.key, body: one });
      expectRefused(write, 'writing with keys that may read');
    },
  },
];
