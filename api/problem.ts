import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { error as openApiError } from 'express-openapi-validator';
import { DomainError, type ErrorCode, errorCodes, type FieldError } from '../domain/errors.ts';
import { IntegrityError } from '../domain/ports.ts';

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId: string;
  errors?: FieldError[];
}

const titles: Record<ErrorCode, string> = {
  VALIDATION: 'The request is not valid',
  UNAUTHENTICATED: 'Not signed in',
  FORBIDDEN: 'Not allowed',
  NOT_FOUND: 'Not found',
  CONFLICT: 'Not possible in this state',
  PRECONDITION_FAILED: 'Something that this needs is missing',
  LIMIT_EXCEEDED: 'Too much at once',
  DEPENDENCY_TEMPORARY: 'Temporarily unavailable',
  DEPENDENCY_PERMANENT: 'A dependency refused',
  INTERNAL: 'Unexpected error',
};

/** The API's only translation of errors. Unknown ones are scrubbed for the caller and kept whole for the log. */
export function problemOf(
  error: unknown,
  requestId: string,
): { problem: Problem; retryAfterMs: number | undefined; unknown: boolean } {
  const make = (
    code: ErrorCode,
    detail: string,
    fields: FieldError[] = [],
    status: number = errorCodes[code].status,
  ): Problem => ({
    type: `https://floorwalker.dev/errors/${code.toLowerCase().replaceAll('_', '-')}`,
    title: titles[code],
    status,
    code,
    detail,
    requestId,
    ...(fields.length === 0 ? {} : { errors: fields }),
  });
  if (error instanceof DomainError)
    return {
      problem: make(error.code, error.message, error.fields),
      retryAfterMs: error.retryAfterMs,
      unknown: error.code === 'INTERNAL',
    };
  if (error instanceof IntegrityError)
    return {
      problem: make(
        'DEPENDENCY_PERMANENT',
        'This file no longer has the hash that was recorded when it was acquired. It is not shown; tell compliance.',
      ),
      retryAfterMs: undefined,
      unknown: false,
    };
  const status = statusOf(error);
  if (status === 413)
    return {
      problem: make(
        'VALIDATION',
        'The body is too large.',
        [{ field: 'body', message: 'is larger than this endpoint takes' }],
        413,
      ),
      retryAfterMs: undefined,
      unknown: false,
    };
  if (status === 415)
    return {
      problem: make(
        'VALIDATION',
        'This media type is not supported here; send application/json.',
        [{ field: 'content-type', message: 'is not supported' }],
        415,
      ),
      retryAfterMs: undefined,
      unknown: false,
    };
  if (status === 404)
    return { problem: make('NOT_FOUND', 'There is nothing at this address.'), retryAfterMs: undefined, unknown: false };
  if (status === 405)
    return {
      problem: make('NOT_FOUND', 'This method is not known here.', [], 405),
      retryAfterMs: undefined,
      unknown: false,
    };
  if (status === 400) {
    const fields = fieldsOf(error);
    return {
      problem: make(
        'VALIDATION',
        fields.map(({ field, message }) => `${field}: ${message}`).join('; ') || 'The request could not be read.',
        fields,
      ),
      retryAfterMs: undefined,
      unknown: false,
    };
  }
  // What a library refused, such as a range outside of a file: the caller's doing, not ours.
  if (status !== undefined && status > 400 && status < 500)
    return {
      problem: make('VALIDATION', 'The request could not be answered as it was made.', [], status),
      retryAfterMs: undefined,
      unknown: false,
    };
  return {
    problem: make('INTERNAL', 'Something went wrong on our side. Give the requestId when you report it.'),
    retryAfterMs: undefined,
    unknown: true,
  };
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}

/** Field errors of the OpenAPI validator, and of a body that is not JSON. */
function fieldsOf(error: unknown): FieldError[] {
  if (error instanceof openApiError.BadRequest)
    return error.errors.map((entry) => ({
      field: entry.path.replace(/^\//, '').replaceAll('/', '.'),
      message: entry.message,
    }));
  if (error instanceof SyntaxError) return [{ field: 'body', message: 'is not JSON' }];
  return [];
}

export const requestIds: RequestHandler = (_request, response, next) => {
  response.locals['requestId'] = randomUUID();
  response.setHeader('x-request-id', response.locals['requestId'] as string);
  next();
};

export const notFound: RequestHandler = (_request, _response, next) =>
  next(new DomainError('NOT_FOUND', 'There is nothing at this address.'));

export function problemHandler(
  log: (error: unknown, about: { requestId: string; path: string; code: string }) => void,
): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const requestId = String(response.locals['requestId']);
    const { problem, retryAfterMs, unknown } = problemOf(error, requestId);
    if (unknown || problem.status >= 500) log(error, { requestId, path: request.path, code: problem.code });
    if (retryAfterMs !== undefined || problem.status === 429 || problem.status === 503)
      response.setHeader('retry-after', String(Math.max(1, Math.ceil((retryAfterMs ?? 1_000) / 1_000))));
    if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer');
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}
