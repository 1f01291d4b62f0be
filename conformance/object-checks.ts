import { randomBytes } from 'node:crypto';
import {
  type Answer,
  type Bench,
  type Check,
  expectAccepted,
  expectRefused,
  expectThat,
  inMs,
  md5,
  sha256,
  versionOf,
} from './bench.ts';

const one = Buffer.from('one');
const two = Buffer.from('two');

export async function put(bench: Bench, key: string, body: Buffer = one, headers: Record<string, string> = {}) {
  const answer = await bench.ask({ method: 'PUT', key, body, headers: { 'content-md5': md5(body), ...headers } });
  expectAccepted(answer, 'a plain upload');
  return { key, body, version: versionOf(answer) };
}

export const read = (bench: Bench, key: string, version: string): Promise<Answer> =>
  bench.ask({ method: 'GET', key, query: `versionId=${encodeURIComponent(version)}` });

/** Versions, bytes, checksums: what a store of evidence is made of. */
export const objectChecks: readonly Check[] = [
  {
    id: 'versions',
    what: 'keeps each version of a key and gives it back by its name',
    needed: true,
    async run(bench) {
      const key = bench.fresh();
      const [first, second] = [await put(bench, key, one), await put(bench, key, two)];
      expectThat(first.version !== second.version, 'two uploads have one version');
      for (const { version, body } of [first, second])
        expectThat((await read(bench, key, version)).body.equals(body), `version ${version} has other bytes`);
    },
  },
  {
    id: 'list-versions',
    what: 'lists all versions and delete markers of a prefix, page by page, newest first',
    needed: true,
    async run(bench) {
      const key = bench.fresh('listed');
      const made = [await put(bench, key, one), await put(bench, key, two)].map(({ version }) => version);
      await bench.ask({ method: 'DELETE', key });
      const seen: string[] = [];
      let markers = 0;
      let more: string | undefined = '';
      for (let page = 0; more !== undefined && page < 10; page += 1) {
        const answer: Answer = await bench.ask({
          method: 'GET',
          query: `versions=&prefix=${encodeURIComponent(key)}&max-keys=1${more}`,
        });
        expectAccepted(answer, 'a listing of versions');
        const xml = answer.body.toString();
        for (const [, kind, entry] of xml.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
          if (kind === 'DeleteMarker') markers += 1;
          else seen.push(/<VersionId>(.*?)<\/VersionId>/.exec(entry ?? '')?.[1] ?? '');
        }
        const [, nextKey] = /<NextKeyMarker>(.*?)<\/NextKeyMarker>/.exec(xml) ?? [];
        const [, nextVersion] = /<NextVersionIdMarker>(.*?)<\/NextVersionIdMarker>/.exec(xml) ?? [];
        more = /<IsTruncated>true</.test(xml)
          ? `&key-marker=${encodeURIComponent(nextKey ?? '')}&version-id-marker=${encodeURIComponent(nextVersion ?? '')}`
          : undefined;
      }
      expectThat(markers === 1, `${markers} delete markers were listed instead of 1`);
      expectThat(
        seen.join() === made.toReversed().join(),
        `${seen.length} versions were listed, not both from newest to oldest`,
      );
    },
  },
  {
    id: 'delete-marker',
    what: 'a delete that names no version hides the object and takes nothing away',
    needed: true,
    async run(bench) {
      const { key, version } = await put(bench, bench.fresh());
      expectAccepted(await bench.ask({ method: 'DELETE', key }), 'a delete without a version');
      expectRefused(await bench.ask({ method: 'GET', key }), 'reading what was deleted');
      expectThat((await read(bench, key, version)).body.equals(one), 'the version is gone');
    },
  },
  {
    id: 'checksum-sha256',
    what: 'stores bytes whose SHA-256 is right and refuses those whose is not',
    needed: true,
    async run(bench) {
      const key = bench.fresh();
      await put(bench, key, one, { 'x-amz-checksum-sha256': sha256(one, 'base64') });
      const wrong = bench.fresh();
      const headers = { 'content-md5': md5(one), 'x-amz-checksum-sha256': sha256(two, 'base64') };
      expectRefused(await bench.ask({ method: 'PUT', key: wrong, body: one, headers }), 'a wrong SHA-256');
      expectRefused(await bench.ask({ method: 'GET', key: wrong }), 'reading what was refused');
    },
  },
  {
    id: 'content-md5',
    what: 'refuses bytes whose Content-MD5 is wrong',
    needed: false,
    async run(bench) {
      const headers = { 'content-md5': md5(two) };
      expectRefused(await bench.ask({ method: 'PUT', key: bench.fresh(), body: one, headers }), 'a wrong MD5');
    },
  },
  {
    id: 'range',
    what: 'gives a part of a version',
    needed: true,
    async run(bench) {
      const body = randomBytes(100_000);
      const { key, version } = await put(bench, bench.fresh(), body);
      const query = `versionId=${encodeURIComponent(version)}`;
      const part = await bench.ask({ method: 'GET', key, query, headers: { range: 'bytes=70000-70099' } });
      expectThat(part.status === 206 && part.body.equals(body.subarray(70_000, 70_100)), 'the part has other bytes');
    },
  },
  {
    id: 'metadata',
    what: 'keeps metadata and media type with a version',
    needed: true,
    async run(bench) {
      const { key } = await put(bench, bench.fresh(), one, { 'content-type': 'video/mp4', 'x-amz-meta-sha256': 'abc' });
      const { headers } = await bench.ask({ method: 'HEAD', key });
      expectThat(headers['content-type'] === 'video/mp4' && headers['x-amz-meta-sha256'] === 'abc', 'they are others');
    },
  },
  {
    id: 'tags',
    what: 'takes tags with an upload and gives them back',
    needed: false,
    async run(bench) {
      const { key } = await put(bench, bench.fresh(), one, { 'x-amz-tagging': 'case=K7Q&hold=no' });
      const answer = await bench.ask({ method: 'GET', key, query: 'tagging=' });
      expectAccepted(answer, 'asking for the tags');
      expectThat(/<Key>case<\/Key>\s*<Value>K7Q<\/Value>/.test(answer.body.toString()), 'the tags are not there');
    },
  },
  {
    id: 'multipart',
    what: 'puts a large object together from parts, and drops the parts of one that is given up',
    needed: true,
    async run(bench) {
      const key = bench.fresh('parts');
      const parts = [randomBytes(5 * 1_024 * 1_024), randomBytes(1_000)];
      const uploadId = await bench.client.initiateNewMultipartUpload(bench.bucket, key, lockFor(60_000));
      const etags: { part: number; etag: string }[] = [];
      for (const [index, body] of parts.entries()) {
        const query = `partNumber=${index + 1}&uploadId=${encodeURIComponent(uploadId)}`;
        const answer = await bench.ask({ method: 'PUT', key, body, query, headers: { 'content-md5': md5(body) } });
        expectAccepted(answer, `part ${index + 1}`);
        etags.push({ part: index + 1, etag: (answer.headers['etag'] ?? '').replaceAll('"', '') });
      }
      const { versionId } = await bench.client.completeMultipartUpload(bench.bucket, key, uploadId, etags);
      expectThat(versionId !== null, 'the whole has no version');
      expectThat((await read(bench, key, versionId!)).body.equals(Buffer.concat(parts)), 'the whole has other bytes');
      const removed = await bench.ask({ method: 'DELETE', key, query: `versionId=${encodeURIComponent(versionId!)}` });
      expectRefused(removed, 'deleting what was uploaded in parts under a lock');
      const given = await bench.client.initiateNewMultipartUpload(bench.bucket, key, {});
      await bench.client.abortMultipartUpload(bench.bucket, key, given);
      const late = `partNumber=1&uploadId=${encodeURIComponent(given)}`;
      expectRefused(await bench.ask({ method: 'PUT', key, body: one, query: late }), 'a part of what was given up');
    },
  },
  {
    id: 'conditional-create',
    what: 'refuses to write over a key that is there (If-None-Match: *)',
    needed: false,
    async run(bench) {
      const { key } = await put(bench, bench.fresh());
      const headers = { 'content-md5': md5(two), 'if-none-match': '*' };
      expectRefused(await bench.ask({ method: 'PUT', key, body: two, headers }), 'a second create');
    },
  },
  {
    id: 'copy',
    what: 'copies a version within the store, under a lock of its own',
    needed: false,
    async run(bench) {
      const from = await put(bench, bench.fresh('hot'));
      const key = bench.fresh('cold');
      const source = `/${bench.bucket}/${from.key}?versionId=${encodeURIComponent(from.version)}`;
      const answer = await bench.ask({
        method: 'PUT',
        key,
        headers: { 'x-amz-copy-source': source, ...lockFor(60_000) },
      });
      expectAccepted(answer, 'a copy');
      const version = versionOf(answer);
      expectThat((await read(bench, key, version)).body.equals(one), 'the copy has other bytes');
      const removed = await bench.ask({ method: 'DELETE', key, query: `versionId=${encodeURIComponent(version)}` });
      expectRefused(removed, 'deleting a copy under its lock');
    },
  },
  {
    id: 'encryption',
    what: 'encrypts what it stores when asked to (SSE-S3), and says so',
    needed: false,
    async run(bench) {
      const { key, version } = await put(bench, bench.fresh(), one, { 'x-amz-server-side-encryption': 'AES256' });
      const { headers } = await bench.ask({ method: 'HEAD', key });
      expectThat(headers['x-amz-server-side-encryption'] === 'AES256', 'it does not say that it is encrypted');
      expectThat((await read(bench, key, version)).body.equals(one), 'it cannot be read');
    },
  },
];

export const lockFor = (ms: number, mode: 'COMPLIANCE' | 'GOVERNANCE' = 'COMPLIANCE'): Record<string, string> => ({
  'x-amz-object-lock-mode': mode,
  'x-amz-object-lock-retain-until-date': inMs(ms),
});
