import { readOnly, type ServiceContext } from '../context.ts';

/** What a row says that the store must hold. */
export interface ExpectedObject {
  key: string;
  version: string;
  kind: string;
  incidentId: string | null;
  artifactId: string;
  sha256: string | null;
  sizeBytes: number | null;
  /** Null: the row does not say. */
  lockedUntil: string | null;
  purgeAfter: string | null;
  held: boolean;
  /** Its deletion has begun, so that it may be gone already. */
  leaving: boolean;
}

interface ExpectedRow {
  [column: string]: unknown;
  object_key: string;
  object_version: string;
  kind: string;
  incident_id: string | null;
  id: string;
  sha256: string | null;
  size_bytes: number | null;
  locked_until: Date | null;
  purge_after: Date | null;
  held: boolean;
  leaving: boolean;
}

const of = (alias: string) => `${alias}.tenant_id = x.tenant_id and ${alias}.incident_id = x.incident_id`;
const about = `
  (select i.purge_after from incidents i where i.tenant_id = x.tenant_id and i.id = x.incident_id) as purge_after,
  exists (select from holds h where ${of('h')} and h.released_at is null) as held,
  exists (select from deletions d where ${of('d')} and d.state = 'intended') as leaving`;
const order = 'order by x.object_key collate "C", x.object_version collate "C"';

/** Each part walks its own index, so that a page costs the same wherever it is. */
const parts = (where: string): string[] => [
  `select x.object_key, x.object_version, x.kind, x.incident_id, x.id, x.sha256, x.size_bytes, x.locked_until, ${about}
   from evidence_artifacts x where x.tenant_id = $1 and x.purged_at is null and ${where}`,
  `select x.object_key, x.object_version, 'moved' as kind, x.incident_id, x.object_version as id, x.sha256, x.size_bytes, x.locked_until, ${about}
   from evidence_leftovers x where x.tenant_id = $1 and x.removed_at is null and ${where}`,
  `select x.object_key, x.object_version, 'packet' as kind, x.incident_id, x.id, x.sha256, x.size_bytes,
     (select i.packets_locked_until from incidents i where i.tenant_id = x.tenant_id and i.id = x.incident_id) as locked_until, ${about}
   from packets x where x.tenant_id = $1 and x.state = 'ready' and ${where}`,
  `select x.object_key, x.object_version, 'witness' as kind, null::text as incident_id, x.seq::text as id, null::text as sha256, null::bigint as size_bytes, null::timestamptz as locked_until,
     null::timestamptz as purge_after, false as held, false as leaving
   from audit_witnesses x where x.tenant_id = $1 and ${where}`,
];

const pageSql = `select * from (${parts(
  'starts_with(x.object_key, $2) and (x.object_key collate "C", x.object_version collate "C") > ($3, $4)',
)
  .map((part) => `(${part} ${order} limit $5)`)
  .join(' union all ')}) x ${order} limit $5`;

const oneSql = parts('x.object_key = $2 and x.object_version = $3').join(' union all ');

const expectedOf = (row: ExpectedRow): ExpectedObject => ({
  ...{ key: row.object_key, version: row.object_version, kind: row.kind, incidentId: row.incident_id },
  ...{ artifactId: row.id, sha256: row.sha256, sizeBytes: row.size_bytes, held: row.held, leaving: row.leaving },
  lockedUntil: row.locked_until?.toISOString() ?? null,
  purgeAfter: row.purge_after?.toISOString() ?? null,
});

/** Everything that rows say of keys below a prefix, in the order of a store's listing, a page at a time. */
export async function* expectedObjects(
  ctx: ServiceContext,
  prefix: string,
  afterKey: string,
  pageSize: number,
): AsyncGenerator<ExpectedObject> {
  // No version sorts behind this one, so that it is past all of the key's.
  let after = { key: afterKey, version: afterKey === '' ? '' : '\u{10ffff}' };
  for (;;) {
    const rows = await readOnly(ctx, (tx) =>
      tx.query<ExpectedRow>(pageSql, [ctx.actor.tenantId, prefix, after.key, after.version, pageSize]),
    );
    yield* rows.map(expectedOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = { key: last.object_key, version: last.object_version };
  }
}

/** What is said of one version at this moment; null: no row knows it. */
export function expectedNow(
  ctx: ServiceContext,
  object: { key: string; version: string },
): Promise<ExpectedObject | null> {
  return readOnly(ctx, async (tx) => {
    const [row] = await tx.query<ExpectedRow>(oneSql, [ctx.actor.tenantId, object.key, object.version]);
    return row === undefined ? null : expectedOf(row);
  });
}
