import type { Database } from '../../adapters/postgres/database.ts';

/** How long till lines and crossings are kept: as long as a baseline and a complaint need them. */
export const tillDaysKept = 90;

/** Deletes what sensors said that is older, of all tenants; resolves with how many there were. */
export async function forgetSensorEvents(db: Pick<Database, 'query'>, keepDays: number): Promise<number> {
  const [row] = await db.query<{ forgotten: number }>('select forget_sensor_events($1) as forgotten', [keepDays]);
  return row?.forgotten ?? 0;
}

/** Drops the days that are older, of all tenants; resolves with how many there were. */
export async function forgetTillDays(db: Pick<Database, 'query'>, keepDays: number): Promise<number> {
  const [row] = await db.query<{ forgotten: number }>('select forget_till_days($1) as forgotten', [keepDays]);
  return row?.forgotten ?? 0;
}
