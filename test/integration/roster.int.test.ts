import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Actor } from '../../domain/types.ts';
import type { ServiceContext } from '../../services/context.ts';
import { putHoliday } from '../../services/roster/holidays.ts';
import { type ImportInput, importShifts } from '../../services/roster/import.ts';
import { createPerson, deactivatePerson, listPeople, updatePerson } from '../../services/roster/people.ts';
import { createShift, deleteShift, listGaps, listShifts, updateShift } from '../../services/roster/shifts.ts';
import { createTestDatabase, type TestDatabase } from '../harness/database.ts';
import { actorOf, contextOf, openIncident, plantKey, type ServedApi, serveApi, withSouthStore } from './support.ts';

const engines = inject('engines');
const monday = '2026-11-23T12:00:00.000Z';
let database: TestDatabase;
let api: ServedApi;
let southManagerKey: string;

beforeAll(async () => {
  database = await createTestDatabase(engines.databaseAdminUrl, { change: withSouthStore });
  api = await serveApi(engines, database);
  southManagerKey = await plantKey(database, { role: 'store_manager', storeIds: ['south'] });
  const run = (sql: string) => database.admin.query(sql);
  await run("update people set home_store_id = 'high-street' where tenant_id = 'demo'");
  await run("insert into regions (tenant_id, id, name) values ('demo', 'coast', 'Coast')");
  await run("update stores set region_id = 'coast' where tenant_id = 'demo' and id = 'south'");
  await run(
    "insert into people (tenant_id, id, display_name, role, phone_e164, home_store_id) values ('demo', 'sid', 'Sid', 'store_staff', '+447700900150', 'south'), ('demo', 'ona', 'Ona', 'soc_operator', '+447700900151', null), ('demo', 'rey', 'Rey', 'regional', '+447700900152', null)",
  );
});
beforeEach(async () => {
  await database.admin.query("delete from shifts where tenant_id = 'demo'");
  await database.admin.query("delete from holidays where tenant_id = 'demo'");
});
afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const as = (role: Actor['role'], storeIds: string[] | null = null, at = monday): ServiceContext =>
  contextOf(database, actorOf(role, { storeIds }), () => at);
const lead = (at = monday) => as('soc_lead', null, at);
const manager = (at = monday) => as('store_manager', ['high-street'], at);
const southManager = () => as('store_manager', ['south']);

