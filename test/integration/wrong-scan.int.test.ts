import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { addMs } from '../../domain/time.ts';
import type { Detection, PosEvent } from '../../domain/types.ts';
import { ingestDetection } from '../../services/detection/ingest.ts';
import { makeFirstContact, recheckTill } from '../../services/incident/first-contact.ts';
import { ingestPosEvents } from '../../services/pos/ingest.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, agoIso, contextOf, detection } from './support.ts';

const links = { publicUrl: 'https://shops.example.com', linkSecret: 'a secret of the tests only' };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(inject('engines').databaseAdminUrl);
});
afterAll(() => database?.drop());

const device = () => contextOf(database, actorOf('device'));
const system = () => contextOf(database, actorOf('system', { id: 'system:test' }));

let moments = 0;
/** Each lies a minute after the one before, so that no line is near two of them. */
const freshAt = (): string => {
  moments += 1;
  return agoIso(40 * 60_000 - moments * 60_000);
};
const ring = (atIso: string, plu: string): PosEvent => ({
  ...{ storeId: 'high-street', terminalId: 'sco-3', transactionId: `T-${atIso}-${plu}`.replaceAll(/[:.]/g, '-') },
  ...{ line: 1, type: 'scan', occurredAt: atIso, plu },
});

/** A line that came in at once, as it does in a shop. */
async function rings(at: string, plu: string): Promise<void> {
  await ingestPosEvents(device(), [ring(at, plu)]);
  await database.admin.query("update pos_events set received_at = occurred_at + interval '300 ms'");
  await database.admin.query('update terminals set feed_seen_at = now(), feed_lag_ms = 0');
}

/** The till lives, rings and is asked. */
async function ask(
  detectedAt: string,
  change: Partial<Detection>,
  rung: readonly [ms: number, plu: string][],
): Promise<{ incidentId: string; verdict: string; codes: string[] }> {
  for (const [ms, plu] of rung) await rings(addMs(detectedAt, ms), plu);
  await database.admin.query('update terminals set feed_seen_at = now(), feed_lag_ms = 0');
  const { incidentId } = await ingestDetection(device(), detection({ detectedAt, ...change }));
  await makeFirstContact(system(), links, incidentId);
  return { incidentId, ...(await explained(incidentId)) };
}

async function explained(incidentId: string): Promise<{ verdict: string; codes: string[] }> {
  const { rows } = await database.admin.query<{ pos: { verdict: string; reasons: { code: string }[] } }>(
    'select pos_explanation as pos from incidents where id = $1',
    [incidentId],
  );
  const { verdict, reasons } = rows[0]!.pos;
  return { verdict, codes: reasons.map(({ code }) => code) };
}

describe('a detection that is about a line', () => {
  const wrong: Partial<Detection> = { eventType: 'wrong_scan', expectedPlus: ['4012'], rungPlu: '4011' };

  it.each<[string, Partial<Detection>, [number, string][], string, string]>([
    ['a wrong scan and its cheap line', wrong, [[400, '4011']], 'MISMATCH', 'NO_LINE_OF_EXPECTED_ARTICLE'],
    [
      'a wrong scan that was put right',
      wrong,
      [
        [400, '4011'],
        [1_500, '4012'],
      ],
      'MATCH',
      'RECEIPT_LINE_FOUND',
    ],
    [
      'a wrong scan that says not what it should be',
      { eventType: 'wrong_scan' },
      [[400, '4011']],
      'UNKNOWN',
      'EXPECTED_ARTICLE_UNKNOWN',
    ],
    [
      'a line without an item',
      { eventType: 'fake_scan', rungPlu: '4011' },
      [[0, '4011']],
      'UNKNOWN',
      'LINE_WITHOUT_ITEM',
    ],
    ['a covered view', { eventType: 'occlusion' }, [], 'UNKNOWN', 'VIEW_COVERED'],
    ['an item that was rung as anything', {}, [[400, '4011']], 'MATCH', 'RECEIPT_LINE_FOUND'],
  ])('%s', async (_name, change, rung, verdict, code) => {
    expect(await ask(freshAt(), change, rung)).toMatchObject({ verdict, codes: [code] });
  });

  it('is settled by a line of its article that comes late, and by no other', async () => {
    const at = freshAt();
    const { incidentId } = await ask(at, wrong, [[400, '4011']]);
    await rings(addMs(at, 900), '4017');
    await recheckTill(system(), incidentId);
    expect(await explained(incidentId)).toMatchObject({ verdict: 'MISMATCH' });
    await rings(addMs(at, 1_200), '4012');
    await recheckTill(system(), incidentId);
    expect(await explained(incidentId)).toMatchObject({ verdict: 'MATCH' });
  });

  it('claims no line of an item when it is about none', async () => {
    const at = freshAt();
    await ask(addMs(at, 300), { eventType: 'occlusion' }, []);
    await ask(addMs(at, 350), { eventType: 'fake_scan', rungPlu: '4017' }, []);
    expect(await ask(at, {}, [[350, '4017']])).toMatchObject({ verdict: 'MATCH' });
  });
});
