/**
 * Plays a night shift on a running development installation, for looking at it in the console afterwards:
 *
 *   npm start -- --data DIR          (fresh data; wait until it is ready)
 *   npx tsx scripts/night-shift.ts --data DIR
 *
 * Thirty incidents in a few minutes, four phones (one of them dead), a change of shift, a storm and a drill. Prints who
 * was told what and how long it took.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { components } from '../schemas/generated/openapi.ts';

type Schemas = components['schemas'];

const { values } = parseArgs({ options: { data: { type: 'string', default: '.floorwalker' } } });
const { baseUrl, keys } = JSON.parse(await readFile(join(values.data, 'credentials.json'), 'utf8')) as {
  baseUrl: string;
  keys: Record<string, string>;
};
const carrierUrl = `http://127.0.0.1:${Number(new URL(baseUrl).port) + 1}`;
const startedAt = new Date().toISOString();
const phones = { sam: '+447700900101', alex: '+447700900102', kim: '+447700900103', lee: '+447700900104' } as const;
const handOverMs = 75_000;
const spacingMs = 6_000;

const policy = `operatingModel: checkout_validation
escalation:
  - { role: store_staff, timeout: 12s, tries: 2 }
  - { role: store_manager, timeout: 20s }
noise: { storm: { count: 4, window: 30s } }
secondReview: { verdicts: [confirmed], share: 1 }
runbooks:
  - id: danger
    behaviours: [violence]
    minSeverity: medium
    steps:
      - { id: announce, action: intercom, mode: automatic, target: intercom-1, message: A colleague is on the way. }
      - { id: door, action: door_lock, mode: human, approvers: [store_manager, soc_lead], target: door-1 }
      - { id: look-after, action: task, mode: human, mandatory: true, approvers: [store_manager, soc_lead], message: Ask everybody near whether they are well. }
`;

async function api<T>(role: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      authorization: `Bearer ${keys[role]}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text.slice(0, 400)}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function carrier<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(new URL(path, carrierUrl), {
    method,
    headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`carrier ${path}: HTTP ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const say = (text: string) => process.stderr.write(`  ${text}\n`);

async function preparePeople(): Promise<void> {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  for (const [id, name] of [
    ['kim', 'Kim (night)'],
    ['lee', 'Lee (phone is off)'],
  ] as const) {
    const person = { displayName: name, role: 'store_staff', phone: phones[id], homeStoreId: 'high-street' };
    const made = await api<{ id: string }>('admin', 'POST', '/v1/people', person);
    const starts = id === 'kim' ? at(handOverMs) : at(-60_000);
    await api('admin', 'POST', '/v1/shifts', {
      ...{ storeId: 'high-street', personId: made.id, startsAt: starts, endsAt: at(8 * 3_600_000) },
    });
    await carrier('PUT', `/phones/${encodeURIComponent(phones[id])}`, { label: name, role: 'store_staff' });
  }
  await api('admin', 'PATCH', '/v1/shifts/high-street-sam', { endsAt: at(handOverMs) });
  await carrier('POST', '/control', {
    undeliverable: [phones.lee],
    voice: { [phones.lee]: 'no_answer', [phones.kim]: { does: 'answer', keys: '4' }, [phones.sam]: 'no_answer' },
  });
}

async function preparePolicy(): Promise<void> {
  const drafted = await api<{ id: string; version: number }>('regional', 'POST', '/v1/policies', {
    source: `id: night\n${policy}`,
    note: 'Short times, for a night in a few minutes',
  });
  const named = { version: drafted.version };
  await api('regional', 'POST', '/v1/policies/night/submit', named);
  await api('soc_lead', 'POST', '/v1/policies/night/activate', named);
  await api('admin', 'PUT', '/v1/stores/high-street/policy', { policyId: 'night', riskGroup: null });
}

const seen: string[] = [];
async function sees(eventType: string, ageMs = 2_500): Promise<void> {
  const receipt = await api<Schemas['DetectionReceipt']>('device', 'POST', '/v1/detections', {
    ...{ eventId: randomUUID(), storeId: 'high-street', cameraId: 'sco-3-cam', zoneId: 'scanner', eventType },
    ...{ detectedAt: new Date(Date.now() - ageMs).toISOString(), confidence: 0.85 },
    model: { id: 'night-shift', version: '1' },
  });
  seen.push(receipt.incidentId);
}

/** Sam and Kim answer most texts after a moment, Alex every one; Lee's phone is off. */
async function people(signal: AbortSignal): Promise<void> {
  const answered = new Set<string>();
  let turn = 0;
  while (!signal.aborted) {
    const { phones: all } = await carrier<{
      phones: { number: string; messages: { sid: string; direction: string; body: string; at: string }[] }[];
    }>('GET', '/phones');
    for (const phone of all) {
      if (phone.number === phones.lee) continue;
      for (const text of phone.messages) {
        const code = /Floorwalker (\w{3}): (?:please check|.*shift)/.exec(text.body)?.[1];
        if (text.direction !== 'to_phone' || code === undefined || answered.has(text.sid) || text.at < startedAt)
          continue;
        if (Date.now() - Date.parse(text.at) < 3_000) continue;
        answered.add(text.sid);
        turn += 1;
        // Every fifth text is overlooked, so that the next try and the next person have something to do.
        if (turn % 5 === 0 && phone.number !== phones.alex) continue;
        await carrier('POST', `/phones/${encodeURIComponent(phone.number)}/messages`, {
          body: `${code} ${['1', '2', '4', '1', '3'][turn % 5]}`,
        });
      }
    }
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
}

async function night(): Promise<void> {
  const kinds = ['concealment', 'missed_scan', 'loitering', 'shelf_sweep', 'equipment_tamper', 'concealment'];
  for (let index = 0; index < 16; index += 1) {
    await sees(kinds[index % kinds.length]!);
    if (index === 6) {
      say('a storm: twelve in two seconds');
      await Promise.all(Array.from({ length: 12 }, (_, n) => sees('concealment', 3_000 + n * 2_500)));
    }
    if (index === 9) {
      say('a drill');
      await api('soc_lead', 'POST', '/v1/drills', {
        storeId: 'high-street',
        cameraId: 'sco-3-cam',
        eventType: 'violence',
      });
    }
    if (index === 12) {
      say('danger');
      await sees('violence');
    }
    await delay(spacingMs);
  }
}

async function report(): Promise<void> {
  const incidents = await Promise.all(
    [...new Set(seen)].map((id) => api<Schemas['IncidentDetail']>('soc_lead', 'GET', `/v1/incidents/${id}`)),
  );
  incidents.sort((a, b) => a.detectedAt.localeCompare(b.detectedAt));
  for (const incident of incidents) {
    const told = incident.notifications
      .filter(({ kind }) => kind === 'alert')
      .map(({ personName, channel, state }) => `${personName} ${channel} ${state}`);
    const why = (incident.suppression ?? []).map(({ code }) => code).join(' ');
    process.stdout.write(
      `${incident.code} ${incident.type.padEnd(17)} ${incident.state.padEnd(12)} ${(incident.verdict ?? '-').padEnd(12)} ${why}${told.join(' > ')}\n`,
    );
  }
  const count = (state: string) => incidents.filter((incident) => incident.state === state).length;
  const held = incidents.filter(({ suppression }) => suppression !== null).length;
  process.stdout.write(
    `${incidents.length} incidents, ${count('closed')} closed, ${count('in_review')} for the console, ${held} held back\n`,
  );
}

await preparePolicy();
await preparePeople();
const over = new AbortController();
const answering = people(over.signal);
await night();
say('the night is over; waiting for the last answers');
await delay(60_000);
over.abort();
await answering;
await report();
