/** Regenerates schemas/generated from schemas/; with --check it only compares, and fails on a difference. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { bundledDocument, requestDocument, requestDocumentPath } from '../api/openapi-document.ts';

const source = new URL('../schemas/openapi.yaml', import.meta.url);
const types = astToString(await openapiTS(source));

const generated: Record<string, string> = {
  [fileURLToPath(new URL('../schemas/generated/openapi.ts', import.meta.url))]:
    `// Generated from schemas/openapi.yaml by \`npm run generate\`. Do not edit.\n\n${types}`,
  [requestDocumentPath]: `${JSON.stringify(requestDocument(bundledDocument()), null, 1)}\n`,
};

for (const [path, text] of Object.entries(generated)) {
  if (!process.argv.includes('--check')) {
    await writeFile(path, text);
    continue;
  }
  const current = await readFile(path, 'utf8').catch(() => '');
  if (current !== text) {
    console.error(`${path} is out of date: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  }
}
