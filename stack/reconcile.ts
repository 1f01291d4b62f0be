import { systemActor } from '../activities/incident.ts';
import { openSigner } from '../adapters/crypto/signer.ts';
import { openRetentionStore } from '../adapters/objects/retention-store.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { readConfigOrExit } from '../config/read.ts';
import { reconcileTenant } from '../services/reconciliation/run.ts';
import { claimReconciliation } from '../services/reconciliation/settle.ts';
import { listTenantIds } from '../services/retention/purge.ts';

/** Compares store and database for every tenant, beside a running system or without one; one line of JSON for each. */
export async function runReconcile(options: { deep: boolean; write: (text: string) => void }): Promise<number> {
  const config = readConfigOrExit();
  const db = openDatabase({
    ...{ url: config.DATABASE_URL, maxConnections: 4, applicationName: 'reconcile' },
    onError: (error) => options.write(`the database: ${error.message}\n`),
  });
  const store = openRetentionStore({
    ...{ endpoint: config.S3_ENDPOINT, accessKey: config.S3_ACCESS_KEY, secretKey: config.S3_SECRET_KEY.reveal() },
    ...{ bucket: config.S3_BUCKET, region: config.S3_REGION },
  });
  const signer = openSigner(config.FLOORWALKER_SIGNING_KEY.reveal());
  let isGood = true;
  try {
    for (const tenantId of await listTenantIds(db)) {
      const ctx = { db, now: () => new Date().toISOString(), actor: systemActor(tenantId, 'reconciler') };
      const run = await claimReconciliation(ctx, { everyMs: 0 });
      if (run === null) {
        options.write(`${JSON.stringify({ tenantId, state: 'running elsewhere' })}\n`);
        isGood = false;
        continue;
      }
      const found = await reconcileTenant(ctx, { store, signer, deep: options.deep, beat: () => undefined }, run);
      const { id, objects, rows, repaired, unrepaired, counts } = found;
      options.write(`${JSON.stringify({ tenantId, id, objects, rows, repaired, unrepaired, counts })}\n`);
      if (unrepaired > 0) isGood = false;
    }
  } finally {
    await db.close();
  }
  return isGood ? 0 : 1;
}
