import type { Database } from '../../adapters/postgres/database.ts';

/** Whether people are reached in time: what is late now, and how it went in the last minutes. Times are seconds, null without a case. */
export interface ServiceLevels {
  [column: string]: number | null;
  overdue_escalations: number;
  oldest_overdue_seconds: number;
  outbox_waiting: number;
  oldest_outbox_seconds: number;
  contact_p50: number | null;
  contact_p95: number | null;
  contact_p99: number | null;
  contacts: number;
  lateness_p50: number | null;
  lateness_p99: number | null;
  escalations: number;
  answer_p50: number | null;
  answer_p95: number | null;
  answers: number;
  clip_p50: number | null;
  clip_p95: number | null;
  clips: number;
  undelivered: number;
  withheld: number;
}

export const serviceLevelsWindowSeconds = 300;

export async function readServiceLevels(db: Database): Promise<ServiceLevels> {
  const [row] = await db.query<ServiceLevels>('select * from service_levels($1)', [serviceLevelsWindowSeconds]);
  return row!;
}
