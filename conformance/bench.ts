import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Client, S3Error } from 'minio';

export interface StoreAddress {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  region: string;
}

/** What a store answered; a refusal is an answer. */
export interface Answer {
  status: number;
  /** Of a refusal: what the store calls it. */
  code: string | null;
  headers: Record<string, string>;
  body: Buffer;
}

export interface Request {
  method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE';
  key?: string;
  bucket?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** A bucket of one's own at a store, and plain requests to it. */
export interface Bench {
  address: StoreAddress;
  bucket: string;
  client: Client;
  /** Signed with the keys of the bench. */
  ask(request: Request): Promise<Answer>;
  /** Not signed at all, or by what is in the address. */
  askAnonymously(url: string, method?: string): Promise<{ status: number; body: string }>;
  /** A key that nobody used before. */
  fresh(name?: string): string;
}

/** One thing that a store does or does not do. */
export interface Check {
  id: string;
  /** What it does, as a statement. */
  what: string;
  /** Floorwalker does not keep evidence in a store without it. */
  needed: boolean;
  /** Throws when it is not so. */
  run(bench: Bench): Promise<void>;
}

export const sha256 = (body: Uint8Array, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash('sha256').update(body).digest(encoding);
export const md5 = (body: Uint8Array): string => createHash('md5').update(body).digest('base64');
export const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, 'Z');

export function openClient({ endpoint, accessKey, secretKey, region }: StoreAddress, sessionToken?: string): Client {
  const { hostname, protocol, port } = new URL(endpoint);
  const useSSL = protocol === 'https:';
  return new Client({
    ...{ endPoint: hostname, port: port === '' ? (useSSL ? 443 : 80) : Number(port), useSSL },
    ...{ accessKey, secretKey, region, pathStyle: true },
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
}

/** Makes a versioned bucket with object lock for one run. */
export async function openBench(address: StoreAddress): Promise<Bench> {
  const client = openClient(address);
  const bucket = `floorwalker-conformance-${randomUUID().slice(0, 8)}`;
  await client.makeBucket(bucket, address.region, { ObjectLocking: true });
  return {
    ...{ address, bucket, client },
    ask: (request) => ask(client, { bucket, ...request }),
    async askAnonymously(url, method = 'GET') {
      const response = await fetch(url, { method });
      return { status: response.status, body: await response.text() };
    },
    fresh: (name = 'object') => `${name}/${randomUUID()}`,
  };
}

export async function ask(client: Client, request: Request & { bucket: string }): Promise<Answer> {
  const { method, bucket, key, query, headers = {}, body = Buffer.alloc(0) } = request;
  const options = {
    ...{ method, bucketName: bucket, headers },
    ...(key === undefined ? {} : { objectName: key }),
    ...(query === undefined ? {} : { query }),
  };
  try {
    const response = await client.makeRequestAsync(options, body, [200, 204, 206]);
    return {
      ...{ status: response.statusCode ?? 0, code: null },
      ...{ headers: response.headers as Record<string, string>, body: await bodyOf(response) },
    };
  } catch (error) {
    // Whatever else went wrong is no answer of the store.
    if (!(error instanceof S3Error)) throw error;
    const status = (error as { statusCode?: number }).statusCode ?? 0;
    return { status, code: error.code ?? 'no code', headers: {}, body: Buffer.alloc(0) };
  }
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A check's own reason to say no; anything else that is thrown counts as a failure as well, with its own words. */
export class NotSo extends Error {}

export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new NotSo(otherwise);
}

/** A refusal of the client's own account, not a failure of the server. */
export function expectRefused(answer: Answer, what: string): void {
  if (answer.code === null) throw new NotSo(`${what} was accepted`);
  if (answer.status >= 500) throw new NotSo(`${what} failed with ${answer.status} ${answer.code}`);
}

export function expectAccepted(answer: Answer, what: string): void {
  if (answer.code !== null) throw new NotSo(`${what} was refused: ${answer.status} ${answer.code}`);
}

export const versionOf = (answer: Answer): string => {
  const version = answer.headers['x-amz-version-id'];
  if (version === undefined) throw new NotSo('no version was named');
  return version;
};
