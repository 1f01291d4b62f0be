import { formatDuration } from './policy-document/durations.ts';

export interface ScheduleRow {
  what: string;
  /** Null: no end. */
  keepMs: number | null;
  from: string;
  ground: string;
}

export interface PolicySchedule {
  policyId: string;
  version: number;
  activatedAt: string | null;
  storeIds: string[];
  whenShortened: 'keep' | 'apply';
  coldAfterMs: number | null;
  rows: ScheduleRow[];
}

export interface RetentionSchedule {
  tenantId: string;
  company: string;
  generatedAt: string;
  policies: PolicySchedule[];
  fixed: ScheduleRow[];
}

const outcomes: Record<string, string> = {
  paid: 'the till or a person says that it was paid',
  staff_error: 'staff forgot or mistyped',
  false_positive: 'nothing had happened',
  confirmed: 'it was as it looked',
  unreviewed: 'nobody decided in time, or somebody was not sure',
};

/** In words, for somebody who reads the document and not the policy. */
export const evidenceOf = (outcome: string): string => `Recordings when ${outcomes[outcome] ?? outcome}`;

/** A page that prints well and needs nothing else: what is kept how long, from when, on which ground. */
export function scheduleHtml(schedule: RetentionSchedule): string {
  const policies = schedule.policies.map(
    (policy) => `<section><h2>Policy ${text(policy.policyId)}, version ${policy.version}</h2>
<p>Stores: ${text(policy.storeIds.join(', ') || 'none')}. ${policy.activatedAt === null ? '' : `In force since ${day(policy.activatedAt)}. `}A later version that keeps longer counts at once; one that keeps shorter ${policy.whenShortened === 'apply' ? 'counts for what is stored already as well' : 'counts for new incidents only'}.${policy.coldAfterMs === null ? '' : ` Files move to the cold tier after ${duration(policy.coldAfterMs)}.`} A legal hold, an open case, an open appeal or review, and a hand-over that is not settled stop every deletion.</p>
${table(policy.rows)}</section>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Retention schedule of ${text(schedule.company)}</title>
<style>body{font:11pt/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}section{break-inside:avoid-page;margin-bottom:2rem}@media print{body{margin:0}}</style></head>
<body><main><h1>Retention schedule of ${text(schedule.company)}</h1><p>Made on ${day(schedule.generatedAt)} from the policies in force. Each deletion leaves a signed record.</p>
${policies.join('\n')}
<section><h2>Everywhere</h2>${table(schedule.fixed)}</section></main></body></html>`;
}

const table = (rows: readonly ScheduleRow[]): string =>
  `<table><thead><tr><th scope="col">What</th><th scope="col">Kept</th><th scope="col">Counted from</th><th scope="col">Why</th></tr></thead><tbody>${rows
    .map(
      (row) =>
        `<tr><td>${text(row.what)}</td><td>${row.keepMs === null ? 'no end' : duration(row.keepMs)}</td><td>${text(row.from)}</td><td>${text(row.ground)}</td></tr>`,
    )
    .join('')}</tbody></table>`;

const units: Record<string, string> = { d: 'day', h: 'hour', m: 'minute', s: 'second', ms: 'millisecond' };

function duration(ms: number): string {
  const [, count, unit] = /^(\d+)([a-z]+)$/.exec(formatDuration(ms)) ?? [];
  return `${count} ${units[unit ?? ''] ?? unit}${count === '1' ? '' : 's'}`;
}

const day = (at: string): string => at.slice(0, 10);
const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (sign) => signs[sign]!);
