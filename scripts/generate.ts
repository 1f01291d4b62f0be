/** Regenerates schemas/generated from schemas/; with --check it only compares, and fails on a difference. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../schemas/openapi.yaml', import.meta.url);
const target = new URL('../schemas/generated/openapi.ts', import.meta.url);

const body = astToString(await openapiTS(source));
const text = `// Generated from schemas/openapi.yaml by \`npm run generate\`. Do not edit.\n\n${body}`;

if (process.argv.includes('--check')) {
  const current = await readFile(target, 'utf8').catch(() => '');
  if (current !== text) {
    console.error(`${fileURLToPath(target)} is out of date: run \`npm run generate\` and commit the result.`);
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
