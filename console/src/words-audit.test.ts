import { expect, it } from 'vitest';
import { auditActions } from '../../services/audit/actions.ts';
import type { AuditEntry } from './api/client.ts';
import { auditAction, auditActionLabels, auditFacts, whoseName } from './words-audit.ts';

const row = (details: AuditEntry['details']): AuditEntry => ({
  ...{
    seq: 1,
    at: '2026-11-21T05:00:00Z',
    actor: 'user:ana',
    actorName: 'Ana Reyes',
    actorRole: 'compliance',
    action: 'evidence.viewed',
  },
  ...{ subject: 'incident:inc_1', requestId: null, prevHash: '0'.repeat(64), hash: '1'.repeat(64) },
  details,
});

it.each([
  [{ artifactId: 'segment-003', sha256: 'ab'.repeat(32) }, 'original segment 3, SHA-256 abababababab…'],
  [
    { gaps: [], state: 'ready', failure: null, artifacts: [{ id: 'clip' }, { id: 'still-1' }] },
    'state clip ready, 2 artifacts',
  ],
  [{ toldPersonIds: ['sam', 'alex'] }, 'told person ids sam and alex'],
  [{ cause: 'human_verdict', verdict: 'paid' }, 'cause human verdict, verdict Paid'],
  [{ purgeAfter: '2026-11-22T05:31:06.000Z' }, 'purge after 22 Nov 2026, 05:31:06 GMT'],
  [{ ok: false, rows: 1234, problemSeq: 7 }, 'not ok, rows 1,234, problem seq 7'],
  [{ reason: { code: 'NO_FOOTAGE', params: {} } }, 'The recorder has no recording of this moment'],
  [{ record: { anything: 1 } }, ''],
])('says %j in short', (details, words) => {
  expect(auditFacts(row(details), 'Europe/London')).toBe(words);
});

it('has words for every action that can be on record, and for no other', () => {
  expect(Object.keys(auditActionLabels).sort()).toEqual([...auditActions].sort());
});

it('names actions and people', () => {
  expect(auditAction('evidence.link_opened')).toBe('Link in the text opened');
  expect(auditAction('evidence.purged')).toBe('Evidence purged');
  expect(whoseName(row({}))).toBe('Ana Reyes');
  expect(whoseName({ ...row({}), actorName: 'user:ana' })).toBe('ana');
});
