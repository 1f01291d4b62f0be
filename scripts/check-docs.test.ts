import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentSchema } from '../config/env.ts';
import { errorCodes } from '../domain/errors.ts';
import {
  benchTable,
  headingsOf,
  problemsOf,
  readBenches,
  readDocuments,
  tableUnder,
  topFolders,
} from './check-docs.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const documents = await readDocuments();
const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts));
const headings = (file: string) => headingsOf(read(file));
const repository = { folders: await topFolders(), scripts, headings };

describe('the documents', () => {
  it('are found', () => {
    expect(documents.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['CONTRIBUTING.md', 'README.md', 'docs/architecture.md', 'docs/adr/README.md']),
    );
  });

  it.each(documents.map((document) => [document.file, document] as const))(
    '%s names only what exists',
    (_file, document) => {
      expect(problemsOf(document, repository)).toEqual([]);
    },
  );

  it('would be told of a dead link, path, heading or script', () => {
    const text = [
      '[here](README.md) and [gone](gone.md) and [part](README.md#no-such-part) and [out](https://example.com/x)',
      'see `domain/errors.ts`, `domain/gone.ts`, `POST /v1/x` and `a/b`',
      '```sh',
      'cat `domain/not-checked.ts`; npm run verify; npm run nowhere',
      '```',
    ].join('\n');
    expect(problemsOf({ file: 'X.md', text }, repository)).toEqual([
      'X.md:1: the link gone.md leads nowhere',
      'X.md:1: README.md has no heading #no-such-part',
      'X.md:2: there is no domain/gone.ts',
      'X.md:4: there is no npm script "nowhere"',
    ]);
  });
});

describe('tables that repeat the code', () => {
  it('docs/errors.md has every code, its status and whether activities try again', () => {
    const rows = tableUnder(read('docs/errors.md'), '## The codes').map(([code, status, retried]) => [
      code,
      { status: Number(status), retryable: retried === 'yes' },
    ]);
    expect(Object.fromEntries(rows)).toEqual(errorCodes);
  });

  it('docs/operations.md has every variable of the configuration', () => {
    const names = tableUnder(read('docs/operations.md'), '## Configuration').map(([name]) => name);
    expect(names.toSorted()).toEqual(Object.keys(environmentSchema.shape).toSorted());
  });

  it('docs/api.md has every operation of the OpenAPI document', () => {
    const { paths } = parse(read('schemas/openapi.yaml')) as { paths: Record<string, object> };
    const methods = ['get', 'put', 'post', 'delete', 'patch'];
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((method) => (methods.includes(method) ? [`${method.toUpperCase()} ${path}`] : [])),
    );
    const listed = tableUnder(read('docs/api.md'), '## Routes').map(([operation]) => operation);
    expect(listed.toSorted()).toEqual(operations.toSorted());
  });

  it('docs/adr/README.md lists every record', () => {
    const files = readdirSync(new URL('../docs/adr/', import.meta.url)).filter((name) => /^\d{4}-/.test(name));
    const index = read('docs/adr/README.md');
    expect(files.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });

  it('README.md shows the last stored run of the bench (else: node --import tsx scripts/check-docs.ts --write)', async () => {
    for (const bench of await readBenches()) expect(read('README.md')).toContain(benchTable(bench));
  });
});
