import { setTimeout as delay } from 'node:timers/promises';
import {
  type Answer,
  type Bench,
  type Check,
  expectAccepted,
  expectRefused,
  expectThat,
  inMs,
  md5,
  versionOf,
} from './bench.ts';
import { lockFor, put, read } from './object-checks.ts';

const one = Buffer.from('one');
/** Stores count in whole seconds. */
const shortMs = 3_000;
const overMs = 4_500;

interface Locked {
  key: string;
  version: string;
}

async function locked(bench: Bench, ms: number, mode?: 'GOVERNANCE'): Promise<Locked> {
  const key = bench.fresh('locked');
  const headers = { 'content-md5': md5(one), ...lockFor(ms, mode) };
  const answer = await bench.ask({ method: 'PUT', key, body: one, headers });
  expectAccepted(answer, 'an upload under a lock');
  return { key, version: versionOf(answer) };
}

const named = ({ version }: Locked): string => `versionId=${encodeURIComponent(version)}`;
const remove = (bench: Bench, object: Locked, headers: Record<string, string> = {}): Promise<Answer> =>
  bench.ask({ method: 'DELETE', key: object.key, query: named(object), headers });

async function expectKept(bench: Bench, object: Locked, how: string, headers: Record<string, string> = {}) {
  expectRefused(await remove(bench, object, headers), how);
  expectThat(
    (await read(bench, object.key, object.version)).body.equals(one),
    `${how} was refused and done all the same`,
  );
}

function retain(bench: Bench, object: Locked, ms: number, mode: string, headers: Record<string, string> = {}) {
  const body = Buffer.from(
    `<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Mode>${mode}</Mode><RetainUntilDate>${inMs(ms)}</RetainUntilDate></Retention>`,
  );
  return bench.ask({
    ...{ method: 'PUT', key: object.key, query: `retention=&${named(object)}`, body },
    headers: { 'content-md5': md5(body), ...headers },
  });
}

function hold(bench: Bench, object: Locked, on: boolean): Promise<Answer> {
  const body = Buffer.from(
    `<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>${on ? 'ON' : 'OFF'}</Status></LegalHold>`,
  );
  const query = `legal-hold=&${named(object)}`;
  return bench.ask({ method: 'PUT', key: object.key, query, body, headers: { 'content-md5': md5(body) } });
}

const noDefault = Buffer.from(
  '<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
);
const bypass = { 'x-amz-bypass-governance-retention': 'true' };

/** What keeps evidence from being deleted before its time, and lets it go when the time has come. */
export const lockChecks: readonly Check[] = [
  {
    id: 'compliance-lock',
    what: 'nobody deletes a version under a compliance lock, whatever header they send',
    needed: true,
    async run(bench) {
      const object = await locked(bench, 60_000);
      await expectKept(bench, object, 'deleting it');
      await expectKept(bench, object, 'deleting it with the bypass for governance', bypass);
    },
  },
  {
    id: 'compliance-not-shortened',
    what: 'a compliance lock is lengthened, and neither shortened nor turned into governance',
    needed: true,
    async run(bench) {
      const object = await locked(bench, 60_000);
      expectAccepted(await retain(bench, object, 90_000, 'COMPLIANCE'), 'lengthening it');
      expectRefused(await retain(bench, object, 30_000, 'COMPLIANCE'), 'shortening it');
      expectRefused(await retain(bench, object, 30_000, 'COMPLIANCE', bypass), 'shortening it with the bypass');
      expectRefused(await retain(bench, object, 90_000, 'GOVERNANCE', bypass), 'turning it into governance');
      await expectKept(bench, object, 'deleting it afterwards');
    },
  },
  {
    id: 'lock-ends',
    what: 'a version can be deleted once its lock is over, and not a moment before',
    needed: true,
    async run(bench) {
      const object = await locked(bench, shortMs);
      await expectKept(bench, object, 'deleting it before its time');
      await delay(overMs);
      expectAccepted(await remove(bench, object), 'deleting it after its time');
      expectRefused(await read(bench, object.key, object.version), 'reading what was deleted');
    },
  },
  {
    id: 'governance-lock',
    what: 'a governance lock holds, and gives way to those who may bypass it',
    needed: false,
    async run(bench) {
      const object = await locked(bench, 60_000, 'GOVERNANCE');
      await expectKept(bench, object, 'deleting it without the bypass');
      expectRefused(await retain(bench, object, 30_000, 'GOVERNANCE'), 'shortening it without the bypass');
      expectAccepted(await retain(bench, object, 30_000, 'GOVERNANCE', bypass), 'shortening it with the bypass');
      expectAccepted(await remove(bench, object, bypass), 'deleting it with the bypass');
    },
  },
  {
    id: 'legal-hold',
    what: 'a legal hold outlasts the lock and ends when it is taken off',
    needed: true,
    async run(bench) {
      const object = await locked(bench, shortMs);
      expectAccepted(await hold(bench, object, true), 'a legal hold');
      await delay(overMs);
      await expectKept(bench, object, 'deleting what is held');
      await expectKept(bench, object, 'deleting what is held with the bypass', bypass);
      expectAccepted(await hold(bench, object, false), 'taking the hold off');
      expectAccepted(await remove(bench, object), 'deleting what is no longer held');
    },
  },
  {
    id: 'lock-under-newer',
    what: 'a newer version or a delete marker leaves the lock of the older one as it is',
    needed: true,
    async run(bench) {
      const object = await locked(bench, 60_000);
      await put(bench, object.key, Buffer.from('another'));
      await bench.ask({ method: 'DELETE', key: object.key });
      await expectKept(bench, object, 'deleting the older version');
    },
  },
  {
    id: 'lock-shown',
    what: 'says until when a version is locked, and whether it is held',
    needed: false,
    async run(bench) {
      const object = await locked(bench, 60_000);
      expectAccepted(await hold(bench, object, true), 'a legal hold');
      const { headers } = await bench.ask({ method: 'HEAD', key: object.key, query: named(object) });
      expectThat(headers['x-amz-object-lock-mode'] === 'COMPLIANCE', 'the mode is not said');
      const leftMs = Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? '') - Date.now();
      expectThat(leftMs > 30_000 && leftMs < 90_000, 'the date is not said, or another');
      expectThat(headers['x-amz-object-lock-legal-hold'] === 'ON', 'the hold is not said');
      expectAccepted(await hold(bench, object, false), 'taking the hold off');
    },
  },
  {
    id: 'default-lock',
    what: "gives what is uploaded without a lock the bucket's default",
    needed: false,
    async run(bench) {
      await bench.client.setObjectLockConfig(bench.bucket, { mode: 'GOVERNANCE', unit: 'Days', validity: 1 });
      try {
        const plain = await put(bench, bench.fresh('default'));
        expectRefused(await remove(bench, plain), 'deleting what has the default lock');
        expectAccepted(await remove(bench, plain, bypass), 'deleting it with the bypass');
      } finally {
        await bench.ask({
          method: 'PUT',
          query: 'object-lock=',
          body: noDefault,
          headers: { 'content-md5': md5(noDefault) },
        });
      }
    },
  },
  {
    id: 'lock-needs-bucket',
    what: 'refuses a lock in a bucket that was made without',
    needed: false,
    async run(bench) {
      const bucket = `${bench.bucket}-plain`;
      await bench.client.makeBucket(bucket, bench.address.region);
      const headers = { 'content-md5': md5(one), ...lockFor(5_000) };
      const answer = await bench.ask({ method: 'PUT', bucket, key: 'one', body: one, headers });
      expectRefused(answer, 'a lock in a bucket without object lock');
    },
  },
];
