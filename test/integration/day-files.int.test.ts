import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import express from 'express';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readCsvDay } from '../../adapters/pos/csv-day.ts';
import { readPosLog } from '../../adapters/pos/poslog.ts';
import { authentication } from '../../api/auth.ts';
import { parsePosEvents } from '../../api/intake.ts';
import { problemHandler, requestIds } from '../../api/problem.ts';
import { dayFileRoutes, posImportRoutes } from '../../api/routes/pos.ts';
import { storableOnly } from '../../api/storable.ts';
import type { Actor } from '../../domain/types.ts';
import { type DayFileInput, type DayFileTools, importDayFile, type Progress } from '../../services/pos/day-file.ts';
import { listImports, listQuarantine, type PosImport, readImport, wipeQuarantine } from '../../services/pos/imports.ts';
import { putMapping } from '../../services/pos/mapping.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, agoIso, contextOf, nowIso, plantKey, plantRival, request, withSouthStore } from './support.ts';

const engines = inject('engines');
let database: TestDatabase;
let server: Server;
let baseUrl = '';
let rivalKeys: Record<string, string>;
const told: string[] = [];
const errors: unknown[] = [];

const csvMapping = {
  stores: { '48': 'high-street', '49': 'south' },
  amount: { decimalSign: ',' },
  csv: {
    delimiter: ';',
    columns: {
      ...{ storeId: 'shop', terminalId: 'till', transactionId: 'receipt', line: 'pos', type: 'kind' },
      ...{ occurredAt: 'at', plu: 'plu', amount: 'amount', operatorId: 'who' },
    },
    types: { VK: 'scan', SUM: 'ignore' },
  },
};
const header = 'shop;till;receipt;pos;kind;at;plu;amount;who';
const row = (receipt: string, pos: number, change: Partial<Record<string, string>> = {}) =>
  [
    ...[change['shop'] ?? '48', change['till'] ?? 'sco-3', receipt, String(pos), change['kind'] ?? 'VK'],
    ...[change['at'] ?? '2026-05-04T08:00:05', '4011', change['amount'] ?? '0,90', change['who'] ?? '1001'],
  ].join(';');
const csv = (...rows: string[]) => [header, ...rows].join('\n');

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  rivalKeys = await plantRival(database);
  await putMapping(as('admin'), { mappingId: 'tills', mapping: csvMapping });
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestIds);
  app.use('/v1', authentication(database.db));
  const deps = {
    ...{ db: database.db, now: nowIso, log: (error: unknown) => errors.push(error) },
    dispatcher: {
      ...{ start: async () => undefined, sweep: async () => 0 },
      dispatch: async (_tenantId: string, incidentId: string) => void told.push(incidentId),
    },
  } as unknown as Parameters<typeof dayFileRoutes>[0];
  app.use(dayFileRoutes(deps, { csv: readCsvDay, poslog: readPosLog }));
  app.use('/v1', express.json(), storableOnly);
  app.use(posImportRoutes(deps));
  app.use(problemHandler((error) => errors.push(error)));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  baseUrl = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  await database?.drop();
});

const as = (role: Actor['role'], change: Partial<Actor> = {}, now?: () => string) =>
  contextOf(database, actorOf(role, change), now);
const progress: Progress[] = [];
const tools: DayFileTools = {
  readers: { csv: readCsvDay, poslog: readPosLog },
  parseLine: (value) => parsePosEvents([value])[0]!,
  onReceipts: async (incidentIds) => void told.push(...incidentIds),
  onProgress: (each) => void progress.push({ ...each }),
};
async function* streamOf(...chunks: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (typeof chunk !== 'string') throw chunk;
    yield Buffer.from(chunk);
  }
}
const file = (content: string | (string | Error)[], change: Partial<DayFileInput> = {}): DayFileInput => ({
  ...{ storeId: 'high-street', mappingId: 'tills', format: 'csv', fileName: 'day.csv' },
  stream: streamOf(...(typeof content === 'string' ? [content] : content)),
  ...change,
});
const post = (path: string, body: string, type: string, key = database.keys.device) =>
  request<Record<string, unknown>>(baseUrl, 'POST', path, body, {
    authorization: `Bearer ${key}`,
    'content-type': type,
  });