const rows = async (where = 'true') => {
  const { rows: found } = await database.admin.query<{ line: string }>(
    `select person_id || ' ' || coalesce(store_id, region_id, '*') || ' ' || to_char(starts_at at time zone 'UTC', 'DD HH24:MI') || ' ' || to_char(ends_at at time zone 'UTC', 'DD HH24:MI') || ' ' || source as line
     from shifts where tenant_id = 'demo' and ${where} order by starts_at, person_id`,
  );
  return found.map(({ line }) => line);
};
/** The verbs refuse at once, before there is a promise. */
const codeOf = async (run: () => Promise<unknown>): Promise<unknown> => {
  try {
    await run();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const everyRow = async () => {
  const { rows: found } = await database.admin.query("select * from shifts where tenant_id = 'demo' order by id");
  return found;
};
const audit = async () => {
  const { rows: found } = await database.admin.query<{ action: string; subject: string; details: object }>(
    "select action, subject, details from audit where tenant_id = 'demo' order by seq desc limit 1",
  );
  return found[0]!;
};
const csv = (...lines: string[]): ImportInput => ({
  ...{ format: 'csv' as const, source: 'rota', storeId: 'high-street' },
  content: ['person,starts,ends', ...lines].join('\n'),
});
const counts = async (ctx: ServiceContext, input: ImportInput) => {
  const { added, changed, removed, unchanged, keptByHand, past } = await importShifts(ctx, input);
  return [added, changed, removed, unchanged, keptByHand, past];
};

describe('an import', () => {
  const file = csv(
    'sam,2026-11-20 06:00,2026-11-20 14:00',
    'sam,2026-11-23 06:00,2026-11-23 14:00',
    'alex,2026-11-24 06:00,2026-11-24 14:00',
    'sam,2026-11-25 06:00,2026-11-25 14:00',
  );

  it('adds what is running and to come, and is in the audit log without a name', async () => {
    expect(await counts(manager(), file)).toEqual([3, 0, 0, 0, 0, 1]);
    expect(await rows()).toEqual([
      'sam high-street 23 06:00 23 14:00 rota',
      'alex high-street 24 06:00 24 14:00 rota',
      'sam high-street 25 06:00 25 14:00 rota',
    ]);
    const entry = await audit();
    expect(entry).toMatchObject({ action: 'roster.imported', subject: 'roster:rota', details: { added: 3, past: 1 } });
    expect(JSON.stringify(entry)).not.toContain('sam');
  });

  it('of the same file again changes nothing, not even the audit log', async () => {
    await importShifts(manager(), file);
    const [before, entry] = [await everyRow(), await audit()];
    expect(await counts(manager(), file)).toEqual([0, 0, 0, 3, 0, 1]);
    expect(await counts(lead('2026-11-24T12:00:00.000Z'), file)).toEqual([0, 0, 0, 2, 0, 2]);
    expect(await everyRow()).toEqual(before);
    expect(await audit()).toEqual(entry);
  });

  it('of a newer file replaces what is to come, ends what runs, and leaves the past', async () => {
    await importShifts(manager('2026-11-20T07:00:00.000Z'), file);
    const newer = csv('sam,2026-11-25 06:00,2026-11-25 16:00', 'alex,2026-11-26 06:00,2026-11-26 14:00');
    expect(await counts(manager(), newer)).toEqual([1, 1, 2, 0, 0, 0]);
    expect(await rows()).toEqual([
      'sam high-street 20 06:00 20 14:00 rota',
      'sam high-street 23 06:00 23 12:00 rota',
      'sam high-street 25 06:00 25 16:00 rota',
      'alex high-street 26 06:00 26 14:00 rota',
    ]);
    expect(await counts(manager(), newer)).toEqual([0, 0, 0, 2, 0, 0]);
  });

  it('touches no other source, no other store, and nothing made by hand', async () => {
    await createShift(manager(), {
      storeId: 'high-street',
      personId: 'sam',
      startsAt: '2026-11-27T06:00:00Z',
      endsAt: '2026-11-27T14:00:00Z',
    });
    await importShifts(manager(), { ...file, source: 'other' });
    await importShifts(southManager(), { ...csv('sid,2026-11-24 06:00,2026-11-24 14:00'), storeId: 'south' });
    const before = await everyRow();
    await importShifts(manager(), file);
    await importShifts(manager(), csv());
    expect(
      (await everyRow()).filter(({ source, store_id }) => source !== 'rota' || store_id !== 'high-street'),
    ).toEqual(before);
    expect(await rows("source = 'rota' and store_id = 'high-street'")).toEqual([
      'sam high-street 23 06:00 23 12:00 rota',
    ]);
  });

  it('leaves what was changed by hand as it was made', async () => {
    await importShifts(manager(), file);
    const { items } = await listShifts(manager(), {
      fromAt: '2026-11-25T00:00:00Z',
      toAt: '2026-11-26T00:00:00Z',
      limit: 10,
    });
    await updateShift(manager(), { shiftId: items[0]!.id, personId: 'alex' });
    expect(await counts(manager(), file)).toEqual([0, 0, 0, 2, 1, 1]);
    await importShifts(manager(), csv());
    expect(await rows('starts_at > now() or true')).toContain('alex high-street 25 06:00 25 14:00 manual');
  });

  it('is all or nothing, and a dry run is nothing', async () => {
    const broken = csv('sam,2026-11-24 06:00,2026-11-24 14:00', 'Bob,2026-11-24 06:00,25:00');
    await expect(importShifts(manager(), broken)).rejects.toMatchObject({
      code: 'VALIDATION',
      fields: [
        { field: 'line 3, person', message: expect.stringContaining('“Bob” is not') },
        { field: 'line 3, ends', message: expect.stringContaining('“25:00” is not') },
      ],
    });
    expect(await rows()).toEqual([]);
    const dry = await importShifts(manager(), { ...broken, dryRun: true });
    expect(dry).toMatchObject({
      dryRun: true,
      added: 1,
      errors: [
        { line: 3, column: 'person' },
        { line: 3, column: 'ends' },
      ],
    });
    expect(await counts(manager(), { ...file, dryRun: true })).toEqual([3, 0, 0, 0, 0, 1]);
    expect(await rows()).toEqual([]);
  });

  it('twice at the same time is as once', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => importShifts(manager(), file)));
    expect(results.map(({ added }) => added).sort()).toEqual([0, 0, 0, 0, 0, 3]);
    expect(await rows()).toHaveLength(3);
  });

  it('of five thousand shifts takes a moment, and the next one hardly any', async () => {
    const lines = Array.from(
      { length: 41 },
      (_, index) => `sam,mon-sun,${String(index % 24).padStart(2, '0')}:${index < 24 ? '00' : '30'},23:59,2026-11-23,,`,
    );
    const input: ImportInput = {
      ...csv(),
      content: ['person,weekday,from,to,valid_from,valid_to,works_holidays', ...lines].join('\n'),
    };
    const before = performance.now();
    const { added } = await importShifts(manager(), input);
    expect(added).toBeGreaterThan(4_900);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect((await importShifts(manager(), input)).unchanged).toBe(added);
  });
});

