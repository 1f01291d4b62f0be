import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkUrl } from './endpoint.ts';
import { bodyOf, webhookEventTypes } from './event.ts';
import { jitterShare, maxAttempts, nextDelayMs, retryDelaysMs } from './schedule.ts';
import { deriveSecret, signatureOf } from './signature.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const guide = read('docs/webhooks.md');
const tableAfter = (heading: string) =>
  guide
    .slice(guide.indexOf(heading))
    .split('\n\n')
    .find((block) => block.startsWith('|'))!
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('a signature', () => {
  it("is the one of the scheme's own example", () => {
    const example = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampSeconds: 1614265330, body: '{"test": 2432232314}' };
    expect(signatureOf(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], example)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('comes once for each secret that is valid', () => {
    const message = { id: 'evt_1', timestampSeconds: 1, body: '{}' };
    const [first, second] = [1, 2].map((generation) => deriveSecret('key', { tenantId: 't', id: 'w', generation }));
    expect(signatureOf([first!, second!], message)).toBe(
      `${signatureOf([first!], message)} ${signatureOf([second!], message)}`,
    );
  });

  it('is made with a secret that no other endpoint, tenant, generation or installation shares', () => {
    const base = { tenantId: 't', id: 'w', generation: 1 };
    const secrets = [
      deriveSecret('key', base),
      deriveSecret('another', base),
      deriveSecret('key', { ...base, tenantId: 'u' }),
      deriveSecret('key', { ...base, id: 'x' }),
      deriveSecret('key', { ...base, generation: 2 }),
    ];
    expect(new Set(secrets).size).toBe(secrets.length);
    for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });
});

describe('retries', () => {
  it('take longer each time, from 5 s to 8 h, and end after the twelfth attempt', () => {
    expect([retryDelaysMs[0], retryDelaysMs.at(-1), maxAttempts]).toEqual([5_000, 8 * 3_600_000, 12]);
    expect(retryDelaysMs.toSorted((a, b) => a - b)).toEqual(retryDelaysMs);
    expect(nextDelayMs(12, 0.5, null)).toBeNull();
    expect(nextDelayMs(13, 0.5, 60_000)).toBeNull();
  });

  it('are spread by a tenth', () => {
    for (const [index, delayMs] of retryDelaysMs.entries()) {
      expect(nextDelayMs(index + 1, 0, null)).toBe(Math.round(delayMs * (1 - jitterShare)));
      expect(nextDelayMs(index + 1, 0.5, null)).toBe(delayMs);
      expect(nextDelayMs(index + 1, 0.999_999_999, null)).toBe(Math.round(delayMs * (1 + jitterShare)));
    }
  });

  it('wait as long as the receiver asks for, but never longer than the longest', () => {
    expect(nextDelayMs(1, 0.5, 60_000)).toBe(60_000);
    expect(nextDelayMs(3, 0.5, 1_000)).toBe(120_000);
    expect(nextDelayMs(1, 0.5, 999_999_000)).toBe(8 * 3_600_000);
  });

  it('are told as they are', () => {
    const units: Record<string, number> = { s: 1_000, min: 60_000, h: 3_600_000 };
    const told = tableAfter('## When it does not arrive').map(([, after]) => {
      const [, count, unit] = /^(\d+) (s|min|h)$/.exec(after!) ?? [];
      return unit === undefined ? after : Number(count) * units[unit]!;
    });
    expect(told).toEqual(['at once', ...retryDelaysMs]);
  });
});

describe('event types', () => {
  it('are the same in the guide, in the API and in the schema', () => {
    const documented = tableAfter('## What arrives').map(([type]) => type!.replaceAll('`', ''));
    const api = parse(read('schemas/openapi.yaml')) as {
      components: { schemas: Record<string, { enum: string[]; properties: { type: { enum: string[] } } }> };
    };
    const schema = JSON.parse(read('schemas/events/webhook.schema.json')) as {
      properties: { type: { enum: string[] } };
    };
    expect(documented).toEqual([...webhookEventTypes]);
    expect(api.components.schemas['WebhookEventType']!.enum).toEqual([...webhookEventTypes]);
    expect(api.components.schemas['WebhookDelivery']!.properties.type.enum).toEqual([...webhookEventTypes, 'ping']);
    expect(schema.properties.type.enum).toEqual(
      [...webhookEventTypes, 'ping'].map((type) => `io.floorwalker.${type}.v1`),
    );
  });
});

describe('a body', () => {
  it('is the same each time, with instants in our one form', () => {
    const event = {
      ...{ tenantId: 't', id: 'evt_1', type: 'incident.opened' as const, incidentId: 'inc_1' },
      ...{
        occurredAt: '2026-01-01T00:00:00.000Z',
        data: { detectedAt: '2026-01-01T01:00:00.123456+01:00', closedAt: null },
      },
    };
    expect(bodyOf(event)).toBe(bodyOf(structuredClone(event)));
    expect(JSON.parse(bodyOf(event))).toMatchObject({
      data: { detectedAt: '2026-01-01T00:00:00.123Z', closedAt: null },
    });
  });
});

describe('an address', () => {
  it.each([
    ['ftp://example.com/'],
    ['example.com'],
    ['https://user:pass@example.com/'],
    ['https://user@example.com/'],
    ['https://example.com/#part'],
    ['javascript:alert(1)'],
    [''],
  ])('%s is refused everywhere', (url) => {
    for (const mode of ['development', 'production'] as const)
      expect(() => checkUrl(url, mode)).toThrow(expect.objectContaining({ code: 'VALIDATION' }));
  });

  it('of http is for development only', () => {
    expect(checkUrl('http://127.0.0.1:9/x', 'development')).toBe('http://127.0.0.1:9/x');
    expect(() => checkUrl('http://example.com/', 'production')).toThrow(/https/);
    expect(checkUrl('https://example.com/hook?t=1', 'production')).toBe('https://example.com/hook?t=1');
  });
});

describe('the examples of the guide', () => {
  const code = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)![1]!;
  const secret = deriveSecret('key', { tenantId: 'demo', id: 'whk_1', generation: 2 });
  const older = deriveSecret('key', { tenantId: 'demo', id: 'whk_1', generation: 1 });
  const body = '{"name":"Größe"}';
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const headersAt = (timestampSeconds: number, secrets = [secret, older]) => ({
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatureOf(secrets, { id: 'evt_1', timestampSeconds, body }),
  });
  const cases: [what: string, secret: string, headers: Record<string, string>, body: string, holds: boolean][] = [
    ['what we send', secret, headersAt(nowSeconds), body, true],
    ['what we send while a secret is rotated', older, headersAt(nowSeconds), body, true],
    [
      'another secret',
      deriveSecret('x', { tenantId: 'demo', id: 'whk_1', generation: 2 }),
      headersAt(nowSeconds),
      body,
      false,
    ],
    ['another body', secret, headersAt(nowSeconds), `${body} `, false],
    ['another id', secret, { ...headersAt(nowSeconds), 'webhook-id': 'evt_2' }, body, false],
    ['an old message', secret, headersAt(nowSeconds - 301), body, false],
    ['a message from the future', secret, headersAt(nowSeconds + 400), body, false],
    ['no headers', secret, {}, body, false],
    ['a moment that is none', secret, { ...headersAt(nowSeconds), 'webhook-timestamp': 'soon' }, body, false],
    ['another version', secret, { ...headersAt(nowSeconds), 'webhook-signature': 'v2,AAAA' }, body, false],
  ];
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'floorwalker-webhooks-'));
    writeFileSync(join(folder, 'verify.mjs'), code('js'));
    writeFileSync(join(folder, 'verify.py'), code('python'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('of Node accept what is ours, and nothing else', async () => {
    const { verify } = (await import(pathToFileURL(join(folder, 'verify.mjs')).href)) as {
      verify: (secret: string, headers: Record<string, string>, body: Buffer) => boolean;
    };
    for (const [what, key, headers, text, holds] of cases)
      expect({ what, holds: verify(key, headers, Buffer.from(text)) }).toEqual({ what, holds });
  });

  const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;
  it.skipIf(!python)('of Python accept what is ours, and nothing else', () => {
    const script =
      'import json, sys\nfrom verify import verify\nfor key, headers, body in json.load(sys.stdin): print(verify(key, headers, body.encode()))';
    const input = JSON.stringify(cases.map(([, key, headers, text]) => [key, headers, text]));
    const output = execFileSync('python3', ['-c', script], { cwd: folder, input, encoding: 'utf8' });
    expect(output.trim().split('\n')).toEqual(cases.map(([, , , , holds]) => (holds ? 'True' : 'False')));
  });
});
