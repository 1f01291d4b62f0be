import type { Response } from 'express';
import type { components } from '../schemas/generated/openapi.ts';

type Schemas = components['schemas'];

/** Answers with a value that the published schema promises; the compiler holds routes to the document. */
export function reply<Name extends keyof Schemas>(
  response: Response,
  _schema: Name,
  value: Schemas[Name],
  status = 200,
): void {
  response.status(status).json(value);
}
