import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createPayloadCipher, encryptedEncoding, PayloadKeyMissing } from './payload-codec.ts';

const master = 'm'.repeat(32);
const salts: Record<string, Uint8Array | undefined> = { inc_1: Buffer.alloc(32, 1), inc_2: Buffer.alloc(32, 2) };
const findSalt = async ({ incidentId }: { incidentId: string }) => salts[incidentId] ?? null;
const cipher = () => createPayloadCipher({ masters: [master], findSalt });
const of = (workflowId: string) => ({ type: 'workflow' as const, namespace: 'default', workflowId });
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const read = (one: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(one!);
const encoding = (one: Payload | undefined) => Buffer.from(one?.metadata?.['encoding'] ?? []).toString();
const incident = of('incident:demo:high-street:inc_1');

describe('payloads of an incident', () => {
  it.each([
    ['incident:demo:high-street:inc_1'],
    ['incident:demo:high-street:inc_1:2'],
    ['correction:demo:high-street:inc_1:person-1'],
    ['runbook:demo:high-street:inc_1:step:1'],
    ['redaction:demo:high-street:inc_1:1'],
    ['evidence:demo:high-street:inc_1:2'],
  ])('of %s are encrypted and come back as they were', async (workflowId) => {
    const value = { verdict: 'paid', nested: [1, null, 'ü'] };
    const [encoded] = await cipher().encode([payload(value)], of(workflowId));
    expect(encoding(encoded)).toBe(encryptedEncoding);
    expect(Buffer.from(encoded!.data!).toString('latin1')).not.toContain('paid');
    expect(read((await cipher().decode([encoded!]))[0])).toEqual(value);
  });

  it('that are empty stay what they are', async () => {
    const [encoded] = await cipher().encode([payload(undefined)], incident);
    expect(read((await cipher().decode([encoded!]))[0])).toBeUndefined();
  });

  it('are never encrypted the same twice', async () => {
    const [one, two] = await cipher().encode([payload(1), payload(1)], incident);
    expect(Buffer.from(one!.data!).equals(Buffer.from(two!.data!))).toBe(false);
  });
});

describe('what is left plain', () => {
  it.each([
    ['a packet, which names an id only', of('packet:demo:high-street:pkt_1')],
    ['the sweep', of('retention-sweep-2026')],
    ['an incident from before there were keys', of('incident:demo:high-street:inc_old')],
    ['no workflow at all', undefined],
  ])('%s', async (_, context) => {
    const plain = payload({ a: 1 });
    expect(await cipher().encode([plain], context)).toEqual([plain]);
    expect(await cipher().decode([plain])).toEqual([plain]);
  });
});

describe('a key', () => {
  it('that was deleted opens nothing any more', async () => {
    const [encoded] = await cipher().encode([payload(1)], incident);
    const shredded = createPayloadCipher({ masters: [master], findSalt: async () => null });
    await expect(shredded.decode([encoded!])).rejects.toThrow(PayloadKeyMissing);
  });

  it('of another incident opens nothing, nor does an altered payload', async () => {
    const [encoded] = await cipher().encode([payload(1)], incident);
    const moved = { ...encoded!, metadata: { ...encoded!.metadata, key: Buffer.from('demo/inc_2') } };
    await expect(cipher().decode([moved])).rejects.toThrow(/authenticate/);
    const data = Buffer.from(encoded!.data!);
    data[20]! ^= 1;
    await expect(cipher().decode([{ ...encoded!, data }])).rejects.toThrow(/authenticate/);
  });

  it('of an earlier master is still read, and the new one encrypts', async () => {
    const [old] = await cipher().encode([payload('old')], incident);
    const next = createPayloadCipher({ masters: ['n'.repeat(32), master], findSalt });
    expect(read((await next.decode([old!]))[0])).toBe('old');
    const [fresh] = await next.encode([payload('new')], incident);
    await expect(cipher().decode([fresh!])).rejects.toThrow(/FLOORWALKER_PAYLOAD_KEY/);
  });

  it('is asked for once while it is remembered, and again after a failure', async () => {
    let asked = 0;
    let nowMs = 0;
    const counted = createPayloadCipher({
      masters: [master],
      now: () => nowMs,
      findSalt: async () => {
        asked += 1;
        if (asked === 1) throw new Error('away');
        return Buffer.alloc(32, 1);
      },
    });
    await expect(counted.encode([payload(1)], incident)).rejects.toThrow('away');
    await counted.encode([payload(1)], incident);
    await counted.encode([payload(1)], incident);
    expect(asked).toBe(2);
    nowMs = 3_600_000;
    await counted.encode([payload(1)], incident);
    expect(asked).toBe(3);
  });
});
