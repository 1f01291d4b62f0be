import { verifySignature } from '../../adapters/crypto/signer.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import { placeOfKey } from '../../domain/retention-store.ts';
import type { DeletionRecord } from '../../services/retention/record.ts';
import { keptBy } from './oracle.ts';
import type { World } from './people.ts';

/** Every version in the store, against every row, one by one. */
export async function compareAll({ admin, store, cases, nowMs }: World): Promise<string[]> {
  const held = (object: string) => {
    const one = cases.get(placeOfKey(object)?.incidentId ?? '');
    return one !== undefined && !one.gone && keptBy(one, nowMs()) === 'a legal hold stands';
  };
  const { rows } = (await admin(
    `select object_key, object_version from evidence_artifacts where purged_at is null
     union all select object_key, object_version from evidence_leftovers where removed_at is null
     union all select object_key, object_version from packets where state = 'ready'`,
    [],
  )) as { rows: { object_key: string; object_version: string }[] };
  const said = new Set(rows.map((row) => `${row.object_key} ${row.object_version}`));
  const there = new Set(store.all().map(({ key, version }) => `${key} ${version}`));
  return [
    ...[...said].filter((object) => !there.has(object)).map((object) => `a row without its object: ${object}`),
    // Of what is held nothing goes, known or not.
    ...[...there]
      .filter((object) => !said.has(object) && !held(object))
      .map((object) => `an object without a row: ${object}`),
  ];
}

/** Each deleted object is in a record whose signature holds, and no record speaks of one that is still there. */
export async function checkRecords(
  { admin, store }: World,
  publicKeyPem: string,
  removed: readonly string[],
): Promise<string[]> {
  const { rows } = (await admin('select record, signature from dispositions', [])) as {
    rows: { record: DeletionRecord; signature: string }[];
  };
  const there = new Set(store.all().map(({ key, version }) => `${key} ${version}`));
  const recorded = new Set<string>();
  const bad: string[] = [];
  for (const { record, signature } of rows) {
    if (!verifySignature(publicKeyPem, canonicalJson(record), signature))
      bad.push(`${record.id}: its signature does not hold`);
    for (const { objectKey, objectVersion } of record.objects) {
      const object = `${objectKey} ${objectVersion}`;
      if (there.has(object)) bad.push(`${record.id}: ${object} is still there`);
      recorded.add(object);
    }
  }
  return [...bad, ...removed.filter((object) => !recorded.has(object)).map((object) => `no record of ${object}`)];
}
