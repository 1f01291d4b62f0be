/** Stable codes; the table with HTTP status and retry behaviour is docs/errors.md, and a test keeps the two equal. */
export const errorCodes = {
  VALIDATION: { status: 400, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  CONFLICT: { status: 409, retryable: false },
  PRECONDITION_FAILED: { status: 422, retryable: false },
  LIMIT_EXCEEDED: { status: 429, retryable: true },
  DEPENDENCY_TEMPORARY: { status: 503, retryable: true },
  DEPENDENCY_PERMANENT: { status: 502, retryable: false },
  INTERNAL: { status: 500, retryable: true },
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface FieldError {
  field: string;
  message: string;
}

/** The one error type our own code throws; `message` is safe to show to a caller. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[];
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { fields?: FieldError[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DomainError';
    this.code = code;
    this.fields = details.fields ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }
}

export function invalidField(field: string, message: string): DomainError {
  return new DomainError('VALIDATION', `${field}: ${message}`, { fields: [{ field, message }] });
}

export function assertNever(value: never): never {
  throw new DomainError('INTERNAL', `unhandled case ${JSON.stringify(value)}`);
}
