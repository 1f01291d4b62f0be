import { z } from 'zod';
import type { Queryable } from '../../adapters/postgres/database.ts';
import { canonicalJson } from '../../domain/audit-chain.ts';
import { csvFields, type DayFileMapping, timePatternProblem } from '../../domain/day-file.ts';
import { DomainError } from '../../domain/errors.ts';
import { requirePermission } from '../../domain/permissions.ts';
import { posLineTypes, posUnits, tenderTypes } from '../../domain/types.ts';
import { found, readOnly, type ServiceContext, sha256Hex, write } from '../context.ts';

const maxEntries = 2_000;
const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be an id of ours: lower-case letters, digits and dashes');
const theirs = z.string().min(1).max(200);
const table = <Value extends z.ZodType>(value: Value) =>
  z
    .record(theirs, value)
    .refine((entries) => Object.keys(entries).length <= maxEntries, `must have at most ${maxEntries} entries`)
    .default({});

/** Defaults are those of most files: ISO times, commas between the cells, amounts with a point and two digits. */
const csvSchema = z
  .strictObject({
    delimiter: z.enum([',', ';', '\t', '|']).default(','),
    encoding: z.enum(['utf8', 'latin1']).default('utf8'),
    quotes: z.boolean().default(true),
    columns: z.partialRecord(z.enum(csvFields), theirs),
    constants: z.partialRecord(z.enum(csvFields), theirs).default({}),
    types: table(z.enum([...posLineTypes, 'ignore'])),
    tenderTypes: table(z.enum(tenderTypes)),
    units: table(z.enum(posUnits)),
    trainingValues: z.array(theirs).max(20).default(['true', '1']),
    timePattern: z.string().min(1).max(40).default('iso'),
  })
  .superRefine((csv, context) => {
    const has = (field: (typeof csvFields)[number]) =>
      csv.columns[field] !== undefined || csv.constants[field] !== undefined;
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    for (const field of ['terminalId', 'transactionId', 'line', 'type'] as const)
      if (!has(field)) issue('columns', `needs ${field}, as a column or as a constant`);
    if (!has('occurredAt') && !(has('date') && has('time')))
      issue('columns', 'needs occurredAt, or both date and time');
    const problem = timePatternProblem(csv.timePattern);
    if (problem !== null) issue('timePattern', problem);
    if (csv.constants.line !== undefined) issue('constants', 'cannot give every line the same number');
  });

const mappingSchema = z.strictObject({
  stores: table(id),
  terminals: table(id),
  amount: z
    .strictObject({
      written: z.enum(['major', 'minor']).default('major'),
      exponent: z.int().min(0).max(4).default(2),
      decimalSign: z.enum(['.', ',']).default('.'),
      sign: z.enum(['as_written', 'by_type']).default('as_written'),
    })
    .prefault({}),
  csv: csvSchema.nullable().default(null),
});

/** What POSLog is read by when no mapping is named: ids as they stand, two digits behind the point. */
export const plainMapping: DayFileMapping = mappingSchema.parse({});

/** Throws VALIDATION that names everything that is wrong. */
export function parseMapping(value: unknown): DayFileMapping {
  const parsed = mappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.') || 'body',
    message: issue.message,
  }));
  throw new DomainError('VALIDATION', fields.map(({ field, message }) => `${field}: ${message}`).join('; '), {
    fields,
  });
}

export interface StoredMapping {
  id: string;
  mapping: DayFileMapping;
  updatedAt: string;
  updatedBy: string;
}

interface MappingRow {
  [column: string]: unknown;
  id: string;
  document: unknown;
  updated_at: Date;
  updated_by: string;
}

const storedOf = (row: MappingRow): StoredMapping => ({
  id: row.id,
  mapping: parseMapping(row.document),
  updatedAt: row.updated_at.toISOString(),
  updatedBy: row.updated_by,
});

/** Declares how a kind of day file is to be read, or changes it for the files to come. */
export function putMapping(
  ctx: ServiceContext,
  input: { mappingId: string; mapping: unknown },
): Promise<StoredMapping> {
  requirePermission(ctx.actor, 'pos.manage');
  if (ctx.actor.storeIds !== null)
    throw new DomainError('FORBIDDEN', 'A mapping is for every store; your scope is limited to some.');
  const mapping = parseMapping(input.mapping);
  return write(ctx, async (tx) => {
    const { tenantId } = ctx.actor;
    const [before] = await tx.query<MappingRow>(
      'select id, document, updated_at, updated_by from pos_mappings where tenant_id = $1 and id = $2 for update',
      [tenantId, input.mappingId],
    );
    if (before && canonicalJson(parseMapping(before.document)) === canonicalJson(mapping)) {
      tx.noAudit('nothing changed');
      return storedOf(before);
    }
    const [row] = await tx.query<MappingRow>(
      `insert into pos_mappings (tenant_id, id, document, updated_at, updated_by) values ($1, $2, $3, $4, $5)
       on conflict on constraint pos_mappings_pk do update set document = excluded.document, updated_at = excluded.updated_at, updated_by = excluded.updated_by
       returning id, document, updated_at, updated_by`,
      [tenantId, input.mappingId, JSON.stringify(mapping), tx.at, ctx.actor.id],
    );
    tx.audit({
      action: 'pos.mapping_declared',
      subject: `pos_mapping:${input.mappingId}`,
      details: { documentSha256: sha256Hex(canonicalJson(mapping)) },
    });
    return storedOf(found(row, `The mapping ${input.mappingId}`));
  });
}

/** Every mapping of the tenant, by name. */
export function listMappings(ctx: ServiceContext): Promise<StoredMapping[]> {
  requirePermission(ctx.actor, 'incident.read');
  return readOnly(ctx, async (tx) => {
    const rows = await tx.query<MappingRow>(
      'select id, document, updated_at, updated_by from pos_mappings where tenant_id = $1 order by id',
      [ctx.actor.tenantId],
    );
    return rows.map(storedOf);
  });
}

/** The mapping of that name, or the plain one when none is named. */
export async function readMapping(tx: Queryable, tenantId: string, mappingId: string | null): Promise<DayFileMapping> {
  if (mappingId === null) return plainMapping;
  const [row] = await tx.query<MappingRow>(
    'select id, document, updated_at, updated_by from pos_mappings where tenant_id = $1 and id = $2',
    [tenantId, mappingId],
  );
  if (!row)
    throw new DomainError(
      'NOT_FOUND',
      `There is no mapping ${mappingId}; declare it with PUT /v1/pos/mappings/${mappingId}.`,
    );
  return storedOf(row).mapping;
}
