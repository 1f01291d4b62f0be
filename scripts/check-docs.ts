/** What the documents say is held against the repository: `npm test` runs it, `--write` refreshes the bench tables. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchResult } from '../bench/lib/results.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const notOurs = new Set(['node_modules', '.git', '.floorwalker', 'dist', 'tmp', 'coverage']);

export interface Document {
  /** Relative to the root of the repository, with forward slashes. */
  file: string;
  text: string;
}

/** Every Markdown file of the repository. */
export async function readDocuments(folder = root): Promise<Document[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry): Promise<Document[]> => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : readDocuments(path);
    return entry.name.endsWith('.md') ? [{ file: relative(root, path), text: await readFile(path, 'utf8') }] : [];
  });
  return (await Promise.all(found)).flat().sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The first names that make a backticked word a path of this repository: its top-level folders. */
export async function topFolders(): Promise<Set<string>> {
  const entries = await readdir(root, { withFileTypes: true });
  return new Set(entries.filter((entry) => entry.isDirectory() && !notOurs.has(entry.name)).map(({ name }) => name));
}

/** Links, paths and npm scripts of a document that lead nowhere, each as `file:line: what`. */
export function problemsOf(
  document: Document,
  repository: { folders: ReadonlySet<string>; scripts: ReadonlySet<string>; headings: (file: string) => Set<string> },
): string[] {
  const problems: string[] = [];
  let fenced = false;
  document.text.split('\n').forEach((line, index) => {
    const report = (what: string) => problems.push(`${document.file}:${index + 1}: ${what}`);
    for (const [, script] of line.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g))
      if (script && !repository.scripts.has(script)) report(`there is no npm script "${script}"`);
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (fenced || /^\s*```/.test(line)) return;
    for (const target of linksOf(line)) {
      const problem = linkProblem(document.file, target, repository.headings);
      if (problem) report(problem);
    }
    for (const path of pathsOf(line, repository.folders))
      if (!existsSync(join(root, path))) report(`there is no ${path}`);
  });
  return problems;
}

function linksOf(line: string): string[] {
  const withoutCode = line.replace(/`[^`]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => (target ? [target] : []));
}

function linkProblem(file: string, target: string, headings: (file: string) => Set<string>): string | undefined {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [path = '', fragment] = target.split('#');
  const linked = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(root, linked))) return `the link ${target} leads nowhere`;
  if (fragment && linked.endsWith('.md') && !headings(linked).has(fragment))
    return `${linked} has no heading #${fragment}`;
  return undefined;
}

/** Backticked words that name a file or folder below one of our top-level folders; patterns and placeholders are not paths. */
function pathsOf(line: string, folders: ReadonlySet<string>): string[] {
  return [...line.matchAll(/`([A-Za-z0-9_.@-]+(?:\/[A-Za-z0-9_.@-]+)+\/?)`/g)].flatMap(([, path]) =>
    path && folders.has(path.split('/')[0]!) ? [path] : [],
  );
}

/** The anchors of a document, as GitHub makes them of its headings. */
export function headingsOf(text: string): Set<string> {
  const titles = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => title!);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The rows of the first table under `heading`, as cells without their backticks. */
export function tableUnder(text: string, heading: string): string[][] {
  const lines = text.split('\n');
  const from = lines.indexOf(heading);
  if (from < 0) throw new Error(`there is no heading "${heading}"`);
  const first = lines.findIndex((line, index) => index > from && line.startsWith('|'));
  const rows: string[][] = [];
  for (let at = first; at >= 0 && lines[at]?.startsWith('|'); at += 1)
    rows.push(
      lines[at]!.split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  return rows.slice(2);
}

const meanings: Record<string, string> = {
  p50Ms: 'detection posted → text at the carrier, median, ms (5 a second)',
  p95Ms: 'the same, 95th percentile',
  p99Ms: 'the same, 99th percentile',
  incidentsPerSecond: 'whole incidents a second: detection, till, text, verdict, outcome',
  actionsPerIncident: "Temporal Actions per incident, from the server's own metric",
  clipReadyP50Ms: 'end of the post-roll → clip on record, median, ms',
  clipReadyP95Ms: 'the same, 95th percentile',
  p50ToNoopWorkflow: 'median latency as a multiple of a no-op workflow',
  incidentsToNoopWorkflows: 'incidents a second as a share of no-op workflows a second',
  noopWorkflowP50Ms: 'floor: a no-op workflow from start to result, median, ms',
  noopWorkflowsPerSecond: 'floor: no-op workflows a second, 40 at a time',
  p50MsAt1: 'the same at one detection a second, median',
  p99MsAt1: 'the same at one detection a second, 99th percentile',
  verdictP50Ms: 'verdict sent → answered, median, ms',
  verdictP99Ms: 'the same, 99th percentile',
  detectionsPerSecond: 'new detections accepted a second',
  duplicatesPerSecond: 'duplicates answered a second',
  burst200FirstTextMs: '200 detections at once for 200 people: first text, ms',
  burst200LastTextMs: 'the same: last text, ms',
  burst200Refused: 'the same: detections refused',
  escalationErrorP50Ms: 'an escalation fires this long after its due time, median, ms',
  escalationErrorP99Ms: 'the same, 99th percentile',
  actionsPerEscalation: 'Temporal Actions per further person',
  parkedMbPerIncident: 'memory of an incident that waits, MB',
  linesPerSecond: 'till lines taken a second, as JSON batches of 200',
  csvLinesPerSecond: 'till lines taken a second, from a CSV day file',
  correlationManyToFewDays: 'forty days to five',
  correlationToInserts: 'the median as a multiple of a bare insert',
  correlationP50Ms:
    'one sighting, at any moment of forty days, judged against 10 million stored lines, median, ms; the bar is 5',
  correlationP95Ms: 'the same, 95th percentile',
  correlationLiveP50Ms: 'the same at moments of the newest day, as sightings come, median',
  correlationLiveP95Ms: 'the same, 95th percentile',
  correlationLiveMismatchP50Ms:
    'those of them without a receipt, so that the camera’s own record is read as well, median',
  correlationMatchP95Ms: 'at any moment, where the receipt has the item, 95th percentile',
  correlationMismatchP50Ms: 'at any moment, where it has not, median',
  correlationMismatchP95Ms: 'the same, 95th percentile',
  correlationP95MsFewDays: 'the same with a few days stored, 95th percentile',
  windowToPromptP50Ms: 'the till’s window closes → the words at the self-checkout, by MQTT, median, ms',
  windowToPromptP95Ms: 'the same, 95th percentile; the bar is 300',
  detectionToPromptP95Ms: 'the same from the post of a detection that comes when the window is over',
  dayBatchSeconds: 'a day of 3,000 baskets looked through for exceptions, s',
  precision: 'of what rules and cameras say, the share that was planted',
  recall: 'of what was planted, the share that rules or cameras name',
  precisionAfterReceipt: 'the same share after the receipt was asked',
  recallAfterReceipt: 'the same after the receipt was asked',
  paidShoppers: 'shoppers at self-checkouts who paid for everything',
  wronglyApproached: 'those of them to whom somebody was sent',
  wronglyApproachedShare: 'their share',
  fraudsApproached: 'planted cases to which somebody was sent',
  detections: 'detections of the self-checkout cameras that day',
  match: 'of them explained by the receipt',
  mismatch: 'without a receipt',
  unknown: 'of which the till could not speak',
  prompted: 'for which the till asked for a rescan first',
  secondsPerSecond720p15: 'masking a clip of 1280 × 720 with 15 pictures a second: s for each s of it',
  secondsPerSecond720p30: 'the same with 30 pictures a second',
  lookMs: 'one look of both models at one picture, ms',
  facesLookedFor: 'faces that a far closer look is sure of',
  faceRecall: 'of them masked',
  headsLookedFor: 'heads of people whom a far closer look is sure of',
  headRecall: 'of them masked',
  visitSeconds: 'time that somebody was there, noted by hand, s',
  visitShareMasked: 'of it with something masked',
  emptyShareClear: 'of the time that nobody was there, with nothing masked',
  transcodeSecondsPerSecond720p15:
    'floor: the clip with 15 a second decoded and encoded and nothing else: s for each s of it',
  transcodeSecondsPerSecond720p30: 'the same with 30 a second',
  insertP50Ms: 'floor: one bare insert into Postgres, median, ms',
  packetSeconds: 'a packet of 5 minutes × 3 cameras, ordered → ready, median, s; the bar is 10',
  packetSecondsMost: 'the longest of them, s',
  packetMegabytes: 'recordings in it, MB',
  packetMegabytesPerSecond: 'the same a second',
  packetWorkerMegabytes: 'most memory that the worker had, MB',
  packetToCopyAndHash: 'the median as a multiple of the floor',
  copyAndHashSeconds: 'floor: `cp` and `sha256sum` of the same files, s',
  auditAppendsPerSecond: 'appends a second, each a transaction, for a minute; the bar is 1,500',
  auditAppendsToInserts: 'the same as a share of the floor',
  auditChainedAfterMs: 'after the last append: everything is on the chain, ms',
  auditApiP95MsAlone: 'the list of incidents while nothing is appended, 95th percentile, ms',
  auditApiP95MsBeside: 'the same while the appends run',
  auditRowsVerifiedPerSecond: 'rows verified a second',
  insertsPerSecond: 'floor: bare inserts a second over as many connections',
};

const results = join(root, 'bench', 'results');
const tableStart = (name: string) => `<!-- bench:${name}, written by scripts/check-docs.ts --write -->`;
const tableEnd = (name: string) => `<!-- /bench:${name} -->`;

/** The README's table of the last stored run of a bench. */
export function benchTable({ name, at, machine, command, figures, floor }: BenchResult): string {
  const rows = [...Object.entries(figures), ...Object.entries(floor)].map(
    ([key, value]) => `| \`${key}\` | ${meanings[key] ?? ''} | ${value} |`,
  );
  const lead = `Measured on ${at.slice(0, 10)} with \`${command}\` on ${machine}, every part of Floorwalker and the load on that one machine.`;
  return [tableStart(name), lead, '', '| figure | what it is | value |', '|---|---|---|', ...rows, tableEnd(name)].join(
    '\n',
  );
}

/** Every bench of which a run is stored. */
export async function readBenches(): Promise<BenchResult[]> {
  const files = (await readdir(results)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(results, file), 'utf8')) as BenchResult));
}

async function writeBenchTables(): Promise<void> {
  const path = join(root, 'README.md');
  let text = await readFile(path, 'utf8');
  for (const bench of await readBenches()) {
    const [start, end] = [tableStart(bench.name), tableEnd(bench.name)];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < 0) throw new Error(`README.md has no marks ${start} and ${end}`);
    text = text.slice(0, from) + benchTable(bench) + text.slice(to + end.length);
  }
  await writeFile(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write')) await writeBenchTables();
