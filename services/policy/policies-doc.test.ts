import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicyDocument } from './document.ts';
import { policySchema } from './schema-problems.ts';

interface Part {
  $ref?: string;
  type?: string;
  description?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Part>;
  items?: Part;
  else?: Part;
  'x-minDuration'?: string;
  'x-maxDuration'?: string;
}

const definitions = policySchema['$defs'] as Record<string, Part>;
const referred = (part: Part): Part =>
  part.$ref === undefined ? part : definitions[part.$ref.replace('#/$defs/', '')]!;
const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
const inline = (value: unknown): string =>
  value === undefined ? '' : `\`${text(value).replaceAll(',', ', ').replaceAll(':', ': ')}\``;

function bounds(part: Part): string {
  const least = part['x-minDuration'] ?? part.minimum;
  const most = part['x-maxDuration'] ?? part.maximum;
  return least === undefined ? '' : ` From \`${least}\` to \`${most}\`.`;
}

/** One row for every key that the schema knows, in its order. */
function rowsOf(properties: Record<string, Part>, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, part]) => {
    const key = `${prefix}${name}`;
    const whole = referred(part);
    const row = `| \`${key}\` | ${inline(part.default)} | ${part.description ?? whole.description ?? ''}${bounds(part)} |`;
    const inner = whole.properties ?? whole.else?.properties;
    const items = whole.items === undefined ? undefined : referred(whole.items).properties;
    return [row, ...(inner ? rowsOf(inner, `${key}.`) : []), ...(items ? rowsOf(items, `${key}[].`) : [])];
  });
}

const doc = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');

describe('docs/policies.md', () => {
  it('has every key of the schema with its default and meaning, in its order', () => {
    const section = doc.split('\n## ').find((part) => part.startsWith('Every key\n')) ?? '';
    const shown = section.split('\n').filter((line) => /^\| `[A-Za-z_.[\]]+` \|/.test(line));
    expect(shown).toEqual(rowsOf(policySchema['properties'] as Record<string, Part>));
  });

  it('shows only documents that are right, and the one mistake that it is about', () => {
    const sources = [...doc.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, source]) => source!);
    expect(sources.length).toBeGreaterThan(1);
    const verdicts = sources.map((source) => {
      const parsed = parsePolicyDocument(source);
      return 'problems' in parsed
        ? parsed.problems.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`)
        : [];
    });
    const wrong = verdicts.flat();
    expect(wrong).toHaveLength(2);
    for (const message of wrong) expect(doc).toContain(`"message": ${JSON.stringify(message)}`);
  });
});
