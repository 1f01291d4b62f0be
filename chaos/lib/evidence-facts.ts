import { createHash } from 'node:crypto';
import type pg from 'pg';
import { openClient, readVersion } from '../../adapters/objects/client.ts';
import { pagesOf } from '../../adapters/objects/retention-store.ts';
import type { Running } from '../../stack/start.ts';

const bucket = 'floorwalker-evidence';

/** Everything that must not be so, by name; each entry says which object or incident and why. */
export interface EvidenceJudgement {
  missing: string[];
  altered: string[];
  heldGone: string[];
  halfPackets: string[];
  leftovers: string[];
  unfinished: string[];
  auditBroken: string[];
}

interface StoredRow {
  incident_id: string;
  what: string;
  object_key: string;
  object_version: string;
  sha256: string;
  purged: boolean;
  held: boolean;
  incident_purged: boolean;
}

/** Compares every row that names an object with the object, byte for byte, and every object with the rows. */
export async function judgeEvidence(
  running: Running,
  pool: pg.Pool,
  { auditOk, beforeAt }: { auditOk: boolean; beforeAt: Date },
): Promise<{ judgement: EvidenceJudgement; figures: Record<string, number> }> {
  const client = openClient({ ...(await running.engines.s3), bucket, region: 'us-east-1' });
  const judgement: EvidenceJudgement = {
    ...{ missing: [], altered: [], heldGone: [], halfPackets: [], leftovers: [], unfinished: [] },
    auditBroken: auditOk ? [] : ['GET /v1/audit/verify says that the log does not hold'],
  };
  const rows = await readRows(pool);
  const counts = { objects: 0, packetsReady: 0, deleted: 0, strays: 0 };
  for (const row of rows) {
    const name = `${row.incident_id} ${row.what}`;
    if (row.purged) {
      counts.deleted += 1;
      if (row.held) judgement.heldGone.push(`${name}: was deleted under a hold`);
      continue;
    }
    const sha256 = await hashOf(await readVersion(client, bucket, row.object_key, row.object_version));
    counts.objects += 1;
    if (sha256 === row.sha256) continue;
    if (row.what.startsWith('packet'))
      judgement.halfPackets.push(`${name}: ${sha256 === null ? 'is gone' : 'has other bytes'}`);
    else if (row.held) judgement.heldGone.push(`${name}: ${sha256 === null ? 'is gone' : 'has other bytes'}`);
    else if (sha256 === null) judgement.missing.push(`${name}: is on record and not in the store`);
    else judgement.altered.push(`${name}: has another hash than recorded`);
  }
  const known = new Set(rows.map(({ object_key, object_version }) => `${object_key} ${object_version}`));
  const purged = new Set(rows.filter(({ incident_purged }) => incident_purged).map(({ incident_id }) => incident_id));
  for await (const { name, versionId } of versionsOf(client)) {
    if (known.has(`${name} ${versionId}`) || !/\/inc_/.test(name)) continue;
    const incidentId = /inc_[a-z0-9]+/.exec(name)?.[0] ?? '';
    if (purged.has(incidentId)) judgement.leftovers.push(`${name}: of an incident that was deleted`);
    // Of an attempt that died before its row; the reconciler removes it when it is a day old.
    else counts.strays += 1;
  }
  const { rows: open } = await pool.query<{ what: string }>(
    `select id || ': its clip is still being made' as what from incidents where evidence_state = 'requested' and received_at < $1
     union all select id || ': is still being built' from packets where state = 'requested'
     union all select incident_id || ': is still being masked' from redactions where state = 'requested'
     union all select incident_id || ': its deletion was begun and not finished' from deletions where state = 'intended'`,
    [beforeAt],
  );
  judgement.unfinished.push(...open.map(({ what }) => what));
  const { rows: ready } = await pool.query<{ count: number }>(
    "select count(*)::int as count from packets where state = 'ready'",
  );
  counts.packetsReady = ready[0]!.count;
  return { judgement, figures: counts };
}

async function readRows(pool: pg.Pool): Promise<StoredRow[]> {
  const about = `exists (select from holds h where h.tenant_id = o.tenant_id and h.incident_id = o.incident_id and h.released_at is null) as held,
    exists (select from incidents i where i.tenant_id = o.tenant_id and i.id = o.incident_id and i.purged_at is not null) as incident_purged`;
  const { rows } = await pool.query<StoredRow>(
    `select o.incident_id, o.id as what, o.object_key, o.object_version, o.sha256, o.purged_at is not null as purged, ${about} from evidence_artifacts o
     union all
     select o.incident_id, 'packet ' || o.version, o.object_key, o.object_version, o.sha256, o.state = 'purged', ${about} from packets o
     where o.object_key is not null`,
  );
  return rows;
}

async function hashOf(bytes: AsyncIterable<Uint8Array> | null): Promise<string | null> {
  if (bytes === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

async function* versionsOf(client: ReturnType<typeof openClient>): AsyncGenerator<{ name: string; versionId: string }> {
  for await (const page of pagesOf(client, bucket, '', ''))
    for (const { key, version, deleteMarker } of page) if (!deleteMarker) yield { name: key, versionId: version };
}
