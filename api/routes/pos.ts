import { type Request, type Response, Router } from 'express';
import type { DayFileFormat, DayFileReader } from '../../domain/day-file.ts';
import { DomainError, invalidField } from '../../domain/errors.ts';
import { importDayFile } from '../../services/pos/day-file.ts';
import { listImports, listQuarantine, readImport } from '../../services/pos/imports.ts';
import { listMappings, putMapping, type StoredMapping } from '../../services/pos/mapping.ts';
import { contextOf } from '../auth.ts';
import type { ApiDependencies } from '../deps.ts';
import { parsePosEvents } from '../intake.ts';
import { reply } from '../reply.ts';

export type DayFileReaders = Readonly<Record<DayFileFormat, DayFileReader>>;

/** Each holds a connection for minutes and keeps the database busy; a fifth is asked to come back. */
const maxInFlight = 4;
const retryAfterMs = 15_000;
/** A sender that is silent for this long has gone; ours is never, since it waits only for the database. */
const silentMs = 60_000;

const formats: Readonly<Record<string, DayFileFormat>> = {
  'application/xml': 'poslog',
  'text/xml': 'poslog',
  'text/csv': 'csv',
};

/** Day files as they stream in. Mounted before bodies are parsed, since these never fit into memory. */
export function dayFileRoutes(
  deps: Pick<ApiDependencies, 'db' | 'now' | 'dispatcher' | 'log'>,
  readers: DayFileReaders,
): Router {
  const router = Router();
  let inFlight = 0;

  const take = async (
    request: Request,
    response: Response,
    given: { storeId: string; fileName: string; mappingId?: string },
  ) => {
    const format = formatOf(request);
    if (inFlight >= maxInFlight)
      throw new DomainError(
        'DEPENDENCY_TEMPORARY',
        'Four day files are being read already. Send this one again shortly.',
        {
          retryAfterMs,
        },
      );
    inFlight += 1;
    try {
      request.setTimeout(silentMs, () => request.destroy());
      const ctx = contextOf(deps, response);
      const length = Number(request.headers['content-length']);
      const result = await importDayFile(
        ctx,
        {
          readers,
          parseLine: (value) => parsePosEvents([value])[0]!,
          async onReceipts(incidentIds) {
            // The lines are stored; a late receipt that cannot be told now is told by the sweep.
            for (const incidentId of incidentIds)
              await deps.dispatcher
                .dispatch(ctx.actor.tenantId, incidentId)
                .catch((error: unknown) => deps.log(error, { incidentId }));
          },
        },
        {
          ...given,
          format,
          stream: request,
          ...(Number.isSafeInteger(length) && length > 0 ? { bytesTotal: length } : {}),
        },
      );
      reply(response, 'PosImport', result);
    } finally {
      inFlight -= 1;
    }
  };

  router.post('/v1/pos/poslog', async (request, response) => {
    endAfterAnswer(response);
    const { storeId, mappingId, fileName } = parametersOf(request, ['storeId', 'mappingId', 'fileName']);
    if (formatOf(request) !== 'poslog') throw invalidField('content-type', 'must be application/xml');
    await take(request, response, {
      storeId: needed('storeId', storeId),
      fileName: fileName ?? 'poslog.xml',
      ...(mappingId === undefined ? {} : { mappingId }),
    });
  });
  router.post('/v1/pos/day-files', async (request, response) => {
    endAfterAnswer(response);
    const { storeId, mappingId, fileName } = parametersOf(request, ['storeId', 'mappingId', 'fileName']);
    if (formatOf(request) === 'csv') needed('mappingId', mappingId);
    await take(request, response, {
      storeId: needed('storeId', storeId),
      fileName: needed('fileName', fileName),
      ...(mappingId === undefined ? {} : { mappingId }),
    });
  });
  return router;
}

/** What came of day files, the lines that could not be taken, and how files are to be read. */
export function posImportRoutes(deps: Pick<ApiDependencies, 'db' | 'now'>): Router {
  const router = Router();
  router.get('/v1/pos/imports', async (request, response) => {
    const { limit, ...filter } = request.query as unknown as { storeId?: string; cursor?: string; limit?: number };
    reply(response, 'PosImportPage', await listImports(contextOf(deps, response), { ...filter, limit: limit ?? 50 }));
  });
  router.get('/v1/pos/imports/:importId', async (request, response) => {
    reply(response, 'PosImport', await readImport(contextOf(deps, response), request.params.importId));
  });
  router.get('/v1/pos/quarantine', async (request, response) => {
    const { limit, ...filter } = request.query as unknown as {
      storeId?: string;
      importId?: string;
      cursor?: string;
      limit?: number;
    };
    const page = await listQuarantine(contextOf(deps, response), { ...filter, limit: limit ?? 50 });
    reply(response, 'QuarantinePage', page);
  });
  router.get('/v1/pos/mappings', async (_request, response) => {
    reply(response, 'PosMappingList', { items: (await listMappings(contextOf(deps, response))).map(published) });
  });
  router.put('/v1/pos/mappings/:mappingId', async (request, response) => {
    const { mappingId } = request.params;
    const mapping: unknown = request.body;
    reply(response, 'PosMapping', published(await putMapping(contextOf(deps, response), { mappingId, mapping })));
  });
  return router;
}

/** The document is open in the published schema, so that a field more is no break of it. */
const published = ({ mapping, ...stored }: StoredMapping) => ({ ...stored, mapping: { ...mapping } });

/** A refusal may come before the file was read; what is left of it must not be taken for the next request. */
function endAfterAnswer(response: Response): void {
  response.setHeader('connection', 'close');
}

function formatOf(request: Request): DayFileFormat {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const format = formats[type];
  if (format === undefined) throw invalidField('content-type', 'must be text/csv or application/xml');
  if (request.headers['content-encoding'] !== undefined)
    throw invalidField('content-encoding', 'is not read here; send the file as it is');
  return format;
}

/** These routes lie before the validator of the published document, so they hold to it themselves. */
function parametersOf(request: Request, names: readonly string[]): Record<string, string | undefined> {
  for (const [name, value] of Object.entries(request.query)) {
    if (!names.includes(name)) throw invalidField(name, 'is not known');
    if (typeof value !== 'string' || value === '' || value.length > 200 || /\p{Cc}|\p{Surrogate}/u.test(value))
      throw invalidField(name, 'must be one value of 1 to 200 signs');
  }
  return request.query as Record<string, string | undefined>;
}

function needed(name: string, value: string | undefined): string {
  if (value === undefined) throw invalidField(name, 'is missing; add it to the address');
  return value;
}
