import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DocumentPath, DocumentProblem } from '../../domain/policy-document/document.ts';
import { parseDuration } from '../../domain/policy-document/durations.ts';
import { nearestWord } from '../../domain/policy-document/nearest.ts';
import { behaviours } from '../../domain/types.ts';

/** The published shape of a policy document (JSON Schema 2020-12). */
export const policySchema = JSON.parse(
  readFileSync(new URL('../../schemas/policy.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

/** `key`: the key itself is what is wrong, not its value. */
export type ShapeProblem = DocumentProblem & { at: 'key' | 'value' };

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, verbose: true });
const bound = (holds: (ms: number, limitMs: number) => boolean) => ({
  schemaType: 'string' as const,
  type: 'string' as const,
  // What is no duration at all is refused as that, and once.
  validate: (limit: string, text: string): boolean => {
    const ms = parseDuration(text);
    return ms === null || holds(ms, parseDuration(limit) ?? 0);
  },
});
ajv.addKeyword({ keyword: 'x-minDuration', ...bound((ms, limitMs) => ms >= limitMs) });
ajv.addKeyword({ keyword: 'x-maxDuration', ...bound((ms, limitMs) => ms <= limitMs) });
/** Compiled when the first document is checked, which is not when a process starts. */
let isDocument: ValidateFunction | undefined;

/** Everything about the shape that does not hold, in plain words. */
export function shapeProblems(value: unknown): ShapeProblem[] {
  isDocument ??= ajv.compile(policySchema);
  if (isDocument(value)) return [];
  // "must match then" only repeats what stands below it.
  const errors = (isDocument.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  return errors.flatMap((error) => explain(error, value) ?? []);
}

function explain(error: ErrorObject, root: unknown): ShapeProblem | null {
  const path = pathOf(error.instancePath, root);
  const here = (message: string): ShapeProblem => ({ path, message, at: 'value' });
  const params = error.params as Record<string, unknown>;
  const shown = show(error.data);
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      return { path: [...path, name], message: unknownKey(name, error.parentSchema), at: 'key' };
    }
    case 'propertyNames': {
      const name = String(params['propertyName']);
      const near = nearestWord(name, Object.keys(behaviours));
      const hint = near === null ? '' : `; did you mean ${near}?`;
      return { path: [...path, name], message: `"${name}" is not a behaviour known here${hint}`, at: 'key' };
    }
    case 'required':
      return here(missing(String(params['missingProperty']), path));
    case 'enum': {
      // The name of a key was refused as a key already.
      if (error.propertyName !== undefined) return null;
      const allowed = (params['allowedValues'] as unknown[]).map(String);
      const near = nearestWord(String(error.data), allowed);
      return here(
        near === null ? `is ${shown}; write one of ${allowed.join(', ')}` : `is ${shown}; did you mean ${near}?`,
      );
    }
    case 'const':
      return here(`is ${shown}; write ${String(params['allowedValue'])}, or what it stands for in detail`);
    case 'pattern':
      return here(wrongText(String(params['pattern']), error.data));
    case 'x-minDuration':
      return here(`is ${shown}; ${String(error.schema)} is the least`);
    case 'x-maxDuration':
      return here(`is ${shown}; ${String(error.schema)} is the most`);
    case 'minimum':
      return here(`is ${shown}; ${String(params['limit'])} is the least`);
    case 'maximum':
      return here(`is ${shown}; ${String(params['limit'])} is the most`);
    case 'type':
      return here(wrongType(params['type'], error.data, isDuration(error.parentSchema)));
    case 'minItems':
      return here('is empty; name at least one');
    case 'maxItems':
      return here(`has ${shown}; ${String(params['limit'])} are the most`);
    case 'minLength':
      return here('is empty; write something, or delete the line');
    case 'maxLength':
      return here(`is too long; ${String(params['limit'])} signs are the most`);
    case 'uniqueItems': {
      const twice = Math.max(Number(params['i']), Number(params['j']));
      const item = Array.isArray(error.data) ? show(error.data[twice]) : shown;
      return { path: [...path, twice], message: `${item} is named twice; delete one of the two`, at: 'value' };
    }
    default:
      return here(error.message ?? 'is not valid');
  }
}

/** Positions in lists are numbers, names of keys are not, even if they look like one. */
function pathOf(pointer: string, root: unknown): DocumentPath {
  let node = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(node);
      node = typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined;
      return inList ? Number(name) : name;
    });
}

function unknownKey(name: string, schema: unknown): string {
  const known = Object.keys((schema as { properties?: object } | undefined)?.properties ?? {});
  const near = nearestWord(name, known);
  return near === null
    ? `"${name}" is not a key here; known are ${known.join(', ')}`
    : `"${name}" is not a key here; did you mean ${near}?`;
}

const missing = (name: string, path: DocumentPath): string =>
  name === 'operatingModel' && path.length === 0
    ? 'operatingModel is missing: write checkout_validation, soc_led or detection_only'
    : `${name} is missing`;

const isDuration = (schema: unknown): boolean =>
  String((schema as { pattern?: string } | undefined)?.pattern ?? '').endsWith('(ms|s|m|h|d)$');

function wrongText(pattern: string, data: unknown): string {
  if (pattern.endsWith('(ms|s|m|h|d)$'))
    return `is ${show(data)}; write a whole number and its unit, such as 45s, 2m, 24h or 180d`;
  if (pattern.includes('A-Z')) return `is ${show(data)}; use letters, digits, - and _, 64 at most`;
  return `is ${show(data)}; use small letters, digits and -, 64 at most`;
}

function wrongType(type: unknown, data: unknown, duration: boolean): string {
  if (data === null) return 'is empty; write a value, or delete the line';
  if (duration)
    return typeof data === 'number'
      ? `is ${show(data)} of what? Write its unit, such as ${show(data)}s`
      : 'is not a duration; write 45s, 2m, 24h or 180d';
  const words: Record<string, string> = {
    array: 'must be a list, such as [a, b]',
    object: 'must be keys with values, indented below it',
    string: 'must be a text',
    integer: 'must be a whole number',
    number: 'must be a number',
    boolean: 'must be true or false',
  };
  return `is ${show(data)}; it ${words[String(type)] ?? 'is of another type'}`;
}

function show(data: unknown): string {
  if (Array.isArray(data)) return `a list of ${data.length}`;
  if (typeof data === 'object' && data !== null) return 'a map of keys';
  const text = String(data);
  return typeof data === 'string' ? `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"` : text;
}
