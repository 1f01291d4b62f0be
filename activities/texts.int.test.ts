import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { CarrierError } from '../adapters/twilio/types.ts';
import { demoPhones } from '../stack/estate.ts';
import { died, openTextBench, settleMs, type TextBench, untilState } from '../test/harness/text-bench.ts';

let bench: TextBench;

beforeAll(async () => {
  bench = await openTextBench(inject('engines'));
});
afterAll(() => bench?.close());
afterEach(() =>
  bench.knobs({
    ...{ acceptLatencyMs: 0, dropCallbacks: 0, duplicateCallbacks: 0, reorder: false },
    ...{ failNextSends: [], hangNextSends: [], undeliverable: [], requestsPerSecond: null },
  }),
);

/** Exactly one text, and the record knows it. */
async function expectOneText({ incidentId, code }: { incidentId: string; code: string }): Promise<void> {
  // Whatever was still on its way has arrived by now.
  await sleep(300);
  expect(await bench.textsAbout(code)).toBe(1);
  const [row, ...others] = await bench.rows(incidentId);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ failure: null, carrier_sid: expect.stringMatching(/^SM/) });
  expect(['sent', 'delivered']).toContain(row?.state);
  const { rows } = await bench.system.database.admin.query('select texts_sent from incidents where id = $1', [
    incidentId,
  ]);
  expect(rows).toEqual([{ texts_sent: 1 }]);
}

describe('exactly one text', () => {
  it('when all goes well, and again when the step is repeated', async () => {
    const incident = await bench.openIncident();
    const sent = await bench.firstContact(incident.incidentId);
    expect(sent).toMatchObject({ outcome: 'sent' });
    // Also since when: the person's time runs from then, whoever sent it.
    expect(await bench.firstContact(incident.incidentId)).toEqual(sent);
    expect(await bench.alertStep(incident)).toEqual(sent);
    await expectOneText(incident);
  });

  it('when the process dies between the intent and the POST', async () => {
    const incident = await bench.openIncident();
    await expect(bench.firstContact(incident.incidentId, { sendText: () => Promise.reject(died) })).rejects.toThrow(
      died.message,
    );
    expect(await bench.textsAbout(incident.code)).toBe(0);
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'sent' });
    await expectOneText(incident);
  });

  it('when the process dies between the POST and the note, and the receipt is lost', async () => {
    await bench.knobs({ dropCallbacks: 1 });
    const incident = await bench.openIncident();
    const { sendText } = bench.carrier;
    const startedMs = Date.now();
    await expect(
      bench.firstContact(incident.incidentId, {
        sendText: async (text) => {
          await sendText(text);
          throw died;
        },
      }),
    ).rejects.toThrow(died.message);
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'sent' });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(settleMs);
    await expectOneText(incident);
  });

  it.each([{ accepted: true }, { accepted: false }])('when the carrier hangs, accepted: $accepted', async (knob) => {
    await bench.knobs({ hangNextSends: [knob], dropCallbacks: 1 });
    const incident = await bench.openIncident();
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'sent' });
    await expectOneText(incident);
  });

  it.each([{ accepted: true }, { accepted: false }])(
    'when the carrier answers 503, accepted: $accepted',
    async (knob) => {
      await bench.knobs({ failNextSends: [{ status: 503, code: 20503, ...knob }], dropCallbacks: 1 });
      const incident = await bench.openIncident();
      expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
      expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'sent' });
      await expectOneText(incident);
    },
  );

  it('when the carrier says "too many": sent again without waiting for its list', async () => {
    await bench.knobs({ failNextSends: [{ status: 429, code: 20429 }], dropCallbacks: 1 });
    const incident = await bench.openIncident();
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
    const [released] = await bench.rows(incident.incidentId);
    expect(released?.claimed_at).toEqual(new Date(0));
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'sent' });
    await expectOneText(incident);
  });

  it('when two attempts run at once, fresh or after a crash', async () => {
    const fresh = await bench.openIncident();
    const both = await Promise.all([
      bench.alertStep(fresh),
      bench.alertStep(fresh),
      bench.firstContact(fresh.incidentId),
    ]);
    expect(both.slice(0, 2).map((outcome) => outcome?.outcome)).toEqual(['sent', 'sent']);
    await expectOneText(fresh);

    await bench.knobs({ dropCallbacks: 1 });
    const crashed = await bench.openIncident();
    await expect(bench.firstContact(crashed.incidentId, { sendText: () => Promise.reject(died) })).rejects.toThrow(
      died.message,
    );
    await sleep(settleMs);
    const resumed = await Promise.all([1, 2, 3].map(() => bench.alertStep(crashed)));
    expect(resumed.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent']);
    await expectOneText(crashed);
  });
});

