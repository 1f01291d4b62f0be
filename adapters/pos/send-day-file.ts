import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** `taken`: it is in. `refused`: never will be, as it is. `later`: not now; the same again. */
export type SendOutcome =
  | { outcome: 'taken'; summary: string }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'later'; reason: string };

const contentTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.txt': 'text/csv',
  '.xml': 'application/xml',
};
/** The file, not the sender, is what is wrong. */
const refusals = new Set([400, 404, 409, 413, 415, 422]);
const maxAnswerBytes = 65_536;

/** Streams one file to the API; never holds it in memory. */
export async function sendDayFile(options: {
  apiUrl: string;
  key: string;
  storeId: string;
  mappingId: string | undefined;
  path: string;
  name: string;
  signal: AbortSignal;
}): Promise<SendOutcome> {
  const contentType = contentTypes[extname(options.name).toLowerCase()];
  if (contentType === undefined)
    return { outcome: 'refused', reason: 'Only .csv, .txt and .xml files are read; rename it to what it is.' };
  const url = new URL('/v1/pos/day-files', options.apiUrl);
  url.searchParams.set('storeId', options.storeId);
  url.searchParams.set('fileName', options.name.slice(0, 200));
  if (options.mappingId !== undefined) url.searchParams.set('mappingId', options.mappingId);
  let answer: { status: number; body: string };
  try {
    answer = await post(url, contentType, options);
  } catch (error) {
    return {
      outcome: 'later',
      reason: `The API cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (answer.status === 200) return { outcome: 'taken', summary: summaryOf(answer.body) };
  const reason = `${answer.status}: ${detailOf(answer.body)}`;
  return { outcome: refusals.has(answer.status) ? 'refused' : 'later', reason };
}

/** Not fetch: it gives up on answers that take longer than five minutes, and a big day takes longer. */
async function post(
  url: URL,
  contentType: string,
  { path, key, signal }: { path: string; key: string; signal: AbortSignal },
): Promise<{ status: number; body: string }> {
  const { size } = await stat(path);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': contentType, 'content-length': size },
    signal,
  });
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < maxAnswerBytes) body += text;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
  // A refusal comes before the file has been read, and breaks the sending off; the answer counts then.
  const sent = pipeline(createReadStream(path), request);
  const [answer, sending] = await Promise.allSettled([answered, sent]);
  if (answer.status === 'fulfilled') return answer.value;
  throw sending.status === 'rejected' ? sending.reason : answer.reason;
}

function summaryOf(body: string): string {
  const done = JSON.parse(body) as Record<string, unknown>;
  const already =
    typeof done['alreadyImportedAs'] === 'string' ? `, the same file as ${done['alreadyImportedAs']}` : '';
  return `import ${String(done['id'])}: ${String(done['accepted'])} new, ${String(done['duplicates'])} known, ${String(done['quarantined'])} set aside${already}`;
}

function detailOf(body: string): string {
  try {
    const problem = JSON.parse(body) as { detail?: unknown };
    return typeof problem.detail === 'string' ? problem.detail : body.slice(0, 500);
  } catch {
    return body.slice(0, 500);
  }
}
