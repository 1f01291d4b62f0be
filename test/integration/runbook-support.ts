import type { Runbook, RunbookStep } from '../../domain/runbook.ts';
import type { Role, SeverityLevel } from '../../domain/types.ts';
import { write } from '../../services/context.ts';
import { loadIncident } from '../../services/incident/facts.ts';
import { planRunbook } from '../../services/runbook/plan.ts';
import type { TestDatabase } from '../harness/database.ts';
import { actorOf, contextOf, nowIso } from './support.ts';

const everybody: Role[] = ['store_staff', 'store_manager', 'regional', 'soc_operator', 'soc_lead', 'admin'];

export const runbookStep = (id: string, change: Partial<RunbookStep> = {}): RunbookStep => ({
  ...{ id, action: 'signage', mode: 'human', approvers: everybody, mandatory: false, target: 'signage-1' },
  ackTimeoutMs: 2_000,
  ...change,
});

export const runbookOf = (steps: readonly RunbookStep[], change: Partial<Runbook> = {}): Runbook => ({
  ...{ id: 'any', behaviours: 'any', minSeverity: 'low', steps },
  ...change,
});

/** Gives an incident a runbook, as if its policy had one, and plans it. */
export async function planFor(
  database: TestDatabase,
  incidentId: string,
  runbooks: readonly Runbook[],
  options: { severity?: SeverityLevel; now?: () => string } = {},
): Promise<{ openMandatory: number }> {
  await database.admin.query(
    "update incidents set policy = jsonb_set(policy, '{runbooks}', $2::jsonb) where tenant_id = 'demo' and id = $1",
    [incidentId, JSON.stringify(runbooks)],
  );
  const ctx = contextOf(database, actorOf('system', { id: 'system:test' }), options.now ?? nowIso);
  return write(ctx, async (tx) => {
    tx.noAudit('nothing changed');
    return planRunbook(tx, await loadIncident(tx, 'demo', incidentId, true), options.severity ?? 'high');
  });
}