describe('the examples of docs/roster.md', () => {
  const document = readFileSync(new URL('../../docs/roster.md', import.meta.url), 'utf8');
  const examples = [...document.matchAll(/```(csv|ics)\n([\s\S]*?)```/g)].map(([, kind, content]) => ({
    kind: kind!,
    content: content!,
  }));

  it('are three files', () => expect(examples.map(({ kind }) => kind)).toEqual(['csv', 'csv', 'ics']));

  it.each([
    [0, ['sam high-street 01 06:00 01 14:00 example', 'alex high-street 01 14:00 01 22:00 example'], 2],
    [1, ['sam high-street 23 06:00 23 14:00 example', 'sam high-street 24 06:00 24 14:00 example'], 97],
    [2, ['sam high-street 01 22:00 02 06:00 example', 'sam high-street 02 22:00 03 06:00 example'], 10],
  ])('%d is imported as it stands', async (index, first, total) => {
    const { kind, content } = examples[index]!;
    const format = kind === 'csv' ? 'csv' : 'ical';
    const input: ImportInput = {
      format,
      source: 'example',
      content,
      ...(format === 'ical' ? { storeId: 'high-street' } : {}),
    };
    const { added, errors } = await importShifts(manager(), input);
    expect(errors).toEqual([]);
    expect(added).toBe(total);
    expect((await rows()).slice(0, 2)).toEqual(first);
    expect(await counts(manager(), input)).toEqual([0, 0, 0, total, 0, 0]);
  });

  it('show a request that adds a person', async () => {
    const body = /\/v1\/people" .*-d '(\{.*\})'/.exec(document)![1]!;
    const { status, body: person } = await api.call(database.keys.store_manager, 'POST', '/v1/people', body);
    expect({ status, person }).toMatchObject({
      status: 201,
      person: { id: 'jo', phone: '+447700900133', quietFrom: '07:00' },
    });
  });
});