describe('a text that cannot be sent', () => {
  it('is refused for good: undeliverable, and on the timeline', async () => {
    await bench.knobs({ failNextSends: [{ status: 400, code: 21211 }] });
    const incident = await bench.openIncident();
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'undeliverable' });
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'undeliverable' });
    expect(await bench.textsAbout(incident.code)).toBe(0);
    expect(await bench.rows(incident.incidentId)).toMatchObject([
      { state: 'failed', failure: expect.stringMatching(/21211/) },
    ]);
    expect(await timelineOf(incident.incidentId, 'text_undelivered')).toHaveLength(1);
  });

  it('is given up after its time, visibly; a receipt that comes all the same puts that right', async () => {
    const incident = await bench.openIncident();
    await bench.knobs({ dropCallbacks: 1, hangNextSends: [{ accepted: true }] });
    const lookUp = { findText: () => Promise.reject(lost()) };
    expect(await bench.alertStep(incident, { carrier: lookUp, giveUpAfterMs: 2_000 })).toMatchObject({
      outcome: 'undeliverable',
    });
    const [row] = await bench.rows(incident.incidentId);
    expect(row).toMatchObject({ state: 'failed', failure: 'the carrier could not be reached in time' });
    const [text] = await bench.system
      .phone(demoPhones.staff)
      .texts()
      .then((texts) => texts.slice(-1));
    expect((await bench.callback(row!.id, { MessageSid: text!.sid, MessageStatus: 'delivered' })).status).toBe(204);
    expect(await bench.rows(incident.incidentId)).toMatchObject([{ state: 'delivered', failure: null }]);
  });

  it('is not looked up for ever: a list that is too long is a case for a person', async () => {
    const incident = await bench.openIncident();
    await expect(bench.firstContact(incident.incidentId, { sendText: () => Promise.reject(died) })).rejects.toThrow(
      died.message,
    );
    await sleep(settleMs);
    const lookUp = { findText: () => Promise.reject(tooLong()) };
    expect(await bench.alertStep(incident, { carrier: lookUp })).toMatchObject({ outcome: 'undeliverable' });
    expect(await bench.rows(incident.incidentId)).toMatchObject([
      { state: 'failed', failure: expect.stringMatching(/by hand/) },
    ]);
  });

  it('goes to nobody when nobody is on shift', async () => {
    const incident = await bench.openIncident();
    const { admin } = bench.system.database;
    await admin.query("update shifts set ends_at = now() where person_id = 'alex'");
    expect(await bench.alertStep({ ...incident, step: 1 })).toMatchObject({ outcome: 'nobody_on_shift' });
    await admin.query("update shifts set ends_at = '2100-01-01' where person_id = 'alex'");
    expect(await bench.alertStep({ ...incident, step: 1 })).toMatchObject({ outcome: 'nobody_on_shift' });
    expect(await bench.textsAbout(incident.code, demoPhones.manager)).toBe(0);
  });
});

describe('an incident that closed before its text was settled', () => {
  const close = (incidentId: string) =>
    bench.system.database.admin.query("update incidents set state = 'closed', closed_at = now() where id = $1", [
      incidentId,
    ]);

  it('says that the text had left, when the carrier has it', async () => {
    await bench.knobs({ hangNextSends: [{ accepted: true }], dropCallbacks: 1 });
    const incident = await bench.openIncident();
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
    await close(incident.incidentId);
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'sent' });
    await expectOneText(incident);
  });

  it('says that it never will, when the carrier does not', async () => {
    await bench.knobs({ hangNextSends: [{ accepted: false }] });
    const incident = await bench.openIncident();
    expect(await bench.firstContact(incident.incidentId)).toMatchObject({ outcome: 'unsettled' });
    await close(incident.incidentId);
    expect(await bench.alertStep(incident)).toMatchObject({ outcome: 'undeliverable' });
    expect(await bench.textsAbout(incident.code)).toBe(0);
    expect(await bench.rows(incident.incidentId)).toMatchObject([{ state: 'failed' }]);
  });

  it('has no further text sent', async () => {
    const incident = await bench.openIncident();
    await close(incident.incidentId);
    expect(await bench.alertStep({ ...incident, step: 1 })).toMatchObject({ outcome: 'undeliverable' });
    expect(await bench.firstContact(incident.incidentId)).toBeNull();
    expect(await bench.rows(incident.incidentId)).toEqual([]);
  });
});

