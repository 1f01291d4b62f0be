import type { Database } from '../../adapters/postgres/database.ts';

/** What is late at this moment: people who should have been told, facts that the engine has not heard of. */
export interface OverdueLevels {
  [column: string]: number;
  overdue_escalations: number;
  oldest_overdue_seconds: number;
  outbox_waiting: number;
  oldest_outbox_seconds: number;
}

/** How it went in the last minutes, and what goes on for days. Times are seconds, null without a case. */
export interface ServiceLevels {
  [column: string]: number | null;
  contact_p50: number | null;
  contact_p95: number | null;
  contact_p99: number | null;
  contacts: number;
  lateness_p50: number | null;
  lateness_p99: number | null;
  escalations: number;
  /** Escalations of the last minutes that the watch began, because the engine was late. */
  escalations_by_watch: number;
  answer_p50: number | null;
  answer_p95: number | null;
  answers: number;
  clip_p50: number | null;
  clip_p95: number | null;
  clips: number;
  undelivered: number;
  withheld: number;
  /** The latest lines of the tills that speak; null when none does. */
  till_lag_seconds: number | null;
  /** Tills that have fallen silent while their shop goes on. */
  silent_tills: number;
  /** Sensors that nobody can hear: gaps in what stores can notice. */
  silent_sensors: number;
  /** Stored files that are no longer what was stored. */
  quarantined_files: number;
  /** Recordings of the last day that could not be secured. */
  failed_recordings: number;
  /** Requests of people whose time to be answered is over, and those that wait. */
  overdue_subject_requests: number;
  open_subject_requests: number;
  /** Histories that should have been kept hours ago, and those that the engine forgot before. */
  overdue_histories: number;
  lost_histories: number;
}

export const serviceLevelsWindowSeconds = 300;

/** Cheap enough to be asked every second. */
export async function readOverdueLevels(db: Database): Promise<OverdueLevels> {
  const [row] = await db.query<OverdueLevels>('select * from overdue_levels()');
  return row!;
}

export async function readServiceLevels(db: Database): Promise<ServiceLevels> {
  const [row] = await db.query<ServiceLevels>(
    'select * from service_levels($1), till_levels(), sensor_levels(), evidence_levels(), rights_levels(), escalation_levels($1)',
    [serviceLevelsWindowSeconds],
  );
  return row!;
}
