/** Validates the compose files against the Compose Specification's schema, and the install against the house's own rules. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { breaches, type Services } from './validate-compose.rules.ts';
import { loadComposeSchema } from './validate-compose.schema.ts';

const root = new URL('../', import.meta.url);
const install = 'docker-compose.yml';
const files = [install, 'deploy/compose.ops.yml'];

const schema = await loadComposeSchema(process.env);
const validate = addFormats.default(new Ajv2020({ strict: false, allErrors: true })).compile(schema);
const problems: string[] = [];

for (const file of files) {
  const compose: unknown = parse(await readFile(new URL(file, root), 'utf8'), { merge: true });
  if (!validate(compose)) {
    problems.push(...(validate.errors ?? []).map((error) => `${file}${error.instancePath}: ${error.message}`));
  } else if (file === install) {
    const { services } = compose as { services: Services };
    problems.push(...breaches(services).map((breach) => `${file}: ${breach}`), ...missingMounts(services));
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${files.join(' and ')}: valid against the Compose Specification, no breach of the house's rules.`);

function missingMounts(services: Services): string[] {
  return Object.entries(services).flatMap(([name, { volumes = [] }]) =>
    volumes
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => source.startsWith('./') && !existsSync(fileURLToPath(new URL(source, root))))
      .map((source) => `${install}: ${name}: mounts ${source}, which is not there`),
  );
}