describe('holidays', () => {
  const weekly: ImportInput = {
    ...csv(),
    content:
      'person,weekday,from,to,valid_from,valid_to,works_holidays\nsam,thu fri,22:00,06:00,2026-12-21,2026-12-31,\nalex,fri,08:00,16:00,2026-12-21,2026-12-31,yes',
  };

  it('take out recurring shifts that start on them, before and after the import', async () => {
    await importShifts(manager(), weekly);
    await createShift(manager(), {
      storeId: 'high-street',
      personId: 'sam',
      startsAt: '2026-12-25T09:00:00Z',
      endsAt: '2026-12-25T10:00:00Z',
    });
    expect(await codeOf(() => putHoliday(manager(), { storeId: 'south', date: '2026-12-24', name: 'X' }))).toBe(
      'FORBIDDEN',
    );
    expect(await putHoliday(lead(), { date: '2026-12-25', name: 'Christmas' })).toMatchObject({ shiftsRemoved: 1 });
    const expected = [
      'sam high-street 24 22:00 25 06:00 rota',
      'alex high-street 25 08:00 25 16:00 rota',
      'sam high-street 25 09:00 25 10:00 manual',
      'sam high-street 31 22:00 01 06:00 rota',
    ];
    expect(await rows()).toEqual(expected);
    expect(await counts(manager(), weekly)).toEqual([0, 0, 0, 3, 0, 0]);
    await api.call(database.keys.admin, 'DELETE', '/v1/holidays?date=2026-12-25');
    expect(await counts(manager(), weekly)).toEqual([1, 0, 0, 3, 0, 0]);
  });

  it('of one store are no business of another', async () => {
    await putHoliday(southManager(), { storeId: 'south', date: '2026-12-24', name: 'Fair' });
    await importShifts(manager(), weekly);
    expect(await rows()).toContain('sam high-street 24 22:00 25 06:00 rota');
    const seen = await api.call<{ items: { name: string }[] }>(database.keys.store_staff, 'GET', '/v1/holidays');
    expect(seen.body.items).toEqual([]);
  });
});

describe('who is on shift', () => {
  const find = async (storeId: string, role: string, ctx = lead()) => {
    const range = { fromAt: monday, toAt: '2026-11-23T12:00:00.001Z', limit: 50 };
    const { items } = await listShifts(ctx, { storeId, ...range });
    return items
      .filter((shift) => shift.role === role)
      .map(({ personId }) => personId)
      .sort();
  };
  const span = { startsAt: '2026-11-23T06:00:00Z', endsAt: '2026-11-23T18:00:00Z' };

  it('is the people of the store, of its region and of the company', async () => {
    await createShift(lead(), { personId: 'ona', ...span });
    await createShift(lead(), { regionId: 'coast', personId: 'rey', ...span });
    await createShift(lead(), { storeId: 'high-street', personId: 'sam', ...span });
    await createShift(lead(), { personId: 'sid', ...span });
    expect(await find('high-street', 'store_staff')).toEqual(['sam', 'sid']);
    expect(await find('south', 'store_staff')).toEqual(['sid']);
    expect(await find('high-street', 'regional')).toEqual([]);
    expect(await find('south', 'regional')).toEqual(['rey']);
    expect(await find('south', 'soc_operator', southManager())).toEqual(['ona']);
    expect(await codeOf(() => find('high-street', 'store_staff', southManager()))).toBe('FORBIDDEN');
  });

  it('says when nobody is', async () => {
    await createShift(lead(), { storeId: 'high-street', personId: 'sam', ...span });
    const range = { storeId: 'high-street', fromAt: '2026-11-23T00:00:00Z', toAt: '2026-11-24T00:00:00Z' };
    expect(await listGaps(manager(), { ...range, roles: ['store_staff'] })).toEqual([
      { role: 'store_staff', fromAt: '2026-11-23T00:00:00.000Z', toAt: '2026-11-23T06:00:00.000Z' },
      { role: 'store_staff', fromAt: '2026-11-23T18:00:00.000Z', toAt: '2026-11-24T00:00:00.000Z' },
    ]);
    const path = '/v1/shifts/gaps?storeId=high-street&from=2026-11-23T00:00:00Z&to=2026-11-24T00:00:00Z';
    const { body } = await api.call<{ items: { role: string }[] }>(database.keys.store_staff, 'GET', path);
    expect(body.items.map(({ role }) => role)).toEqual(['store_staff', 'store_staff', 'store_manager']);
    const narrowed = await api.call<{ items: unknown[] }>(
      database.keys.store_staff,
      'GET',
      `${path}&role=store_manager,regional`,
    );
    expect(narrowed.body.items).toHaveLength(2);
  });
});

