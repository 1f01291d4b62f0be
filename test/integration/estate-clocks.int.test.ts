import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Estate, plantEstate } from '../../stack/estate.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';

let database: TestDatabase;
const known = (estate: Estate): Estate => ({
  ...estate,
  stores: estate.stores.map((store) => ({
    ...store,
    clockOffsets: [{ cameraId: 'sco-3-cam', terminalId: 'sco-3', offsetMs: 250, errorMs: 150 }],
  })),
});

beforeAll(async () => {
  database = await createTestDatabase(inject('engines').databaseAdminUrl, { change: known });
});
afterAll(() => database?.drop());

it('plants offsets that are known from the start; a later start keeps what was measured since, and makes it current', async () => {
  const offsets = async () => {
    const { rows } = await database.admin.query<{ offset_ms: number; planted: boolean; current: boolean }>(
      `select offset_ms, from_at < now() - interval '59 minutes' as planted, measured_to_at > now() - interval '1 minute' as current
       from clock_offsets order by from_at`,
    );
    return rows;
  };
  expect(await offsets()).toEqual([{ offset_ms: 250, planted: true, current: true }]);
  await database.admin.query("update clock_offsets set offset_ms = 400, measured_to_at = now() - interval '3 days'");
  await plantEstate(database.adminUrl, database.estate);
  expect(await offsets()).toEqual([{ offset_ms: 400, planted: true, current: true }]);
});
