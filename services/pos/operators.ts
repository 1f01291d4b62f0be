import { randomBytes } from 'node:crypto';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { found, type ServiceContext, type WriteTransaction, write } from '../context.ts';

interface Rung {
  storeId: string;
  operatorId?: string;
}

/** Two senders may take the same name at once, or chance may give one twice; each time a fresh one is tried. */
const maxAttempts = 3;

/** The pseudonym of each line's cashier, made when a store's till first names them; the till's own number stays here. */
export async function pseudonymsOf(
  tx: WriteTransaction,
  tenantId: string,
  lines: readonly Rung[],
): Promise<(line: Rung) => string | undefined> {
  const wanted = new Map(
    lines.flatMap(({ storeId, operatorId }) =>
      operatorId === undefined ? [] : [[keyOf(storeId, operatorId), { storeId, operatorId }] as const],
    ),
  );
  const known = new Map<string, string>();
  for (let attempt = 0; known.size < wanted.size; attempt += 1) {
    if (attempt > maxAttempts) throw new DomainError('INTERNAL', 'no pseudonym could be found for a cashier');
    await readKnown(tx, tenantId, [...wanted.values()], known);
    // In one order always, so that two batches cannot lock each other out.
    const missing = [...wanted].filter(([key]) => !known.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (missing.length === 0) break;
    const fresh = missing.map(([, cashier]) => ({ ...cashier, operator: `op_${randomBytes(6).toString('hex')}` }));
    await tx.query(
      `insert into pos_operators (tenant_id, store_id, operator, operator_id, first_seen_at)
       select $1, o."storeId", o.operator, o."operatorId", $3 from jsonb_to_recordset($2::jsonb) as o ("storeId" text, "operatorId" text, operator text)
       on conflict do nothing`,
      [tenantId, JSON.stringify(fresh), tx.at],
    );
  }
  return ({ storeId, operatorId }) => (operatorId === undefined ? undefined : known.get(keyOf(storeId, operatorId)));
}

const keyOf = (storeId: string, operatorId: string): string => JSON.stringify([storeId, operatorId]);

async function readKnown(
  tx: WriteTransaction,
  tenantId: string,
  wanted: readonly Rung[],
  known: Map<string, string>,
): Promise<void> {
  const rows = await tx.query<{ store_id: string; operator_id: string; operator: string }>(
    `select o.store_id, o.operator_id, o.operator from pos_operators o
     join jsonb_to_recordset($2::jsonb) as w ("storeId" text, "operatorId" text) on w."storeId" = o.store_id and w."operatorId" = o.operator_id
     where o.tenant_id = $1`,
    [tenantId, JSON.stringify(wanted)],
  );
  for (const row of rows) known.set(keyOf(row.store_id, row.operator_id), row.operator);
}

/** Who is behind a pseudonym, as the till knows them. Each asking is audited with its reason. */
export function revealOperator(
  ctx: ServiceContext,
  input: { storeId: string; operator: string; reason: string },
): Promise<{ storeId: string; operator: string; operatorId: string }> {
  requirePermission(ctx.actor, 'till.reveal', input.storeId);
  const reason = input.reason.trim();
  if (reason === '') throw invalidField('reason', 'say why you need to know; it goes to the audit log');
  return write(ctx, async (tx) => {
    const [row] = await tx.query<{ operator_id: string }>(
      'select operator_id from pos_operators where tenant_id = $1 and store_id = $2 and operator = $3',
      [ctx.actor.tenantId, input.storeId, input.operator],
    );
    const { operator_id: operatorId } = found(row, `The cashier ${input.operator} of store ${input.storeId}`);
    tx.audit({
      action: 'operator.revealed',
      subject: `operator:${input.operator}`,
      details: { storeId: input.storeId, reason },
    });
    return { storeId: input.storeId, operator: input.operator, operatorId };
  });
}
