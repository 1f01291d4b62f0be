import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeHistory } from '../../adapters/temporal/history.ts';
import type { DecodedHistory } from './decoded.ts';
import { replayable } from './replayable.ts';
import { durationWords, storyOf } from './story.ts';

type Raw = Parameters<typeof decodeHistory>[0];
const recorded = (name: string): Raw =>
  JSON.parse(readFileSync(new URL(`../../test/replay/histories/${name}.json`, import.meta.url), 'utf8')) as Raw;

async function decoded(name: string): Promise<DecodedHistory> {
  const { events, buildIds, sdk } = await decodeHistory(recorded(name), null);
  return {
    kind: 'floorwalker.workflow-history.v1',
    ...{
      tenantId: 'demo',
      storeId: 'high-street',
      incidentId: 'inc_1',
      run: 1,
      workflowId: 'incident:demo:high-street:inc_1',
    },
    ...{ runId: 'r', status: 'COMPLETED', startedAt: '', endedAt: '', buildIds, sdk, actions: 1, rawSha256: '' },
    events,
  };
}

const told = async (name: string) => storyOf(await decoded(name)).map(({ kind, text }) => `${kind}: ${text}`);

describe('the story of a workflow', () => {
  it('tells an escalation: whom it reached for, how long it waited, and who decided', async () => {
    expect(await told('escalated')).toEqual([
      'began: Missed scan: the workflow began, under policy default, version 1.',
      'done: The recording was asked for: it is there.',
      'done: The till was asked, and whoever is on shift if it could not explain it: it is not on the receipt; the message was handed to the carrier.',
      'wait: Waited 2 s: nothing came in that time.',
      'done: Somebody was told (rung 2 of the chain): the message was handed to the carrier.',
      'wait: Waited 2 s: nothing came in that time.',
      'done: What had happened so far was put on record.',
      'person: Decided “paid” by text.',
      'done: The outcome was put on record (somebody decided): its evidence is kept until 21 November 2026.',
      'ended: The workflow ended with the verdict “paid”.',
    ]);
  });

  it('has words for whatever a workflow of an incident did', async () => {
    const names = readdirSync(new URL('../../test/replay/histories/', import.meta.url)).map((file) =>
      file.slice(0, -5),
    );
    const incidents = names.filter((name) => !/^(correction|redaction|runbook|share|evidence-again)/.test(name));
    expect(incidents).toContain('escalated-at-once');
    for (const name of incidents)
      expect((await told(name)).filter((step) => step.includes('The activity '))).toEqual([]);
  });

  it('says who it was, and points to the events that say so', async () => {
    const history = await decoded('mismatch-verdict');
    const decision = storyOf(history).find(({ kind }) => kind === 'person');
    expect(decision).toMatchObject({ actor: 'phone:sam', text: 'Decided “confirmed” by text.' });
    expect(decision?.eventIds.map((id) => history.events.find(({ eventId }) => eventId === id)?.type)).toEqual([
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    ]);
  });

  it('tells what failed and what had to be done again', async () => {
    const failed = storyOf(await decoded('evidence-failed')).filter(({ kind }) => kind === 'trouble');
    expect(failed.map(({ text }) => text)).toEqual([expect.stringMatching(/^The recording was asked for: /)]);
  });

  it('never says undefined, whatever happened', async () => {
    for (const name of ['help', 'late-news', 'late-receipt', 'match', 'till-held', 'unsettled', 'runbook-gave-up'])
      for (const text of await told(name)) expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('says that a key was deleted instead of guessing', () => {
    const gone = { unreadable: 'KEY_DELETED', encoding: 'binary/encrypted' };
    const events = [
      {
        eventId: 1,
        at: '2026-11-21T05:00:00.000Z',
        type: 'WORKFLOW_EXECUTION_STARTED',
        attributes: { input: { payloads: [gone] } },
      },
    ];
    expect(storyOf({ events })[0]?.text).toMatch(/its key was deleted/);
  });
});

describe('a decoded history', () => {
  it.each(['escalated', 'help', 'match'])('of %s can be put back into what a replay takes', async (name) => {
    const { history } = replayable(await decoded(name));
    const again = await decodeHistory(history as unknown as Raw, null);
    expect(again.events).toEqual((await decoded(name)).events);
  });

  it('names the builds that worked on it', async () => {
    expect((await decoded('escalated')).buildIds.some((id) => id.startsWith('@temporalio/worker@'))).toBe(true);
  });

  it('is refused when it is none, or cannot be read', async () => {
    expect(() => replayable({ events: [] })).toThrow(/no events/);
    const encrypted = { metadata: { encoding: Buffer.from('binary/encrypted').toString('base64') }, data: '' };
    expect(() => replayable({ events: [{ eventType: 'X', input: { payloads: [encrypted] } } as never] })).toThrow(
      /decoded copy/,
    );
  });
});

it.each([
  [250, '250 ms'],
  [1_990, '2 s'],
  [90_000, '90 s'],
  [600_000, '10 min'],
  [36_000_000, '10 h'],
])('%i ms is %s', (ms, words) => expect(durationWords(ms)).toBe(words));