describe('the past', () => {
  const make = (startsAt: string, endsAt: string, at = '2026-11-20T00:00:00.000Z') =>
    createShift(lead(at), { storeId: 'high-street', personId: 'sam', startsAt, endsAt });

  it('of the roster is not rewritten', async () => {
    const over = await make('2026-11-22T06:00:00Z', '2026-11-22T14:00:00Z');
    const running = await make('2026-11-23T06:00:00Z', '2026-11-23T14:00:00Z');
    const coming = await make('2026-11-24T06:00:00Z', '2026-11-24T14:00:00Z');
    const change = (shiftId: string, to: object) =>
      updateShift(manager(), { shiftId, ...to }).catch((error) => error.code);
    expect(await change(over.id, { endsAt: '2026-11-30T14:00:00Z' })).toBe('CONFLICT');
    expect(await change(running.id, { personId: 'alex' })).toBe('CONFLICT');
    expect(await change(running.id, { startsAt: '2026-11-23T13:00:00Z' })).toBe('CONFLICT');
    expect(await change(running.id, { endsAt: '2026-11-23T11:00:00Z' })).toBe('VALIDATION');
    expect(await change(running.id, { endsAt: '2026-11-23T13:00:00Z' })).toMatchObject({
      endsAt: '2026-11-23T13:00:00.000Z',
    });
    expect(await change(coming.id, { startsAt: '2026-11-23T11:00:00Z' })).toBe('VALIDATION');
    expect(await change(coming.id, { personId: 'alex' })).toMatchObject({
      personId: 'alex',
      displayName: 'Alex (manager)',
    });
    for (const { id } of [over, running])
      await expect(deleteShift(manager(), { shiftId: id })).rejects.toMatchObject({ code: 'CONFLICT' });
    await deleteShift(manager(), { shiftId: coming.id });
    await expect(make('2026-11-22T06:00:00Z', '2026-11-22T14:00:00Z', monday)).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    expect(await rows()).toHaveLength(2);
  });

  it.each([
    ['the end first', '2026-11-24T14:00:00Z', '2026-11-24T06:00:00Z', 'endsAt'],
    ['a year', '2026-11-24T06:00:00Z', '2027-11-24T06:00:00Z', 'endsAt'],
    ['another century', '2126-11-24T06:00:00Z', '2126-11-24T08:00:00Z', 'startsAt'],
  ])('and no shift has %s', async (_name, startsAt, endsAt, field) => {
    await expect((async () => make(startsAt, endsAt))()).rejects.toMatchObject({
      code: 'VALIDATION',
      fields: [{ field }],
    });
  });
});

