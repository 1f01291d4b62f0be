import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newIncidentStatus } from '../domain/incident-state.ts';
import { openTextBench, type TextBench } from '../test/harness/text-bench.ts';

let bench: TextBench;

beforeAll(async () => {
  bench = await openTextBench(inject('engines'));
});
afterAll(() => bench?.close());

const tenantId = 'demo';
const rowOf = async (incidentId: string) => {
  const { rows } = await bench.system.database.admin.query<Record<string, unknown>>(
    'select state, verdict, pos_verdict, decided_by, closed_at, purge_after, evidence_state from incidents where id = $1',
    [incidentId],
  );
  return rows[0];
};

describe('a receipt line that is being stored while the till is asked', () => {
  it('is waited for, and settles it before anybody is texted', async () => {
    const incident = await bench.openIncident();
    const { admin } = bench.system.database;
    const till = await admin.connect();
    try {
      // What ingesting a line does, stopped before its commit.
      await till.query('begin');
      await till.query(
        `insert into pos_events (tenant_id, store_id, terminal_id, transaction_id, line, type, occurred_at)
         select tenant_id, store_id, 'sco-3', 'being-stored', 1, 'scan', detected_at from incidents where id = $1`,
        [incident.incidentId],
      );
      await till.query("update terminals set feed_seen_at = greatest(feed_seen_at, now()) where id = 'sco-3'");
      let asked: unknown = 'still waiting';
      const contact = bench.firstContact(incident.incidentId).then((step) => {
        asked = step;
      });
      await sleep(300);
      expect(asked).toBe('still waiting');
      await till.query('commit');
      await contact;
      expect(asked).toBeNull();
    } finally {
      till.release();
    }
    expect(await rowOf(incident.incidentId)).toMatchObject({ pos_verdict: 'MATCH' });
    expect(await bench.textsAbout(incident.code)).toBe(0);
  });
});

describe('what is recorded', () => {
  const closed = { ...newIncidentStatus, state: 'closed' as const, verdict: 'confirmed' as const, version: 1 };
  const outcomeOf = (incidentId: string) => ({
    ...{ tenantId, incidentId, status: closed, verdict: 'confirmed' as const, cause: 'human_verdict' as const },
    closedAt: new Date().toISOString(),
    acknowledgements: [],
    decisions: [
      {
        ...{ verdict: 'confirmed' as const, via: 'sms' as const, at: new Date().toISOString() },
        by: { actorId: 'phone:sam', role: 'store_staff' },
      },
    ],
    evidenceGivenUp: null,
  });

  it('evidence that fails at the moment of the verdict does not take the place of the outcome', async () => {
    const { incidentId } = await bench.openIncident();
    const outcome = outcomeOf(incidentId);
    await bench.incidents.recordProgress({
      ...{ tenantId, incidentId, status: closed, acknowledgements: [], decisions: [], escalationExhausted: false },
      evidenceGivenUp: { code: 'EVIDENCE_WORKER_GAVE_UP', params: { afterMs: 1 } },
    });
    const recorded = await bench.incidents.recordOutcome(outcome);
    expect(await rowOf(incidentId)).toMatchObject({
      ...{ state: 'closed', verdict: 'confirmed', decided_by: 'phone:sam', evidence_state: 'failed' },
      ...{ closed_at: new Date(outcome.closedAt), purge_after: new Date(recorded.purgeAfter) },
    });
  });

  it('the outcome twice is one closing, one decision and one entry in the audit log', async () => {
    const { incidentId } = await bench.openIncident();
    const outcome = outcomeOf(incidentId);
    const first = await bench.incidents.recordOutcome(outcome);
    expect(await bench.incidents.recordOutcome(outcome)).toEqual(first);
    const { rows } = await bench.system.database.admin.query(
      "select action from audit where subject = $1 and action in ('incident.closed', 'incident.decided') order by seq",
      [`incident:${incidentId}`],
    );
    expect(rows).toEqual([{ action: 'incident.decided' }, { action: 'incident.closed' }]);
  });

  it('a late attempt of an earlier step does not open a closed incident again', async () => {
    const { incidentId } = await bench.openIncident();
    await bench.incidents.recordOutcome(outcomeOf(incidentId));
    await bench.incidents.recordProgress({
      ...{ tenantId, incidentId, acknowledgements: [], decisions: [], evidenceGivenUp: null },
      ...{ status: { ...newIncidentStatus, state: 'alerting' }, escalationExhausted: false },
    });
    expect(await rowOf(incidentId)).toMatchObject({ state: 'closed', verdict: 'confirmed' });
  });
});
