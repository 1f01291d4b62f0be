import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import pg from 'pg';
import { countActions, type HistoryEvent } from '../domain/actions.ts';
import { incidentWorkflowId } from '../domain/ids.ts';
import type { components } from '../schemas/generated/openapi.ts';
import { demoPhones } from './estate.ts';
import type { Running } from './start.ts';
import type { OnProgress } from './tools/progress.ts';

type Incident = components['schemas']['Incident'];
type Evidence = components['schemas']['Evidence'];

export interface StoryIncident {
  id: string;
  type: string;
  state: string;
  posVerdict: string;
  verdict: string | null;
  item?: string;
  detectedAt: string;
  /** From the request's arrival to the carrier's acceptance of the first text. */
  acceptedToCarrierMs: number | null;
  /** From the end of the post-roll to the clip being on record. */
  clipReadyMs: number | null;
  clipSha256: string | null;
  clipVerified: boolean;
  textsSent: number;
  actions: number;
}

export interface StoryReport {
  incidents: StoryIncident[];
  /** Items that the camera reported, rung or not. */
  crossings: number;
  auditRows: number;
  auditVerified: boolean;
  leftovers: number;
}

/** What people answer, in turn, when the unattended story texts them. */
const answers = ['4', '1'] as const;
const settleAfterFilmMs = 20_000;