describe('a manager of another store', () => {
  const span = { startsAt: '2026-11-24T06:00:00Z', endsAt: '2026-11-24T14:00:00Z' };

  it('sees and changes nothing of this one', async () => {
    const shift = await createShift(manager(), { storeId: 'high-street', personId: 'sam', ...span });
    await createShift(lead(), { personId: 'ona', ...span });
    const before = await everyRow();
    const ctx = southManager();
    expect(await codeOf(() => createShift(ctx, { storeId: 'high-street', personId: 'sid', ...span }))).toBe(
      'FORBIDDEN',
    );
    expect(await codeOf(() => createShift(ctx, { personId: 'sid', ...span }))).toBe('FORBIDDEN');
    expect(await codeOf(() => createShift(ctx, { regionId: 'coast', personId: 'sid', ...span }))).toBe('FORBIDDEN');
    expect(await codeOf(() => createShift(ctx, { storeId: 'south', personId: 'sam', ...span }))).toBe('VALIDATION');
    expect(await codeOf(() => updateShift(ctx, { shiftId: shift.id, endsAt: '2026-11-24T07:00:00Z' }))).toBe(
      'NOT_FOUND',
    );
    expect(await codeOf(() => deleteShift(ctx, { shiftId: shift.id }))).toBe('NOT_FOUND');
    const [company] = (await listShifts(ctx, { fromAt: monday, toAt: '2026-11-30T00:00:00Z', limit: 10 })).items;
    expect(company).toMatchObject({ personId: 'ona', storeId: null });
    expect(await codeOf(() => deleteShift(ctx, { shiftId: company!.id }))).toBe('FORBIDDEN');
    expect(await codeOf(() => importShifts(ctx, csv('sid,2026-11-24 06:00,2026-11-24 14:00')))).toBe('FORBIDDEN');
    const smuggled = {
      ...csv(),
      storeId: undefined,
      content: 'store,person,starts,ends\nhigh-street,sid,2026-11-24 06:00,2026-11-24 14:00',
    };
    expect(await codeOf(() => importShifts(ctx, smuggled as unknown as ImportInput))).toBe('VALIDATION');
    expect(await codeOf(() => updatePerson(ctx, { personId: 'sam', displayName: 'X' }))).toBe('NOT_FOUND');
    expect(await codeOf(() => deactivatePerson(ctx, { personId: 'sam' }))).toBe('NOT_FOUND');
    expect(await codeOf(() => updatePerson(ctx, { personId: 'sid', homeStoreId: 'high-street' }))).toBe('FORBIDDEN');
    expect(
      await codeOf(() => createPerson(ctx, { displayName: 'X', role: 'store_staff', homeStoreId: 'high-street' })),
    ).toBe('FORBIDDEN');
    expect(await everyRow()).toEqual(before);
  });

  it('cannot do so in the database either', async () => {
    const shift = await createShift(lead(), { personId: 'ona', ...span });
    const run = (sql: string) =>
      database.db.transaction({ tenantId: 'demo', storeIds: ['south'] }, 'write', (tx) => tx.query(sql));
    expect(await run(`delete from shifts where id = '${shift.id}' returning id`)).toEqual([]);
    expect(await run("update people set display_name = 'X' where id in ('sam', 'ona') returning id")).toEqual([]);
    await expect(run("update people set home_store_id = 'high-street' where id = 'sid'")).rejects.toMatchObject({
      code: '42501',
    });
    await expect(
      run("insert into people (tenant_id, id, display_name, role) values ('demo', 'new', 'X', 'soc_lead')"),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('gives nobody a role above their own', async () => {
    const ctx = southManager();
    for (const role of ['regional', 'soc_operator', 'soc_lead'] as const) {
      expect(await codeOf(() => createPerson(ctx, { displayName: 'X', role, homeStoreId: 'south' }))).toBe('FORBIDDEN');
      expect(await codeOf(() => updatePerson(ctx, { personId: 'sid', role }))).toBe('FORBIDDEN');
    }
    const asAdmin = await api.call(database.keys.admin, 'POST', '/v1/people', { displayName: 'X', role: 'admin' });
    expect(asAdmin.status).toBe(400);
  });
});

describe('people', () => {
  const phoneOf = async (key: string, id: string) => {
    const { body } = await api.call<{ items: { id: string; phone: string; maintained: boolean }[] }>(
      key,
      'GET',
      '/v1/people',
    );
    const person = body.items.find((each) => each.id === id);
    return person && [person.phone, person.maintained];
  };

  it('have their numbers shown only to those who maintain them', async () => {
    const { keys } = database;
    for (const key of [keys.store_manager, keys.regional, keys.soc_lead, keys.admin])
      expect(await phoneOf(key, 'sam')).toEqual(['+447700900101', true]);
    for (const key of [keys.store_staff, keys.soc_operator, keys.compliance])
      expect(await phoneOf(key, 'sam')).toEqual(['+44 •••• 101', false]);
    expect(await phoneOf(keys.regional, 'ona')).toEqual(['+44 •••• 151', false]);
    expect(await phoneOf(southManagerKey, 'sam')).toBeUndefined();
    const now = Date.now();
    await createShift(as('soc_lead', null, new Date(now).toISOString()), {
      ...{ personId: 'ona', startsAt: new Date(now).toISOString(), endsAt: new Date(now + 3_600_000).toISOString() },
    });
    expect(await phoneOf(southManagerKey, 'ona')).toEqual(['+44 •••• 151', false]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a national number', { phone: '07700 900199' }, 'phone'],
    ['a number that is too short', { phone: '+44 7700' }, 'phone'],
    ['words for a number', { phone: 'none' }, 'phone'],
    ['half of the quiet hours', { quietFrom: '22:00' }, 'quietTo'],
    ['no quiet at all', { quietFrom: '22:00', quietTo: '22:00' }, 'quietTo'],
    ['a channel twice', { channels: ['sms', 'sms'] }, 'channels'],
    ['a bad address', { email: 'sam@' }, 'email'],
    ['a name of spaces', { displayName: '   ' }, 'displayName'],
    ['an hour that is none', { quietFrom: '24:30', quietTo: '06:00' }, 'quietFrom'],
    ['an unknown language', { locale: 'xx' }, 'locale'],
  ])('with %s are refused, by name of the field', async (_name, change, field) => {
    const { status, body } = await api.call<{ errors: { field: string }[] }>(
      database.keys.store_manager,
      'PATCH',
      '/v1/people/sam',
      change,
    );
    expect(status).toBe(400);
    expect(body.errors.map((each) => each.field.replace(/^body\./, ''))).toContain(field);
  });

  it('are added, changed and taken off, with an audit row that tells no number', async () => {
    const { keys } = database;
    const made = await api.call<{ id: string }>(keys.store_manager, 'POST', '/v1/people', {
      ...{
        displayName: ' Pat ',
        role: 'store_staff',
        homeStoreId: 'high-street',
        phone: '+44 7700 900177',
        channels: ['voice', 'sms'],
      },
    });
    expect(made).toMatchObject({
      status: 201,
      body: { displayName: 'Pat', phone: '+447700900177', channels: ['voice', 'sms'], active: true },
    });
    const { id } = made.body;
    expect(id).toMatch(/^p-[0-9a-f]{10}$/);
    const again = await api.call<{ errors: object[] }>(keys.admin, 'POST', '/v1/people', {
      displayName: 'Q',
      role: 'regional',
      phone: '+447700900177',
    });
    expect(again).toMatchObject({ status: 409, body: { errors: [{ field: 'phone' }] } });
    const changed = await api.call(keys.store_manager, 'PATCH', `/v1/people/${id}`, {
      phone: '+447700900178',
      quietFrom: '22:00',
      quietTo: '06:00',
    });
    expect(changed.body).toMatchObject({ phone: '+447700900178', quietFrom: '22:00', quietTo: '06:00' });
    expect(await audit()).toEqual({
      action: 'person.updated',
      subject: `person:${id}`,
      details: { fields: ['phone_e164', 'quiet_from', 'quiet_to'] },
    });

    const incidentId = await openIncident(database);
    await database.admin.query(
      "insert into evidence_links (tenant_id, store_id, incident_id, token_sha256, person_id, expires_at) values ('demo', 'high-street', $1, 'x', $2, now() + interval '1 hour')",
      [incidentId, id],
    );
    const at = new Date().toISOString();
    const hour = (hours: number) => new Date(Date.parse(at) + hours * 3_600_000).toISOString();
    const ctx = as('store_manager', ['high-street'], at);
    await createShift(ctx, { storeId: 'high-street', personId: id, startsAt: hour(-1), endsAt: hour(1) });
    await createShift(ctx, { storeId: 'high-street', personId: id, startsAt: hour(5), endsAt: hour(6) });
    expect((await api.call(keys.store_manager, 'DELETE', `/v1/people/${id}`)).status).toBe(204);
    expect((await api.call(keys.store_manager, 'DELETE', `/v1/people/${id}`)).status).toBe(204);
    expect(await rows(`ends_at > now() and person_id = '${id}'`)).toEqual([]);
    expect(await rows(`person_id = '${id}'`)).toHaveLength(1);
    const { rows: links } = await database.admin.query(
      'select 1 from evidence_links where person_id = $1 and revoked_at is null',
      [id],
    );
    expect(links).toEqual([]);
    const all = await listPeople(as('admin'), { includeInactive: true });
    expect(all.find((each) => each.id === id)).toMatchObject({ phone: null, active: false, displayName: 'Pat' });
    expect((await listPeople(as('admin'))).find((each) => each.id === id)).toBeUndefined();
    expect((await api.call(keys.store_manager, 'PATCH', `/v1/people/${id}`, { displayName: 'P' })).status).toBe(409);
    const { rows: told } = await database.admin.query("select 1 from audit where details::text like '%7700900%'");
    expect(told).toEqual([]);
  });

  it('who get a new number have not said STOP with it', async () => {
    await database.admin.query("update people set sms_opted_out_at = now() where id = 'sid'");
    expect(await updatePerson(southManager(), { personId: 'sid', displayName: 'Sid S' })).toMatchObject({
      textsStopped: true,
    });
    expect(await updatePerson(southManager(), { personId: 'sid', phone: '+447700900160' })).toMatchObject({
      textsStopped: false,
    });
    expect((await listPeople(southManager())).find(({ id }) => id === 'sid')).toMatchObject({ textsStopped: false });
  });
});

describe('over HTTP', () => {
  it('null takes away, and means every store', async () => {
    const { admin } = database.keys;
    const filled = { phone: '+447700900190', email: 'rey@example.com', quietFrom: '22:00', quietTo: '06:00' };
    expect((await api.call(admin, 'PATCH', '/v1/people/rey', { ...filled, homeStoreId: 'south' })).body).toMatchObject(
      filled,
    );
    const nothing = { phone: null, email: null, quietFrom: null, quietTo: null, homeStoreId: null };
    expect(await api.call(admin, 'PATCH', '/v1/people/rey', nothing)).toMatchObject({ status: 200, body: nothing });
    const day = { storeId: null, date: '2026-12-25', name: 'Christmas' };
    expect(await api.call(admin, 'PUT', '/v1/holidays', day)).toMatchObject({ status: 200, body: day });
    const span = { startsAt: '2095-01-01T06:00:00Z', endsAt: '2095-01-01T14:00:00Z' };
    const everywhere = await api.call(admin, 'POST', '/v1/shifts', {
      storeId: null,
      regionId: null,
      personId: 'rey',
      ...span,
    });
    expect(everywhere).toMatchObject({ status: 201, body: { storeId: null, regionId: null, source: 'manual' } });
  });

  it('an import with errors is a problem that names the lines, and a hostile calendar does no harm', async () => {
    const send = (content: string, more: object = {}) =>
      api.call<{ code: string; errors: { field: string }[]; added: number }>(
        database.keys.store_manager,
        'POST',
        '/v1/shifts/import',
        {
          ...{ format: 'ical', source: 'calendar', storeId: 'high-street', content, ...more },
        },
      );
    const event = (rule: string) =>
      `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nSUMMARY:sam\nDTSTART:20300101T220000\nDURATION:PT8H\nRRULE:${rule}\nEND:VEVENT\nEND:VCALENDAR`;
    expect(await send(event('FREQ=SECONDLY'))).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', errors: [{ field: 'line 9, RRULE' }] },
    });
    expect(await send(event('FREQ=SECONDLY'), { dryRun: true })).toMatchObject({
      status: 200,
      body: { added: 0, errors: [{ line: 9, column: 'RRULE' }] },
    });
    expect(await send(event('FREQ=DAILY'))).toMatchObject({ status: 200, body: { added: 0 } });
    expect((await send('x'.repeat(500_001))).status).toBe(400);
    expect((await send('x', { source: 'manual' })).body.errors).toMatchObject([{ field: 'source' }]);
    expect((await send('x', { timeZone: 'Mars/Olympus' })).body.errors).toMatchObject([{ field: 'timeZone' }]);
    expect((await send('x', { regionId: 'coast' })).body.errors).toMatchObject([{ field: 'regionId' }]);
    expect(await rows()).toEqual([]);
  });

  it('shifts come in pages, and each once', async () => {
    const lines = Array.from(
      { length: 7 },
      (_, index) => `sam,2026-11-${24 + (index % 3)} ${10 + index}:00,2026-11-28 14:00`,
    );
    await importShifts(manager(), csv(...lines));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/v1/shifts?storeId=high-street&from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z&limit=3${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const { status, body }: { status: number; body: { items: { id: string }[]; nextCursor: string | null } } =
        await api.call(database.keys.store_staff, 'GET', path);
      expect({ status, body }).toMatchObject({ status: 200 });
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    const bad = await api.call(
      database.keys.store_staff,
      'GET',
      '/v1/shifts?from=2026-11-23T00:00:00Z&to=2027-11-30T00:00:00Z',
    );
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ field: 'to' }] } });
    const nonsense = await api.call(
      database.keys.store_staff,
      'GET',
      '/v1/shifts?from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z&cursor=x',
    );
    expect(nonsense).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } });
    expect((await api.call(database.keys.admin, 'GET', '/v1/holidays?from=2026-02-30')).status).toBe(400);
  });
});
