import type { components } from '../../schemas/generated/openapi.ts';
import type { TestSystem } from '../harness/system.ts';

type Schemas = components['schemas'];
type Line = Record<string, unknown>;

const storeId = 'high-street';
const daysBefore = 5;

const scan = (plu: string, description: string, amountMinor: number): Line => ({
  ...{ type: 'scan', plu, description, amountMinor, currency: 'GBP' },
});
const cash = (amountMinor: number): Line => ({ type: 'tender', tenderType: 'cash', amountMinor, currency: 'GBP' });
const milk = scan('5000119', 'Milk 1 l', 120);
const ham = scan('5000340', 'Ham, sliced', 400);
const wine = scan('5000777', 'Red wine', 900);
const steak = scan('5000901', 'Sirloin steak', 2_000);
const sale: Line[] = [milk, scan('5000221', 'Wholemeal bread', 200), ham, cash(720)];
const takenBack = (relatedLine: number, amountMinor: number): Line => ({
  ...{ type: 'line_void', relatedLine, amountMinor, reasonCode: '07' },
});

/** One transaction; its lines are three seconds apart. */
function rung(terminalId: string, transactionId: string, startedAt: string, lines: readonly Line[]): Line[] {
  const operatorId = terminalId === 'lane-1' ? '4711' : '4712';
  return lines.map((line, index) => ({
    ...{ storeId, terminalId, transactionId, operatorId, line: index + 1 },
    occurredAt: new Date(Date.parse(startedAt) + index * 3_000).toISOString(),
    ...line,
  }));
}

const minuteOf = (day: string, minute: number) =>
  new Date(Date.parse(`${day}T09:00:00Z`) + minute * 60_000).toISOString();

const ordinary = (day: string): Line[] =>
  ['lane-1', 'lane-2'].flatMap((lane) =>
    Array.from({ length: 40 }, (_, index) => {
      const lines = index === 0 ? [milk, ham, takenBack(2, -400), cash(120)] : sale;
      return rung(lane, `${day}-${lane}-${index}`, minuteOf(day, index * 7), lines);
    }).flat(),
  );

/** What stands out: paid goods taken back, prices lowered, refunds, a parked receipt, and a day of many voids. */
const odd = (day: string): Line[] => [
  ...[0, 1, 2].flatMap((index) =>
    rung('lane-1', `V-${index}`, minuteOf(day, 300 + index * 15), [ham, wine, cash(1_300), takenBack(2, -900)]),
  ),
  ...[0, 1, 2, 3, 4, 5].flatMap((index) =>
    rung('lane-1', `O-${index}`, minuteOf(day, 350 + index * 5), [
      steak,
      milk,
      { type: 'override', relatedLine: 1, amountMinor: -1_200, currency: 'GBP', reasonCode: '12' },
      cash(920),
    ]),
  ),
  ...rung('lane-1', 'P-1', minuteOf(day, 400), [steak, wine, { type: 'suspend' }]),
  ...[0, 1, 2].flatMap((index) =>
    rung('lane-2', `R-${index}`, minuteOf(day, 300 + index * 15), [
      { type: 'refund', plu: '5000888', description: 'Razor blades', amountMinor: -1_999, currency: 'GBP' },
      cash(-1_999),
    ]),
  ),
  ...Array.from({ length: 12 }, (_, index) =>
    rung('lane-2', `L-${index}`, minuteOf(day, 360 + index * 4), [milk, ham, takenBack(2, -400), cash(120)]),
  ).flat(),
];

export const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

/** The day that the page calls yesterday, by the store's clock. */
export const yesterday = (): string =>
  dayBefore(new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/London' }), 1);

/** Two lanes with people: days of ordinary sales that were looked through, and one that nobody has looked at yet. */
export async function plantTills(system: TestSystem): Promise<void> {
  await system.database.admin.query(
    "insert into terminals (tenant_id, store_id, id, kind) values ('demo', 'high-street', 'lane-1', 'cashier'), ('demo', 'high-street', 'lane-2', 'cashier')",
  );
  const last = yesterday();
  const before = Array.from({ length: daysBefore }, (_, index) => dayBefore(last, daysBefore - index));
  for (const day of [...before, last]) await post(system, ordinary(day));
  await post(system, odd(last));
  for (const day of before) {
    const { status } = await system.api('soc_lead', 'POST', '/v1/pos/analyses', { storeId, day });
    if (status !== 200) throw new Error(`looking through ${day} was answered with ${status}`);
  }
}

async function post(system: TestSystem, lines: readonly Line[]): Promise<void> {
  const { status, body } = await system.api<Schemas['PosReceipt']>('device', 'POST', '/v1/pos/events', lines);
  if (status !== 202) throw new Error(`the lines were answered with ${status}: ${JSON.stringify(body)}`);
}

/** A day file of which three lines cannot be taken: an unknown till, a line without a number, a time that is none. */
export async function sendDayFile(system: TestSystem): Promise<Schemas['PosImport']> {
  const mapping = {
    amount: { written: 'minor' },
    csv: {
      columns: {
        ...{ terminalId: 'till', transactionId: 'receipt', line: 'line', type: 'type', occurredAt: 'at', plu: 'plu' },
        amount: 'amount',
      },
      ...{ constants: { currency: 'GBP' }, types: { S: 'scan', T: 'tender' }, timePattern: 'iso' },
    },
  };
  await system.api('admin', 'PUT', '/v1/pos/mappings/tills', mapping);
  const at = `${yesterday()}T18:30:00Z`;
  const rows = [
    ...['till,receipt,line,type,at,plu,amount', `lane-1,F-1,1,S,${at},5000119,120`, `lane-1,F-1,2,T,${at},,120`],
    ...[`lane-9,F-2,1,S,${at},5000119,120`, `lane-1,F-3,x,S,${at},5000119,120`, 'lane-1,F-4,1,S,half past,5000119,120'],
  ];
  const { status, body } = await system.api<Schemas['PosImport']>(
    'admin',
    'POST',
    '/v1/pos/day-files?storeId=high-street&mappingId=tills&fileName=friday.csv',
    `${rows.join('\n')}\n`,
    { 'content-type': 'text/csv' },
  );
  if (status !== 200 || body.quarantined !== 3) throw new Error(`the file was answered with ${JSON.stringify(body)}`);
  return body;
}

/** A large file on its way: half of it is here. */
export function plantRunningImport(system: TestSystem): Promise<unknown> {
  return system.database.admin.query(
    `insert into pos_imports (tenant_id, store_id, id, format, file_name, state, bytes_total, bytes_read, lines_read, accepted, started_by, started_at, progress_at)
     values ('demo', 'high-street', 'imp_${'0'.repeat(20)}', 'poslog', 'week.xml', 'receiving', 524288000, 262144000, 1204000, 1204000, 'device:tills',
       date_trunc('milliseconds', now()), now())`,
  );
}
