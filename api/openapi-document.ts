import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const schemas = new URL('../schemas/', import.meta.url);

export const openApiPath = fileURLToPath(new URL('openapi.yaml', schemas));
/** What `requestDocument` makes of it; written by `npm run generate`, so that a start parses a tenth of it. */
export const requestDocumentPath = fileURLToPath(new URL('generated/openapi-requests.json', schemas));

export interface OpenApiDocument {
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
}

const events = {
  './events/detection.schema.json': 'Detection',
  './events/pos-event.schema.json': 'PosEvent',
  './events/crossing.schema.json': 'Crossing',
  './events/sensor-event.schema.json': 'SensorEvent',
  './events/sensor-status.schema.json': 'SensorStatus',
} as const;

/** One document for tools that do not follow file references. */
export function bundledDocument(): OpenApiDocument {
  let text = JSON.stringify(parse(readFileSync(openApiPath, 'utf8')));
  for (const [file, name] of Object.entries(events)) {
    const place = `#/components/schemas/${name}`;
    text = text.replaceAll(`"${file}"`, `"${place}"`).replaceAll(`"${file}#/`, `"${place}/`);
  }
  const bundled = JSON.parse(text) as OpenApiDocument;
  for (const [file, name] of Object.entries(events))
    bundled.components['schemas']![name] = JSON.parse(readFileSync(new URL(file, schemas), 'utf8'));
  return bundled;
}

/** The same without what is said about answers: all that is needed to refuse a bad request. */
export function requestDocument(whole: OpenApiDocument): OpenApiDocument {
  const paths = Object.fromEntries(
    Object.entries(whole.paths).map(([path, item]) => [
      path,
      Object.fromEntries(Object.entries(item).map(([name, part]) => [name, withoutAnswers(part)])),
    ]),
  );
  const components: OpenApiDocument['components'] = {};
  const keepWhatIsNamed = (part: unknown): void => {
    for (const [, kind, name] of JSON.stringify(part).matchAll(/"#\/components\/(\w+)\/(\w+)[/"]/g)) {
      const found = whole.components[kind!]![name!];
      if (components[kind!]?.[name!] !== undefined) continue;
      components[kind!] = { ...components[kind!], [name!]: found };
      keepWhatIsNamed(found);
    }
  };
  keepWhatIsNamed(paths);
  if (whole.components['securitySchemes']) components['securitySchemes'] = whole.components['securitySchemes'];
  return { ...whole, paths, components };
}

const withoutAnswers = (part: unknown): unknown =>
  typeof part === 'object' && part !== null && 'responses' in part
    ? { ...part, responses: { default: { description: 'see openapi.yaml' } } }
    : part;
