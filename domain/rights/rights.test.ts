import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../policy.ts';
import { dataFlows, dataFlowTable } from './data-flows.ts';
import { groundWords, letterText, replyLetter } from './letter.ts';
import {
  addMonths,
  answerDueAt,
  type CandidateFacts,
  decideRequest,
  extendedDueAt,
  refusalGrounds,
  type SubjectRequestKind,
} from './requests.ts';

describe('the time to answer', () => {
  it.each([
    ['2026-01-15T09:00:00.000Z', '2026-02-15T09:00:00.000Z'],
    ['2026-01-31T09:00:00.000Z', '2026-02-28T09:00:00.000Z'],
    ['2028-01-31T23:59:59.000Z', '2028-02-29T23:59:59.000Z'],
    ['2026-12-31T00:00:00.000Z', '2027-01-31T00:00:00.000Z'],
  ])('of what came at %s ends at %s', (received, due) => expect(answerDueAt(received)).toBe(due));

  it('is three months at most', () => {
    expect(extendedDueAt('2026-11-30T00:00:00.000Z')).toBe('2027-02-28T00:00:00.000Z');
    expect(addMonths('2026-03-31T10:00:00.000Z', 13)).toBe('2027-04-30T10:00:00.000Z');
  });
});

const candidate = (change: Partial<CandidateFacts> = {}): CandidateFacts => ({
  ...{ incidentId: 'inc_1', mark: 'shows', held: false, purged: false, open: false },
  ...change,
});
const request = (kind: SubjectRequestKind, change: Partial<Parameters<typeof decideRequest>[0]> = {}) =>
  decideRequest({
    ...{ kind, identity: 'confirmed', candidates: [candidate()], truncated: false },
    ...{ choices: [{ incidentId: 'inc_1', outcome: 'granted' as const }] },
    ...change,
  });

describe('a request', () => {
  it('is granted for the recordings that show the person', () => {
    const candidates = [candidate(), candidate({ incidentId: 'inc_2', mark: 'does_not_show' })];
    expect(request('access', { candidates })).toEqual({
      ...{ state: 'granted', ground: null },
      incidents: [{ incidentId: 'inc_1', outcome: 'granted', ground: null }],
    });
  });

  it.each([
    ['nobody has checked who asks', { identity: 'unchecked' as const }, /Check first who asks/],
    ['a recording was not looked at', { candidates: [candidate({ mark: null })] }, /1 is not marked/],
    ['nothing was said about a recording', { choices: [] }, /inc_1 is missing/],
    ['there are too many', { truncated: true }, /window smaller/],
    ['a refusal has no ground', { choices: [{ incidentId: 'inc_1', outcome: 'refused' as const }] }, /Give the ground/],
  ])('cannot be decided while %s', (_, change, message) => expect(() => request('access', change)).toThrow(message));

  it.each([
    ['whoever asks could not be confirmed', 'access', { identity: 'not_confirmed' as const }, 'identity_not_confirmed'],
    ['no recording shows them', 'erasure', { candidates: [candidate({ mark: 'does_not_show' })] }, 'nothing_found'],
    ['it is held', 'erasure', { candidates: [candidate({ held: true })] }, 'legal_hold'],
    ['it is held', 'objection', { candidates: [candidate({ held: true })] }, 'legal_hold'],
    ['nobody has decided yet', 'erasure', { candidates: [candidate({ open: true })] }, 'ongoing_investigation'],
    ['it is gone', 'access', { candidates: [candidate({ purged: true })] }, 'already_deleted'],
    ['the whole of it is', 'access', { ground: 'rights_of_others' as const }, 'rights_of_others'],
  ])('is refused when %s (%s)', (_, kind, change, ground) =>
    expect(request(kind as SubjectRequestKind, change)).toMatchObject({ state: 'refused', ground }),
  );

  it('to be told, or to be left alone, is not stopped by a hold', () => {
    const candidates = [candidate({ held: true })];
    expect(request('access', { candidates }).state).toBe('granted');
    expect(request('restriction', { candidates }).state).toBe('granted');
  });

  it('is granted in part', () => {
    const candidates = [candidate(), candidate({ incidentId: 'inc_2', held: true })];
    const choices = ['inc_1', 'inc_2'].map((incidentId) => ({ incidentId, outcome: 'granted' as const }));
    expect(request('erasure', { candidates, choices })).toMatchObject({ state: 'partly_granted', ground: null });
  });
});

describe('the letter', () => {
  const facts = {
    ...{ requestId: 'dsr_1', kind: 'erasure' as const, state: 'partly_granted' as const, ground: null },
    ...{ company: 'Demo Foods', store: 'High Street', timeZone: 'Europe/London', contact: 'Mo Shopper\n1 Any Road' },
    ...{ receivedAt: '2026-11-01T10:00:00.000Z', decidedAt: '2026-11-21T10:00:00.000Z' },
    ...{ fromAt: '2026-10-31T09:00:00.000Z', toAt: '2026-10-31T10:00:00.000Z' },
    incidents: [
      {
        ...{ detectedAt: '2026-10-31T09:12:00.000Z', camera: 'SCO 3', outcome: 'granted' as const, ground: null },
        ...{ keptUntil: null, waitsUntil: '2026-12-24T00:00:00.000Z', givenTo: [] },
      },
      {
        ...{ detectedAt: '2026-10-31T09:40:00.000Z', camera: 'SCO 3', outcome: 'refused' as const },
        ...{ ground: 'legal_hold' as const, keptUntil: null, waitsUntil: null, givenTo: [] },
      },
    ],
  };

  it('says what is done, what is not and why, and where to complain', () => {
    const text = letterText(replyLetter(facts));
    expect(text).toContain('Recording 1: 31 October 2026 at 09:12 (Europe/London), SCO 3');
    expect(text).toContain('nobody can delete it before 24 December 2026; until then nobody uses it.');
    expect(text).toContain('We do not do this: we are bound by law to keep it for now.');
    expect(text).toContain('complain to the data protection authority');
    expect(text).not.toMatch(/undefined|null|theft|suspect|inc_/);
  });

  it('has words for every ground', () => expect(Object.keys(groundWords).sort()).toEqual([...refusalGrounds].sort()));
});

it('every way that data take says everything', () => {
  const flows = dataFlows(defaultPolicy);
  expect(new Set(flows.map(({ id }) => id)).size).toBe(flows.length);
  for (const flow of flows) for (const value of Object.values(flow)) expect(value).not.toMatch(/^$|undefined|NaN/);
});

it('docs/rights.md has the table that the code gives', () => {
  const page = readFileSync(new URL('../../docs/rights.md', import.meta.url), 'utf8');
  const [, after = ''] = page.split(/<!-- data-flows[^>]*-->\n/);
  const [table] = after.split('\n<!-- /data-flows -->');
  expect(table).toBe(dataFlowTable(defaultPolicy));
});
