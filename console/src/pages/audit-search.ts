import type { paths } from '../../../schemas/generated/openapi.ts';

/** What of the log is shown, as it stands in the address, so that it can be sent to somebody. */
export interface AuditSearch {
  action?: string;
  actor?: string;
  about?: string;
  from?: string;
  to?: string;
  /** The row that is open. */
  row?: number;
}

type Query = NonNullable<paths['/v1/audit']['get']['parameters']['query']>;
type Raw = Record<string, unknown>;

const textOf = <Name extends string>(search: Raw, name: Name) => {
  const value = search[name];
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? { [name]: text.trim() } : {};
};

/** What of the address this page understands; the rest is dropped. */
export const auditSearch = (search: Raw): AuditSearch => ({
  ...textOf(search, 'action'),
  ...textOf(search, 'actor'),
  ...textOf(search, 'about'),
  ...textOf(search, 'from'),
  ...textOf(search, 'to'),
  ...(Number.isSafeInteger(search['row']) && Number(search['row']) > 0 ? { row: Number(search['row']) } : {}),
});

/** A moment as a date field gives it, in the clock of whoever looks. */
const instant = (local: string | undefined): string | undefined => {
  const ms = local === undefined ? Number.NaN : Date.parse(local);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};

/** An incident may be named by its id alone, as people copy it. */
const subjectOf = (about: string): string => (/^inc_[a-z0-9]+$/.test(about) ? `incident:${about}` : about);

export function auditFilter({ action, actor, about, from, to }: AuditSearch): Omit<Query, 'limit' | 'cursor'> {
  const [fromAt, toAt] = [instant(from), instant(to)];
  return {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actor }),
    ...(about === undefined ? {} : { subject: subjectOf(about) }),
    ...(fromAt === undefined ? {} : { fromAt }),
    ...(toAt === undefined ? {} : { toAt }),
  };
}