const get = <Body = { items: Record<string, unknown>[] }>(key: string, path: string) =>
  request<Body>(baseUrl, 'GET', path, undefined, { authorization: `Bearer ${key}` });
const linesOf = async (receipt: string) =>
  (
    await database.admin.query(
      'select terminal_id, line, type, occurred_at, plu, amount_minor, source, import_id from pos_events where transaction_id = $1 order by line',
      [receipt],
    )
  ).rows;
const quarantineOf = async (importId: string) =>
  (
    await database.admin.query(
      'select line_number, code, message, raw from pos_quarantine where import_id = $1 order by id',
      [importId],
    )
  ).rows;

describe('a day file', () => {
  it('puts good lines in and sets bad ones aside with line number and reason', async () => {
    const content = csv(
      row('R1', 1),
      row('R1', 2, { till: 'nowhere' }),
      row('R1', 3, { at: '2099-05-04T08:00:00' }),
      row('R1', 4, { kind: 'WHAT' }),
      row('R1', 5, { shop: '49', till: 'south-1' }),
      row('R1', 1, { amount: '9,99' }),
      row('R1', 6, { kind: 'SUM' }),
      row('R1', 7, { amount: '1,00' }),
      'too;few',
    );
    const result = await importDayFile(as('device'), tools, file(content));
    expect(result).toMatchObject({
      ...{ state: 'done', linesRead: 9, accepted: 2, duplicates: 0, quarantined: 6, leftOut: 1 },
      ...{ bytesRead: content.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), alreadyImportedAs: null },
    });
    expect(await linesOf('R1')).toMatchObject([
      ...[{ line: 1, type: 'scan', plu: '4011', amount_minor: 90, source: 'csv', import_id: result.id }],
      ...[{ line: 7, amount_minor: 100, occurred_at: new Date('2026-05-04T07:00:05Z') }],
    ]);
    const aside = await quarantineOf(result.id);
    const byLine = Object.fromEntries(
      aside.map(({ line_number, code, message }) => [line_number, `${code} ${message}`]),
    );
    expect(byLine).toEqual({
      3: expect.stringMatching(/TERMINAL_UNKNOWN terminalId: the till nowhere/),
      4: expect.stringMatching(/IN_THE_FUTURE occurredAt: /),
      5: expect.stringMatching(/VALIDATION .*type: must be one of/),
      6: expect.stringMatching(/VALIDATION storeId: the line is of south, the file was sent for high-street/),
      7: expect.stringMatching(/CONFLICTING_LINE line: /),
      10: expect.stringMatching(/VALIDATION has 2 cells, the header has 9/),
    });
    expect(aside.find(({ line_number }) => line_number === 3)?.raw).toBe(row('R1', 2, { till: 'nowhere' }));
  });

  it('sent again adds nothing and says which it is', async () => {
    const content = csv(row('R2', 1), row('R2', 2));
    const first = await importDayFile(as('device'), tools, file(content));
    const again = await importDayFile(as('device'), tools, file(content, { fileName: 'other name.csv' }));
    expect(again).toMatchObject({ accepted: 0, duplicates: 2, alreadyImportedAs: first.id, sha256: first.sha256 });
    expect(await linesOf('R2')).toHaveLength(2);
  });

  it('comes to the same in whatever order and number its parts come', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => `${index % 3}:${index}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.shuffledSubarray(rows), { minLength: 1, maxLength: 4 }), async (parts) => {
        const run = randomUUID().slice(0, 8);
        const written = (part: string) => row(`${run}-${part.split(':')[0]}`, Number(part.split(':')[1]));
        for (const part of [...parts, rows]) await importDayFile(as('device'), tools, file(csv(...part.map(written))));
        const { rows: stored } = await database.admin.query(
          'select transaction_id, line from pos_events where transaction_id like $1',
          [`${run}-%`],
        );
        expect(stored).toHaveLength(rows.length);
      }),
      { numRuns: 8 },
    );
  });

  it('as POSLog goes in by the clock of the store', async () => {
    const xml = `<POSLog><Transaction><WorkstationID>sco-3</WorkstationID><SequenceNumber>R3</SequenceNumber><EndDateTime>2026-05-04T08:00:00</EndDateTime>
      <RetailTransaction><LineItem><SequenceNumber>1</SequenceNumber><Sale><ItemID>4011</ItemID></Sale></LineItem></RetailTransaction></Transaction></POSLog>`;
    const { mappingId: _mappingId, ...input } = file(xml, { format: 'poslog' });
    expect(await importDayFile(as('device'), tools, input)).toMatchObject({
      accepted: 1,
      quarantined: 0,
      mappingId: null,
    });
    expect(await linesOf('R3')).toMatchObject([{ source: 'poslog', occurred_at: new Date('2026-05-04T07:00:00Z') }]);
  });

  it('shows how far it is while it streams, in batches', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => row('R4', index + 1));
    progress.length = 0;
    const seen: PosImport[] = [];
    async function* slow(): AsyncGenerator<Uint8Array> {
      const content = Buffer.from(csv(...rows));
      yield content.subarray(0, content.length / 2);
      const [newest] = (await listImports(as('admin'), { limit: 1 })).items;
      if (newest) seen.push(newest);
      yield content.subarray(content.length / 2);
    }
    const result = await importDayFile(as('device'), tools, file('', { stream: slow(), bytesTotal: 123 }));
    expect(result).toMatchObject({ accepted: 2_500, bytesTotal: 123 });
    expect(seen).toMatchObject([
      { id: result.id, state: 'receiving', accepted: 1_000, finishedAt: null, sha256: null },
    ]);
    expect(progress.map(({ accepted }) => accepted)).toEqual([1_000, 2_000, 2_500]);
  });

  it('that breaks off keeps what went in, and says that it failed', async () => {
    const cut = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    const parts = [`${csv(row('R5', 1))}\n`, `${row('R5', 2)}\n${row('R5', 3).slice(0, 10)}`, cut];
    await expect(importDayFile(as('device'), tools, file(parts))).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringMatching(/was cut off on its way; send it again, whole.*\(2 new lines/),
    });
    expect(await linesOf('R5')).toHaveLength(2);
    const [newest] = (await listImports(as('admin'), { limit: 1 })).items;
    expect(newest).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/cut off/),
      accepted: 2,
      sha256: null,
    });
    const whole = await importDayFile(as('device'), tools, file(csv(row('R5', 1), row('R5', 2), row('R5', 3))));
    expect(whole).toMatchObject({ accepted: 1, duplicates: 2, alreadyImportedAs: null });
  });

  it('that cannot be read on gives its reason and keeps what stood before', async () => {
    const xml =
      '<POSLog><Transaction><WorkstationID>sco-3</WorkstationID><SequenceNumber>R6</SequenceNumber><EndDateTime>2026-05-04T08:00:00</EndDateTime><RetailTransaction><LineItem><SequenceNumber>1</SequenceNumber><Sale/></LineItem>';
    const { mappingId: _mappingId, ...input } = file(xml, { format: 'poslog' });
    await expect(importDayFile(as('device'), tools, input)).rejects.toMatchObject({
      message: expect.stringMatching(/the file ends inside <RetailTransaction>.*\(1 new lines/),
    });
    expect(await linesOf('R6')).toHaveLength(1);
  });

  it('whose sender is gone without a word counts as failed', async () => {
    const importId = `imp_${'a'.repeat(20)}`;
    await database.admin.query(
      "insert into pos_imports (tenant_id, store_id, id, format, file_name, started_by, started_at, progress_at) values ('demo', 'high-street', $1, 'csv', 'x', 'x', $2, $2)",
      [importId, agoIso(600_000)],
    );
    expect(await readImport(as('admin'), importId)).toMatchObject({
      ...{ state: 'failed', reason: expect.stringMatching(/stopped without an end/) },
    });
  });

  it('keeps the text of no more bad lines than a person could look at', async () => {
    const bad = Array.from({ length: 10_050 }, () => 'bad');
    const result = await importDayFile(as('device'), tools, file(csv(...bad)));
    expect(result).toMatchObject({
      quarantined: 10_050,
      reason: expect.stringMatching(/only the first 10000 are kept/),
    });
    expect(await quarantineOf(result.id)).toHaveLength(10_000);
  });

  it('may hold what no text of the database can', async () => {
    const result = await importDayFile(as('device'), tools, file(csv(row('R7', 1), 'nul\0;x', `${row('R8', 1)}\0`)));
    expect(result).toMatchObject({ state: 'done', accepted: 1, quarantined: 2 });
    expect((await quarantineOf(result.id))[0]?.raw).toBe('nul\ufffd;x');
  });
});

describe('over HTTP', () => {
  const path = (change = '') => `/v1/pos/day-files?storeId=high-street&mappingId=tills&fileName=day.csv${change}`;

  it('a file streams in and can be looked at', async () => {
    const { status, body } = await post(path(), csv(row('H1', 1), 'bad'), 'text/csv; charset=utf-8');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      accepted: 1,
      quarantined: 1,
      state: 'done',
      bytesTotal: csv(row('H1', 1), 'bad').length,
    });
    const read = await get<Record<string, unknown>>(
      database.keys.soc_operator,
      `/v1/pos/imports/${String(body['id'])}`,
    );
    expect(read.body).toEqual(body);
  });

  it('POSLog has a route of its own', async () => {
    const { status, body } = await post('/v1/pos/poslog?storeId=high-street', '<POSLog></POSLog>', 'application/xml');
    expect(status).toBe(200);
    expect(body).toMatchObject({ format: 'poslog', linesRead: 0, fileName: 'poslog.xml' });
  });

  it.each([
    ['another type', path(), 'text/plain', 400, /content-type: must be text\/csv or application\/xml/],
    ['no store', '/v1/pos/day-files?mappingId=tills&fileName=x', 'text/csv', 400, /storeId: is missing/],
    ['no name', '/v1/pos/day-files?storeId=high-street&mappingId=tills', 'text/csv', 400, /fileName: is missing/],
    ['no mapping', '/v1/pos/day-files?storeId=high-street&fileName=x', 'text/csv', 400, /mappingId: is missing/],
    ['a mapping that is not there', path().replace('tills', 'other'), 'text/csv', 404, /There is no mapping other/],
    ['a store that is not there', path().replace('high-street', 'nowhere'), 'text/csv', 403, /outside your scope/],
    ['a parameter too many', path('&x=1'), 'text/csv', 400, /x: is not known/],
    ['CSV as POSLog', '/v1/pos/poslog?storeId=high-street', 'text/csv', 400, /must be application\/xml/],
    ['a DOCTYPE', '/v1/pos/poslog?storeId=high-street', 'application/xml', 400, /DOCTYPE/],
  ])('%s is refused', async (_what, url, type, status, detail) => {
    const answer = await post(url, '<!DOCTYPE x [<!ENTITY a "b">]><POSLog/>', type);
    expect(answer.status).toBe(status);
    expect(answer.body['detail']).toMatch(detail);
  });

  it('an upload that is broken off leaves a failed import with what went in', async () => {
    await new Promise<void>((resolve) => {
      const upload = httpRequest(new URL(path(), baseUrl), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${database.keys.device}`,
          'content-type': 'text/csv',
          'content-length': 100_000,
        },
      });
      upload.on('error', () => resolve());
      upload.write(`${csv(row('H2', 1), row('H2', 2))}\n`, () =>
        setTimeout(() => upload.destroy(new Error('gone')), 100),
      );
    });
    await expect
      .poll(async () => (await listImports(as('admin'), { limit: 1 })).items[0], { timeout: 5_000 })
      .toMatchObject({ state: 'failed', accepted: 2, bytesTotal: 100_000, reason: expect.stringMatching(/cut off/) });
  });

  it('pages through imports and quarantine without gaps or doubles', async () => {
    const { body } = await post(path(), csv(...Array.from({ length: 7 }, (_, index) => `bad ${index}`)), 'text/csv');
    const walk = async (first: string): Promise<unknown[]> => {
      const ids: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { body: { items: { id: unknown }[]; nextCursor: string | null } } = await get(
          database.keys.admin,
          `${first}&limit=3${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        ids.push(...page.body.items.map(({ id }) => id));
        cursor = page.body.nextCursor;
      }
      return ids;
    };
    const quarantined = await walk(`/v1/pos/quarantine?importId=${String(body['id'])}`);
    expect(new Set(quarantined).size).toBe(7);
    const { rows } = await database.admin.query(
      "select id from pos_imports where tenant_id = 'demo' order by started_at desc, id desc",
    );
    expect(await walk('/v1/pos/imports?storeId=high-street')).toEqual(rows.map(({ id }) => id));
    const broken = await get<Record<string, unknown>>(database.keys.admin, '/v1/pos/imports?cursor=x');
    expect(broken).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/cursor/) } });
  });
});

describe('who may see what', () => {
  it('another store or tenant sees neither file nor line, and brings none in', async () => {
    const south = await plantKey(database, { role: 'soc_lead', storeIds: ['south'] });
    const southDevice = await plantKey(database, { role: 'device', storeIds: ['south'] });
    const { body } = await post(
      '/v1/pos/day-files?storeId=high-street&mappingId=tills&fileName=x',
      csv('bad'),
      'text/csv',
    );
    for (const key of [south, rivalKeys['admin']!]) {
      expect((await get(key, '/v1/pos/imports')).body.items).toEqual([]);
      expect((await get(key, '/v1/pos/quarantine')).body.items).toEqual([]);
      expect((await get(key, `/v1/pos/imports/${String(body['id'])}`)).status).toBe(404);
    }
    expect((await get(rivalKeys['admin']!, '/v1/pos/mappings')).body.items).toEqual([]);
    const refused = await post(
      '/v1/pos/day-files?storeId=high-street&mappingId=tills&fileName=x',
      csv(row('S1', 1)),
      'text/csv',
      southDevice,
    );
    expect(refused.status).toBe(403);
    expect(await linesOf('S1')).toEqual([]);
  });

  it('shows the text of a line to few, and writes down each look', async () => {
    const result = await importDayFile(as('device'), tools, file(csv('bad;1001')));
    const looks = async () =>
      (await database.admin.query("select 1 from audit where action = 'pos.quarantine_viewed'")).rowCount ?? 0;
    const before = await looks();
    const shown = await listQuarantine(as('soc_lead'), { importId: result.id, limit: 10 });
    expect(shown.items).toMatchObject([{ lineNumber: 2, raw: null }]);
    expect(await looks()).toBe(before);
    expect((await listQuarantine(as('admin'), { importId: result.id, limit: 10 })).items).toMatchObject([
      { raw: 'bad;1001' },
    ]);
    expect(await looks()).toBe(before + 1);
  });

  it('wipes the text when till lines are old, and keeps the reason', async () => {
    const result = await importDayFile(as('device'), tools, file(csv('bad;1001')));
    expect(await wipeQuarantine(as('system'))).toBe(0);
    expect(await wipeQuarantine(as('system', {}, () => agoIso(-36 * 86_400_000)))).toBeGreaterThan(0);
    expect(await quarantineOf(result.id)).toMatchObject([{ raw: null, message: expect.stringMatching(/cells/) }]);
  });
});

describe('a mapping', () => {
  const put = async (mapping: unknown, actor: Partial<Actor> = {}) =>
    putMapping(as('admin', actor), { mappingId: 'm', mapping });

  it('that changes nothing leaves no trace in the audit log', async () => {
    const first = await put(csvMapping);
    expect(await put(csvMapping)).toEqual(first);
  });

  it.each([
    ['an unknown field', { csv: { ...csvMapping.csv, columns: { ...csvMapping.csv.columns, colour: 'x' } } }, /colour/],
    [
      'no line',
      { csv: { columns: { terminalId: 'a', transactionId: 'b', type: 'c', occurredAt: 'd' } } },
      /needs line/,
    ],
    [
      'no time',
      { csv: { columns: { terminalId: 'a', transactionId: 'b', type: 'c', line: 'd' } } },
      /needs occurredAt, or both/,
    ],
    [
      'a pattern without a day',
      { csv: { ...csvMapping.csv, timePattern: 'HH:mm' } },
      /needs yyyy \(or yy\), MM and dd/,
    ],
    ['a type that is none', { csv: { ...csvMapping.csv, types: { A: 'sale' } } }, /csv\.types\.A/],
    ['a store that is no id', { stores: { '48': 'High Street' } }, /must be an id of ours/],
    ['an unknown part', { colour: 1 }, /colour/],
  ])('with %s is refused by name', async (_what, mapping, message) => {
    await expect(put(mapping)).rejects.toMatchObject({ code: 'VALIDATION', message: expect.stringMatching(message) });
  });

  it('is declared by an administrator of the whole company only', async () => {
    await expect(put(csvMapping, { storeIds: ['south'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      (async () => putMapping(as('device'), { mappingId: 'm', mapping: csvMapping }))(),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

it('nothing of all this was an unknown error', () => {
  expect(errors).toEqual([]);
});
