import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Role } from '../../domain/types.ts';
import { recordEvidence } from '../../services/evidence/record.ts';
import type { Share } from '../../services/sharing/rows.ts';
import type { Simulator } from '../../stack/recipients/kit.ts';
import { sha256 } from '../../stack/recipients/kit.ts';
import { testRecordings } from '../harness/packet.ts';
import { eventually, type TestSystem } from '../harness/system.ts';
import { actorOf, contextOf, nowIso, openIncident } from './support.ts';

const kinds = { mp4: ['clip', 'video/mp4'], ts: ['segment', 'video/mp2t'], jpg: ['still', 'image/jpeg'] } as const;

/** A closed, confirmed incident with its recordings in the store, of which nobody else knows. */
export async function confirmedIncident({ database, objects }: TestSystem): Promise<string> {
  const incidentId = await openIncident(database);
  await database.admin.query('delete from outbox where incident_id = $1', [incidentId]);
  const lockedUntil = new Date(Date.now() + 60_000).toISOString();
  const artifacts = await Promise.all(
    Object.entries(testRecordings).map(async ([name, body]) => {
      const file = name.slice(name.lastIndexOf('/') + 1);
      const [id, extension] = file.split('.') as [string, keyof typeof kinds];
      const [kind, mediaType] = kinds[extension];
      const key = `demo/high-street/${incidentId}/${file}`;
      const { version } = await objects.putLocked({ key, body, mediaType, sha256: sha256(body), lockedUntil });
      return {
        ...{ id, kind, mediaType, objectKey: key, objectVersion: version, sizeBytes: body.length },
        ...{ sha256: sha256(body), fromAt: nowIso(), toAt: nowIso(), lockedUntil },
      };
    }),
  );
  const ctx = contextOf(database, actorOf('system', { id: 'system:test' }));
  await recordEvidence(ctx, { incidentId, result: { state: 'ready', gaps: [], failure: null, artifacts } });
  await database.admin.query(
    `update incidents set state = 'closed', verdict = 'confirmed', closed_at = now(), decided_by = 'user:demo-soc_operator', pos_verdict = 'MISMATCH',
       purge_after = now() + interval '1 day', policy = jsonb_set(policy, '{redaction,rule}', '"optional"') where id = $1`,
    [incidentId],
  );
  return incidentId;
}

export async function readyPacket(system: TestSystem, incidentId: string, purpose: 'police' | 'insurer') {
  const path = `/v1/incidents/${incidentId}/packets`;
  const asked = await system.api<{ id: string }>('compliance', 'POST', path, { purpose });
  expect(asked.status).toBe(202);
  return eventually(async () => {
    const { body } = await system.api<{ id: string; state: string; sha256: string; sizeBytes: number }>(
      ...(['compliance', 'GET', `/v1/packets/${asked.body.id}`] as const),
    );
    return body.state === 'ready' ? body : undefined;
  });
}

/** Names a simulator as a recipient, and tells it the credential. */
export async function nameRecipient(
  system: TestSystem,
  kind: 'police' | 'insurer',
  simulator: Simulator,
  change: Record<string, unknown> = {},
): Promise<string> {
  const settings = { kind, name: `The ${kind}`, url: simulator.url, throttlePerMinute: 600, ...change };
  const made = await system.api<{ id: string; credential: string }>('admin', 'POST', '/v1/recipients', settings);
  expect(made.status).toBe(201);
  simulator.credential = made.body.credential;
  return made.body.id;
}

export interface Problem {
  code: string;
  detail: string;
}

/** Everything that is done with shares, as people do it. */
export function sharingOf(system: TestSystem) {
  const ask = (incidentId: string, body: object, role: Role = 'compliance') =>
    system.api<Share & Problem>(role, 'POST', `/v1/incidents/${incidentId}/shares`, body, {
      'idempotency-key': randomUUID(),
    });
  const act = (role: Role, shareId: string, what: string, body?: object) =>
    system.api<Share & Problem>(role, 'POST', `/v1/shares/${shareId}/${what}`, body);
  const read = async (shareId: string) => (await system.api<Share>('compliance', 'GET', `/v1/shares/${shareId}`)).body;
  return {
    ...{ ask, act, read },
    approve: (role: Role, shareId: string) => act(role, shareId, 'approvals', { decision: 'approved' }),
    until: (shareId: string, holds: (share: Share) => boolean, withinMs?: number) =>
      eventually(async () => {
        const share = await read(shareId);
        return holds(share) ? share : undefined;
      }, withinMs),
    audited: async (incidentId: string): Promise<string[]> => {
      const { rows } = await system.database.admin.query<{ action: string }>(
        "select action from audit where subject = $1 and action like 'share.%' order by seq",
        [`incident:${incidentId}`],
      );
      return rows.map(({ action }) => action);
    },
  };
}
