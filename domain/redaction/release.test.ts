import { expect, it } from 'vitest';
import { leadingOf, type ReleaseDecision, type ReleaseFacts, releaseOf } from './release.ts';

const base: ReleaseFacts = {
  rule: 'sharing',
  audience: 'outside',
  evidenceState: 'ready',
  clipSha256: 'a',
  approvedSha256: null,
  redaction: null,
};
const version = (state: 'requested' | 'ready' | 'failed' | 'unavailable', parentSha256 = 'a') => ({
  version: 2,
  state,
  reason: state === 'unavailable' ? { code: 'MODEL_MISSING', params: {} } : null,
  parentSha256,
});

it.each<[string, Partial<ReleaseFacts>, string]>([
  ['no clip', { clipSha256: null, rule: 'optional' }, 'NO_CLIP'],
  ['optional and nobody asked for a mask', { rule: 'optional' }, 'original: POLICY_ALLOWS_ORIGINAL'],
  ['optional, and a mask was asked for', { rule: 'optional', redaction: version('requested') }, 'REDACTION_PENDING'],
  ['optional, masked', { rule: 'optional', redaction: version('ready') }, 'redacted: REDACTED'],
  ['sharing with staff', { audience: 'staff' }, 'original: POLICY_ALLOWS_ORIGINAL'],
  ['sharing outside without a mask', {}, 'REDACTION_MISSING'],
  ['sharing outside, masked', { redaction: version('ready') }, 'redacted: REDACTED'],
  ['the newest version is still being made', { redaction: version('requested') }, 'REDACTION_PENDING'],
  ['the newest version failed', { redaction: version('failed') }, 'REDACTION_FAILED'],
  ['there is no model', { redaction: version('unavailable') }, 'REDACTION_UNAVAILABLE'],
  ['it was made from another clip', { redaction: version('ready', 'b') }, 'REDACTION_OF_ANOTHER_CLIP'],
  ['required, to staff', { rule: 'required', audience: 'staff' }, 'REDACTION_MISSING'],
  [
    'required, to staff, masked',
    { rule: 'required', audience: 'staff', redaction: version('ready') },
    'redacted: REDACTED',
  ],
  ['approved by name', { approvedSha256: 'a', rule: 'required' }, 'original: APPROVED_UNREDACTED'],
  ['approved, but another clip', { approvedSha256: 'b' }, 'REDACTION_MISSING'],
])('%s', (_name, change, answer) => {
  const release = releaseOf({ ...base, ...change });
  expect(release.allowed ? `${release.as}: ${release.because}` : release.reason.code).toBe(answer);
});

const missing: ReleaseDecision = { allowed: false, reason: { code: 'REDACTION_MISSING', params: {} } };
const pending: ReleaseDecision = { allowed: false, reason: { code: 'REDACTION_PENDING', params: {} } };
const masked: ReleaseDecision = { allowed: true, as: 'redacted', because: 'REDACTED' };
const original: ReleaseDecision = { allowed: true, as: 'original', because: 'APPROVED_UNREDACTED' };

it.each<[string, [ReleaseDecision, ...ReleaseDecision[]], string]>([
  ['one camera, refused', [missing], 'REDACTION_MISSING'],
  ['none may leave: the own camera says why', [pending, missing], 'REDACTION_PENDING'],
  ['all are masked', [masked, masked], 'redacted'],
  ['one masked, the other left out', [masked, missing], 'redacted'],
  ['the own one left out', [missing, masked], 'redacted'],
  ['an original goes along: it is no masked recording any more', [masked, missing, original], 'original'],
])('of several cameras, %s', (_name, decisions, answer) => {
  const leading = leadingOf(decisions);
  expect(leading.allowed ? leading.as : leading.reason.code).toBe(answer);
});