describe('delivery receipts', () => {
  it('may come before the note that the text was sent', async () => {
    const incident = await bench.openIncident();
    const { sendText } = bench.carrier;
    const outcome = await bench.firstContact(incident.incidentId, {
      sendText: async (text) => {
        const sent = await sendText(text);
        await untilState(bench, incident.incidentId, 'delivered');
        return sent;
      },
    });
    expect(outcome).toMatchObject({ outcome: 'sent' });
    await expectOneText(incident);
    expect(await timelineOf(incident.incidentId, 'text_sent')).toHaveLength(1);
    expect(await timelineOf(incident.incidentId, 'text_delivered')).toHaveLength(1);
  });

  it('count once, doubled and out of order', async () => {
    await bench.knobs({ duplicateCallbacks: 1, reorder: true });
    const incident = await bench.openIncident();
    await bench.firstContact(incident.incidentId);
    await untilState(bench, incident.incidentId, 'delivered');
    await expectOneText(incident);
    expect(await timelineOf(incident.incidentId, 'text_delivered')).toHaveLength(1);
  });

  it('of a handset that is off are passed on to the workflow', async () => {
    await bench.knobs({ undeliverable: [demoPhones.staff], duplicateCallbacks: 1 });
    const incident = await bench.openIncident();
    await bench.firstContact(incident.incidentId);
    await untilState(bench, incident.incidentId, 'undelivered');
    expect(await timelineOf(incident.incidentId, 'text_undelivered')).toHaveLength(1);
    await sleep(300);
    const { rows } = await bench.system.database.admin.query('select kind from outbox where incident_id = $1', [
      incident.incidentId,
    ]);
    expect(rows).toEqual([]);
  });

  it('that are forged, of another text, or late change nothing', async () => {
    const incident = await bench.openIncident();
    await bench.firstContact(incident.incidentId);
    const { id, carrier_sid: sid } = await untilState(bench, incident.incidentId, 'delivered');
    const undelivered = { MessageSid: sid!, MessageStatus: 'undelivered', ErrorCode: '30003' };
    expect((await bench.callback(id, undelivered, 'another token')).status).toBe(403);
    const other = `SM${'0'.repeat(32)}`;
    expect((await bench.callback(id, { ...undelivered, MessageSid: other })).status).toBe(204);
    expect((await bench.callback(id, undelivered)).status).toBe(204);
    expect((await bench.callback(id, undelivered)).status).toBe(409);
    expect(await bench.rows(incident.incidentId)).toMatchObject([{ state: 'delivered', carrier_sid: sid }]);
    expect(await timelineOf(incident.incidentId, 'text_undelivered')).toEqual([]);
  });
});

describe('the next person', () => {
  it('is not told while an answer is on its way to the workflow', async () => {
    const { incidentId } = await bench.openIncident();
    await bench.firstContact(incidentId);
    const heard = (at: string) =>
      bench.system.database.admin.query(`update incidents set answer_heard_at = ${at} where id = $1`, [incidentId]);
    await heard('now()');
    const step = bench.alertStep({ incidentId, step: 1 });
    await sleep(1_200);
    expect(await bench.rows(incidentId)).toHaveLength(1);
    await heard('null');
    expect(await step).toMatchObject({ outcome: 'sent' });
    expect(await bench.rows(incidentId)).toHaveLength(2);
  });
});

const lost = () => new CarrierError('temporary', 'the carrier is away');
const tooLong = () => new CarrierError('permanent', 'the list is too long: look it up by hand');

async function timelineOf(incidentId: string, kind: string): Promise<unknown[]> {
  const { rows } = await bench.system.database.admin.query(
    'select kind from incident_events where incident_id = $1 and kind = $2',
    [incidentId, kind],
  );
  return rows;
}
