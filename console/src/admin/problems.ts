import type { Schemas } from '../api/client.ts';
import { ApiError, apiErrorOf, unreachable } from '../api/client.ts';

/** A refusal that names the fields of a form. */
class FieldsError extends ApiError {
  readonly fields: ReadonlyMap<string, string>;

  constructor(problem: ApiError, fields: ReadonlyMap<string, string>) {
    super(problem.status, problem.message, problem.detail, problem.requestId);
    this.name = 'FieldsError';
    this.fields = fields;
  }
}

/** The body of a good answer to a form; a refusal keeps the fields that it names apart. */
export async function expectForm<T>(pending: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const answer = await pending.catch((cause: unknown) => {
    throw unreachable(cause);
  });
  if (answer.response.ok) return answer.data as T;
  const problem = apiErrorOf(answer.response.status, answer.error);
  const named = (answer.error as Partial<Schemas['Problem']> | undefined)?.errors ?? [];
  throw named.length === 0 ? problem : new FieldsError(problem, byField(named));
}

/** "/body/phone" and "phone" are the same field; several complaints about one are read one after another. */
function byField(named: readonly { field: string; message: string }[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const { field, message } of named) {
    const name = field.replace(/^\/?body[/.]/, '').replaceAll('/', '.');
    fields.set(name, [fields.get(name), message].filter(Boolean).join('; '));
  }
  return fields;
}

/** What the server said about one field of the form, as its error. */
export function fieldError(error: unknown, ...names: readonly string[]): string | undefined {
  if (!(error instanceof FieldsError)) return undefined;
  const said = names.map((name) => error.fields.get(name)).find((message) => message !== undefined);
  return said && said.charAt(0).toUpperCase() + said.slice(1);
}

/** A refusal whose every complaint already stands beside its field needs no second place. */
export const isShownAtFields = (error: unknown, shown: readonly string[]): boolean =>
  error instanceof FieldsError && [...error.fields.keys()].every((name) => shown.includes(name));