/** Plays the recording to its end, answers every text as a person would, and verifies what came of it. */
export async function playStory(
  running: Running,
  film: { seconds: number },
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<{ report: StoryReport; problems: string[] }> {
  const story = openStory(running);
  try {
    const answered = new Set<string>();
    const endsAtMs = Date.now() + film.seconds * 1_000 + settleAfterFilmMs;
    onProgress({ subject: 'story', state: 'working', message: 'watching the lane' });
    while (!signal.aborted) {
      await answerTexts(story, answered, onProgress);
      const incidents = await story.incidents();
      const settled = incidents.every(
        (incident) => incident.state === 'closed' && incident.evidenceState !== 'requested',
      );
      if (Date.now() > endsAtMs && settled) break;
      if (Date.now() > endsAtMs + 60_000) break;
      await delay(200);
    }
    const truth = await readTruth((await running.scene).tapePath);
    const incidents = await Promise.all((await story.incidents()).map((incident) => story.describe(incident)));
    const audit = await story.get<components['schemas']['AuditVerification']>('/v1/audit/verify', 'compliance');
    const leftovers = await story.unsettledRows();
    const report: StoryReport = {
      incidents: incidents.sort((a, b) => (a.detectedAt < b.detectedAt ? -1 : 1)),
      crossings: await story.crossings(),
      auditRows: audit.rows,
      auditVerified: audit.ok,
      leftovers,
    };
    onProgress({ subject: 'story', state: 'done', message: `${incidents.length} incidents, all answered` });
    return { report, problems: problemsOf(report, truth) };
  } finally {
    await story.close();
  }
}

async function answerTexts(story: Story, answered: Set<string>, onProgress: OnProgress): Promise<void> {
  for (const { sid, body } of await story.textsTo(demoPhones.staff)) {
    const code = /Floorwalker ([2-9A-Z]{3}): please check/.exec(body)?.[1];
    if (code === undefined || answered.has(sid)) continue;
    const answer = answers[answered.size % answers.length]!;
    answered.add(sid);
    onProgress({ subject: 'story', state: 'working', message: `a text arrived (${code}); the answer is ${answer}` });
    await story.reply(demoPhones.staff, `${code} ${answer}`);
  }
}

/** What a story must find, and nothing else. */
interface StoryTruth {
  crossings?: unknown[];
  expected?: { exception: string; needs?: string }[];
}

const readTruth = async (tapePath: string): Promise<StoryTruth> =>
  JSON.parse(await readFile(tapePath, 'utf8')) as StoryTruth;

function problemsOf(report: StoryReport, { crossings, expected = [] }: StoryTruth): string[] {
  const problems: string[] = [];
  const kinds = new Set([...report.incidents.map(({ type }) => type), ...expected.map(({ exception }) => exception)]);
  for (const kind of kinds) {
    const found = report.incidents.filter(({ type }) => type === kind).length;
    const inTruth = expected.filter(({ exception }) => exception === kind);
    // What needs an item model is found where there is one.
    if (found > inTruth.length || found < inTruth.filter(({ needs }) => needs === undefined).length)
      problems.push(`${found} incidents of ${kind} were opened, the truth has ${inTruth.length}`);
  }
  if (crossings && report.crossings !== crossings.length)
    problems.push(`${report.crossings} crossings are on record, the truth has ${crossings.length}`);
  for (const incident of report.incidents) {
    if (incident.state !== 'closed') problems.push(`${incident.id} is ${incident.state}, not closed`);
    if (incident.posVerdict !== 'MISMATCH') problems.push(`${incident.id}: the till said ${incident.posVerdict}`);
    if (incident.textsSent !== 1) problems.push(`${incident.id}: ${incident.textsSent} texts were sent instead of one`);
    if (!incident.clipVerified) problems.push(`${incident.id}: the clip could not be read back and verified`);
  }
  if (!report.auditVerified) problems.push('the audit chain does not hold');
  if (report.leftovers > 0) problems.push(`${report.leftovers} rows or processes were left unsettled`);
  return problems;
}

type Story = ReturnType<typeof openStory>;

function openStory(running: Running) {
  const { baseUrl, carrierUrl, databaseAdminUrl } = running.application;
  const { keys } = running.installation;
  const pool = new pg.Pool({ connectionString: databaseAdminUrl, max: 2 });
  const simulator = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, carrierUrl), {
      ...init,
      headers: { 'content-type': 'application/json', 'x-floorwalker-simulator': '1' },
    });
    if (!response.ok) throw new Error(`the carrier simulator answered ${response.status} to ${path}`);
    return response.json();
  };
  const fetchApi = async (path: string, role: keyof typeof keys) => {
    const response = await fetch(new URL(path, baseUrl), { headers: { authorization: `Bearer ${keys[role]}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const get = async <T>(path: string, role: keyof typeof keys) => (await (await fetchApi(path, role)).json()) as T;

  return {
    get,
    incidents: async () => (await get<{ items: Incident[] }>('/v1/incidents?limit=200', 'soc_operator')).items,
    async textsTo(phone: string) {
      const { phones } = (await simulator('/phones')) as {
        phones: { number: string; messages: { sid: string; direction: string; body: string }[] }[];
      };
      return (
        phones.find(({ number }) => number === phone)?.messages.filter(({ direction }) => direction === 'to_phone') ??
        []
      );
    },
    reply: (phone: string, body: string) =>
      simulator(`/phones/${encodeURIComponent(phone)}/messages`, { method: 'POST', body: JSON.stringify({ body }) }),
    async describe(incident: Incident): Promise<StoryIncident> {
      const evidence = await get<Evidence>(`/v1/incidents/${incident.id}/evidence`, 'compliance');
      const clip = evidence.artifacts.find(({ kind }) => kind === 'clip');
      const { rows } = await pool.query<{ accepted_ms: number | null }>(
        "select extract(epoch from n.sent_at - i.received_at) * 1000 as accepted_ms from incidents i left join notifications n on n.tenant_id = i.tenant_id and n.incident_id = i.id and n.kind = 'alert' and n.step = 0 where i.id = $1",
        [incident.id],
      );
      const acceptedMs = rows[0]?.accepted_ms;
      return {
        id: incident.id,
        type: incident.type,
        state: incident.state,
        posVerdict: incident.posVerdict,
        verdict: incident.verdict,
        ...(incident.item ? { item: incident.item.label } : {}),
        detectedAt: incident.detectedAt,
        acceptedToCarrierMs: acceptedMs === null || acceptedMs === undefined ? null : Math.round(Number(acceptedMs)),
        clipReadyMs:
          evidence.readyAt && evidence.toAt ? Date.parse(evidence.readyAt) - Date.parse(evidence.toAt) : null,
        clipSha256: clip?.sha256 ?? null,
        clipVerified: clip !== undefined && (await downloadedSha256(clip.url)) === clip.sha256,
        textsSent: incident.textsSent,
        actions: await actionsOf(running, incident),
      };
    },
    async crossings(): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        'select count(*)::int as count from crossings where tenant_id = $1',
        [running.application.estate.tenantId],
      );
      return rows[0]!.count;
    },
    async unsettledRows(): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        "select ((select count(*) from outbox) + (select count(*) from incidents where state <> 'closed') + (select count(*) from evidence where state = 'requested') + (select count(*) from notifications where state = 'intended'))::int as count",
      );
      return rows[0]!.count;
    },
    close: () => pool.end(),
  };

  async function downloadedSha256(url: string): Promise<string> {
    const response = await fetchApi(url, 'compliance');
    return createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex');
  }
}

async function actionsOf(running: Running, incident: Incident): Promise<number> {
  const connection = await Connection.connect({ address: (await running.engines.temporal).address });
  try {
    const { tenantId } = running.application.estate;
    const handle = new Client({ connection }).workflow.getHandle(
      incidentWorkflowId(tenantId, incident.storeId, incident.id),
    );
    const { events } = JSON.parse(historyToJSON(await handle.fetchHistory())) as { events: HistoryEvent[] };
    return countActions(events);
  } finally {
    await connection.close();
  }
}
