import { requirePermission } from '../../domain/permissions.ts';
import { completePolicy, type Policy } from '../../domain/policy.ts';
import {
  evidenceOf,
  type PolicySchedule,
  type RetentionSchedule,
  type ScheduleRow,
} from '../../domain/retention-schedule.ts';
import { found, isoOrNull, readOnly, type ServiceContext } from '../context.ts';
import { policyIdOfStore } from '../policy/resolve.ts';
import { sensorDaysKept } from '../sensors/ingest.ts';
import { tillDaysKept } from './till-days.ts';

const dayMs = 24 * 3_600_000;

/** What is kept how long, from the policies that run now: the document that a regulator asks for. */
export function readRetentionSchedule(ctx: ServiceContext): Promise<RetentionSchedule> {
  requirePermission(ctx.actor, 'estate.read');
  return readOnly(ctx, async (tx) => {
    const [tenant] = await tx.query<{ name: string }>('select name from tenants where id = $1', [ctx.actor.tenantId]);
    const rows = await tx.query<{
      id: string;
      version: number;
      body: Partial<Policy>;
      activated_at: Date | null;
      store_ids: string[] | null;
    }>(
      `select p.id, p.version, p.body, p.activated_at,
         (select array_agg(s.id order by s.id) from stores s where s.tenant_id = p.tenant_id and ${policyIdOfStore} = p.id) as store_ids
       from policies p where p.tenant_id = $1 and p.state = 'active' order by p.id`,
      [ctx.actor.tenantId],
    );
    return {
      ...{ tenantId: ctx.actor.tenantId, company: found(tenant, 'company').name, generatedAt: ctx.now() },
      policies: rows.map(({ id, version, body, activated_at, store_ids }) => ({
        ...{ policyId: id, version, activatedAt: isoOrNull(activated_at), storeIds: store_ids ?? [] },
        ...scheduleOf(completePolicy(body)),
      })),
      fixed,
    };
  });
}

function scheduleOf({
  retentionMs,
  retention,
}: Policy): Pick<PolicySchedule, 'whenShortened' | 'coldAfterMs' | 'rows'> {
  const byOutcome = Object.entries(retentionMs).map(
    ([outcome, keepMs]): ScheduleRow => ({
      ...{ what: evidenceOf(outcome), keepMs, from: 'the end of the incident, or its last correction' },
      ground:
        outcome === 'confirmed' ? 'legal claims; the prevention of crime' : 'to answer questions about the decision',
    }),
  );
  const byRule = retention.rules.map(
    (rule): ScheduleRow => ({
      what: `Rule ${rule.id}: recordings of ${rule.categories?.join(', ') ?? 'every'} incidents${rule.outcomes === undefined ? '' : ` that ended as ${rule.outcomes.join(', ')}`}, when longer than the above`,
      ...{
        keepMs: rule.keepMs,
        from: 'the end of the incident, or its last correction',
        ground: 'the longest of all that apply counts',
      },
    }),
  );
  const { whenShortened, coldAfterMs } = retention;
  return { whenShortened, coldAfterMs, rows: [...byOutcome, ...byRule] };
}

const fixed: ScheduleRow[] = [
  ...[
    [
      'Packets, masked clips, key frames, exported workflow histories',
      null,
      'the recordings that they were made from',
      'go with them',
    ],
    [
      'Notes, free words, the texts that were sent',
      null,
      'the recordings',
      'wiped with them; the decision itself stays',
    ],
    [
      'Till lines and crossings',
      tillDaysKept * dayMs,
      'the day of the sale',
      'to find late receipts and to measure tills',
    ],
    ['What sensors said', sensorDaysKept * dayMs, 'when it was said', 'to explain decisions'],
    ['Audit log and deletion records', null, 'the entry', 'proof of what was done'],
  ].map(([what, keepMs, from, ground]) => ({ what, keepMs, from, ground }) as ScheduleRow),
];
