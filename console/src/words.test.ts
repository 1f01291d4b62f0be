import { describe, expect, it } from 'vitest';
import { accusingWords } from '../../domain/message-text.ts';
import { scoreSeverity } from '../../domain/severity.ts';
import { behaviours } from '../../domain/types.ts';
import type { TimelineEvent } from './api/client.ts';
import * as words from './words.ts';
import { reasonSentence } from './words-reasons.ts';
import { actorLabel, timelineSentence } from './words-timeline.ts';

const event = (kind: string, params: TimelineEvent['params'] = {}): TimelineEvent => ({
  id: 'e1',
  at: '2026-11-21T14:00:00Z',
  kind: kind as TimelineEvent['kind'],
  actor: 'system:workflow',
  params,
});

/** Every string that an exported table of words holds. */
function allStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(allStrings);
  return [];
}

describe('words', () => {
  it('accuse nobody', () => {
    const titles = Object.keys(behaviours).map(words.incidentTitle);
    const categories = Object.values(behaviours).map(words.categoryLabel);
    const said = [...allStrings(Object.values(words)), ...titles, ...categories].filter((text) => /[A-Z ]/.test(text));
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((text) => accusingWords.test(text))).toEqual([]);
  });

  it('have a title for every behaviour', () => {
    const missing = Object.keys(behaviours).filter(
      (behaviour) => words.incidentTitle(behaviour) === words.readable(behaviour),
    );
    expect(missing).toEqual([]);
  });

  it('have a sentence for every reason that severity can give', () => {
    const facts = { behaviour: 'missed_scan', detectionCount: 3, itemLabel: null, helpRequested: true } as const;
    const reasons = [
      ...scoreSeverity({ ...facts, confidence: 0.95, posVerdict: 'MISMATCH' }).reasons,
      ...scoreSeverity({ ...facts, confidence: 0.2, posVerdict: 'UNKNOWN' }).reasons,
      ...scoreSeverity({ ...facts, confidence: 0.7, posVerdict: 'MATCH' }).reasons,
    ];
    expect(reasons.length).toBeGreaterThan(8);
    const unworded = reasons.filter((reason) => reasonSentence(reason, 'UTC').startsWith(words.readable(reason.code)));
    expect(unworded.map((reason) => reason.code)).toEqual([]);
  });

  it('spell out a reason that is not known, with its figures', () => {
    expect(reasonSentence({ code: 'AISLE_IS_BUSY', params: { peopleCount: 7, points: 3 } }, 'UTC')).toBe(
      'Aisle is busy (people count 7)',
    );
  });

  it('say who and what in a timeline event', () => {
    expect(timelineSentence(event('verdict_given', { verdict: 'paid', personName: 'Lea Brandt' }))).toBe(
      'Lea Brandt decided: Paid.',
    );
    expect(timelineSentence(event('till_checked', { verdict: 'PENDING' }))).toBe('The till is being asked.');
    const byText = {
      ...event('verdict_given', { verdict: 'paid', via: 'sms', reasonCode: 'receipt_seen' }),
      actor: 'Lea Brandt',
    };
    expect(timelineSentence(byText)).toBe('Lea Brandt decided: Paid (receipt seen).');
    expect(timelineSentence({ ...byText, actor: 'phone:per_1' })).toBe('Decided: Paid (receipt seen).');
    expect(timelineSentence(event('evidence_failed', { code: 'NO_FOOTAGE', params: { cameraId: 'cam-1' } }))).toBe(
      'The clip could not be made: The recorder has no recording of this moment.',
    );
    expect(timelineSentence(event('closed', { verdict: 'paid', cause: 'receipt_found' }))).toMatch(/by itself/);
    expect(timelineSentence(event('something_new'))).toBe('Something new.');
    expect(actorLabel('phone:per_1', { personName: 'Lea Brandt' })).toBe('Lea Brandt, by text');
    expect(actorLabel('system:workflow')).toBe('Floorwalker');
  });
});
