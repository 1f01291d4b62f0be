import { describe, expect, it } from 'vitest';
import { packetFacts } from '../../test/harness/packet.ts';
import { assertReal } from '../drill.ts';
import { type AdmissionFacts, refusalOf, refusalWords } from './admission.ts';
import { decideApproval } from './approvals.ts';
import { admit, answered, type Circuit, type CircuitRules, closedCircuit, failed, tryNow } from './circuit.ts';
import { insurerClaim, policeCase } from './message.ts';
import { noticeStatement } from './notice.ts';
import { backoffMs, bookSlot, retryRules } from './pacing.ts';
import type { OutgoingShare } from './ports.ts';
import { missingOf, type QualityFacts, qualityOf } from './quality.ts';
import { checkApprovals, defaultTemplates, shareFields } from './template.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 12, 0, seconds)).toISOString();

describe('a circuit', () => {
  const rules: CircuitRules = { opensAfter: 3, firstPauseMs: 10_000, longestPauseMs: 40_000, probeMs: 5_000 };
  const brokenBy = (failures: number): Circuit => {
    let circuit = closedCircuit;
    for (let index = 0; index < failures; index += 1) circuit = failed(circuit, at(0), rules);
    return circuit;
  };

  it('opens with the last failure that is allowed in a row, and not before', () => {
    expect([brokenBy(1).state, brokenBy(2).state, brokenBy(3).state]).toEqual(['closed', 'closed', 'open']);
    expect(brokenBy(3)).toMatchObject({ failures: 3, opens: 1, retryAt: at(10) });
  });

  it('forgets failures with an answer', () => {
    expect(failed(failed(answered(brokenBy(2), at(1)), at(2), rules), at(3), rules).state).toBe('closed');
    expect(answered(closedCircuit, at(1))).toBe(closedCircuit);
  });

  it('lets nobody through before its time, and one afterwards', () => {
    expect(admit(brokenBy(3), at(9), rules)).toEqual({ admitted: false, until: at(10) });
    const probe = admit(brokenBy(3), at(10), rules);
    expect(probe).toMatchObject({ admitted: true, circuit: { state: 'half_open', retryAt: at(15) } });
    if (!probe.admitted) throw new Error('nobody was admitted');
    expect(admit(probe.circuit, at(12), rules)).toEqual({ admitted: false, until: at(15) });
    // Whoever tried has been lost: the next one may.
    expect(admit(probe.circuit, at(15), rules)).toMatchObject({ admitted: true });
    expect(answered(probe.circuit, at(12))).toMatchObject({
      state: 'closed',
      failures: 0,
      opens: 0,
      changedAt: at(12),
    });
  });

  it('stays open for longer each time, up to a limit', () => {
    let circuit = brokenBy(3);
    const pauses: (string | null)[] = [];
    for (let index = 0; index < 4; index += 1) {
      const probe = admit(circuit, circuit.retryAt ?? '', rules);
      if (!probe.admitted) throw new Error('nobody was admitted');
      circuit = failed(probe.circuit, at(0), rules);
      pauses.push(circuit.retryAt);
    }
    expect(pauses).toEqual([at(20), at(40), at(40), at(40)]);
  });

  it('is tried at once when a person asks, and never by two', () => {
    expect(admit(tryNow(brokenBy(3), at(1)), at(1), rules)).toMatchObject({ admitted: true });
    const halfOpen: Circuit = { ...brokenBy(3), state: 'half_open', retryAt: at(15) };
    expect(tryNow(halfOpen, at(1))).toBe(halfOpen);
    expect(tryNow(closedCircuit, at(1))).toBe(closedCircuit);
  });

  it('that is open is not opened again by one who was under way', () => {
    expect(failed(brokenBy(3), at(5), rules)).toMatchObject({ state: 'open', retryAt: at(10), opens: 1 });
  });
});

describe('pacing', () => {
  it('doubles from 2 s to an hour, spread by a fifth', () => {
    const delays = Array.from({ length: 14 }, (_, index) => backoffMs(index + 1, 0.5, null, retryRules));
    expect(delays.slice(0, 5)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(delays.at(-1)).toBe(3_600_000);
    expect([backoffMs(1, 0, null, retryRules), backoffMs(1, 0.999_999, null, retryRules)]).toEqual([1_600, 2_400]);
    expect(backoffMs(5_000, 0.5, null, retryRules)).toBe(3_600_000);
  });

  it('waits as long as the recipient asks for, within the longest delay', () => {
    expect(backoffMs(1, 0.5, 60_000, retryRules)).toBe(60_000);
    expect(backoffMs(1, 0.5, 99_999_000, retryRules)).toBe(3_600_000);
    expect(backoffMs(6, 0.5, 1_000, retryRules)).toBe(64_000);
  });

  it('books moments one after the other', () => {
    const first = bookSlot(null, at(0), 6);
    const second = bookSlot(first.nextSlotAt, at(1), 6);
    const third = bookSlot(second.nextSlotAt, at(1), 6);
    expect([first.slotAt, second.slotAt, third.slotAt]).toEqual([at(0), at(10), at(20)]);
    // What was free and not used is not saved up.
    expect(bookSlot(third.nextSlotAt, at(600), 6).slotAt).toBe(at(600));
  });
});

describe('approvals', () => {
  const yes = (actorId: string) => ({ actorId, decision: 'approved' as const });
  const no = (actorId: string) => ({ actorId, decision: 'refused' as const });
  it.each([
    ['the first of two', [], yes('a'), 2, { outcome: 'waiting', missing: 1 }],
    ['the second of two', [yes('a')], yes('b'), 2, { outcome: 'agreed' }],
    ['the same person again', [yes('a')], yes('a'), 2, { outcome: 'repeated' }],
    ['the same person, who changes their mind', [yes('a')], no('a'), 2, { outcome: 'repeated' }],
    ['a no', [yes('a')], no('b'), 2, { outcome: 'refused' }],
    ['the only one', [], yes('a'), 1, { outcome: 'agreed' }],
  ] as const)('%s', (_what, given, word, required, expected) => {
    expect(decideApproval(given, word, required)).toEqual(expected);
  });

  it('by one person alone are never enough for the police', () => {
    expect(() => checkApprovals('police', 1)).toThrow(/2 or more/);
    checkApprovals('police', 2);
    checkApprovals('insurer', 1);
  });
});

const good: QualityFacts = {
  ...{ evidenceState: 'ready', requestedMs: 20_000, gapMs: 0, picture: { width: 1_920, height: 1_080, fps: 25 } },
  ...{ keyFrames: 3, hasTill: true, clockErrorMs: 200, posVerdict: 'MISMATCH', hashes: 'read' },
  ...{ custody: { rows: 4, unbroken: true }, secondReview: 'agreed' },
};

describe('the quality of evidence', () => {
  it('is 100 when nothing is missing, and 0 when there is nothing', () => {
    expect(qualityOf(good).score).toBe(100);
    expect(missingOf(qualityOf(good))).toEqual([]);
    const nothing: QualityFacts = {
      ...{ evidenceState: 'failed', requestedMs: 20_000, gapMs: 20_000, picture: null, keyFrames: 0, hasTill: true },
      ...{ clockErrorMs: null, posVerdict: 'PENDING', hashes: 'none', custody: { rows: 0, unbroken: true } },
      secondReview: null,
    };
    expect(qualityOf(nothing).score).toBe(0);
  });

  it('has weights that add up to 100, and no part outside of its own', () => {
    const { parts } = qualityOf(good);
    expect(parts.reduce((sum, { of }) => sum + of, 0)).toBe(100);
    for (const { points, of } of parts) expect(points >= 0 && points <= of).toBe(true);
  });

  it.each<[string, Partial<QualityFacts>, string, number]>([
    ['gaps', { evidenceState: 'partial', gapMs: 10_000 }, 'CLIP,GAPS', 82],
    ['a small picture', { picture: { width: 640, height: 480, fps: 10 } }, 'FRAME_RATE,RESOLUTION', 93],
    ['a picture of which nothing is known', { picture: null }, 'RESOLUTION,FRAME_RATE', 85],
    ['one key frame', { keyFrames: 1 }, 'KEY_FRAMES', 98],
    ['a clock that nobody measured', { clockErrorMs: null }, 'CLOCK', 90],
    ['a clock that is roughly known', { clockErrorMs: 1_500 }, 'CLOCK', 97],
    ['a till that cannot say', { posVerdict: 'UNKNOWN' }, 'TILL', 90],
    ['a till that says it was paid', { posVerdict: 'MATCH' }, 'TILL', 85],
    ['files that nobody has read since', { hashes: 'stored' }, 'HASHES', 98],
    ['a file that has changed', { hashes: 'failed' }, 'HASHES', 90],
    ['a broken custody log', { custody: { rows: 4, unbroken: false } }, 'CUSTODY', 90],
    ['no second look', { secondReview: null }, 'SECOND_REVIEW', 95],
  ])('is lower with %s, and says so', (_what, change, missing, score) => {
    const quality = qualityOf({ ...good, ...change });
    expect([
      missingOf(quality)
        .map(({ code }) => code)
        .join(),
      quality.score,
    ]).toEqual([missing, score]);
  });

  it('counts neither clock nor till where there is no till', () => {
    const quality = qualityOf({ ...good, hasTill: false, clockErrorMs: null, posVerdict: 'NOT_APPLICABLE' });
    expect(quality.score).toBe(100);
    expect(quality.parts.map(({ code }) => code)).not.toContain('TILL');
  });
});

const admitted: AdmissionFacts = {
  incident: { state: 'closed', verdict: 'confirmed' },
  recipient: { kind: 'insurer', enabled: true },
  template: { ...defaultTemplates.insurer, minQuality: 60 },
  packet: {
    ...{ state: 'ready', purpose: 'insurer', newest: true, recordingAs: 'redacted', videos: ['v2'] },
    statementSigned: false,
  },
  release: { allowed: true, as: 'redacted', videos: ['v2'] },
  consent: { basis: 'contract', reference: 'P-1' },
  quality: qualityOf(good),
};

describe('what may go', () => {
  it('goes', () => expect(refusalOf(admitted)).toBeNull());
  it('goes when one more camera could go by now', () => {
    const release = { allowed: true, as: 'redacted', videos: ['v2', 'other-v1'] } as const;
    expect(refusalOf({ ...admitted, release })).toBeNull();
  });

  const { packet, template } = admitted;
  it.each<[string, Partial<AdmissionFacts>]>([
    ['NOT_CONFIRMED', { incident: { state: 'closed', verdict: 'paid' } }],
    ['NOT_CONFIRMED', { incident: { state: 'in_review', verdict: 'confirmed' } }],
    ['RECIPIENT_DISABLED', { recipient: { kind: 'insurer', enabled: false } }],
    ['PACKET_NOT_READY', { packet: { ...packet, state: 'purged' } }],
    ['PACKET_FOR_OTHERS', { recipient: { kind: 'police', enabled: true } }],
    ['PACKET_SUPERSEDED', { packet: { ...packet, newest: false } }],
    ['RELEASE_FORBIDDEN', { release: { allowed: false, code: 'REDACTION_MISSING' } }],
    ['RECORDING_SUPERSEDED', { release: { allowed: true, as: 'redacted', videos: ['v3'] } }],
    ['RECORDING_SUPERSEDED', { release: { allowed: true, as: 'original', videos: ['unmasked'] } }],
    ['RECORDING_SUPERSEDED', { packet: { ...packet, videos: ['v2', 'other-v1'] } }],
    [
      'MASKED_ONLY',
      { packet: { ...packet, recordingAs: 'original' }, release: { allowed: true, as: 'original', videos: ['v2'] } },
    ],
    ['STATEMENT_UNSIGNED', { template: { ...template, signedStatement: true } }],
    ['CONSENT_MISSING', { consent: null }],
    [
      'QUALITY_TOO_LOW',
      { quality: qualityOf({ ...good, evidenceState: 'failed', hashes: 'failed', posVerdict: 'MATCH' }) },
    ],
  ])('does not for %s, in words that say what to do', (code, change) => {
    const refusal = refusalOf({ ...admitted, ...change });
    expect(refusal?.code).toBe(code);
    expect(refusalWords(refusal!)).toMatch(/^[A-Z].+\.$/);
    expect(refusalWords(refusal!)).not.toMatch(/undefined|null|It may not be shared/);
  });

  it('says what is missing of the quality, the most first', () => {
    const quality = qualityOf({ ...good, evidenceState: 'failed', hashes: 'failed' });
    const refusal = refusalOf({ ...admitted, template: { ...template, minQuality: 90 }, quality });
    expect(refusalWords(refusal!)).toBe(
      'The evidence scores 60 of 100 and this recipient takes 90 or more. What is missing: CLIP 0/20, GAPS 0/10, HASHES 0/10.',
    );
  });

  it('is never a drill: the type and the guard agree', () => {
    expect(() => assertReal({ incidentId: 'inc_1', drill: true })).toThrow(/drill/);
    // @ts-expect-error what was not asserted to be real does not fit
    const drill: OutgoingShare['incident'] = { incidentId: 'inc_1', drill: false };
    expect(drill).toBeDefined();
  });
});

describe('a message', () => {
  const facts = packetFacts();
  const input = {
    ...{ shareId: `shr_${'0'.repeat(20)}`, packet: { sha256: 'a'.repeat(64), sizeBytes: 1 }, facts, consent: null },
    quality: qualityOf(good),
  };

  it('has the fields of the template, and no other', () => {
    const none = policeCase({ ...input, template: { ...defaultTemplates.police, fields: [] } });
    for (const field of shareFields) expect(none).not.toHaveProperty(field);
    const all = policeCase({ ...input, template: defaultTemplates.police });
    for (const field of shareFields) expect(all).toHaveProperty(field);
  });

  it('names nobody: no operator, and of whoever decided only the role', () => {
    const text = JSON.stringify([
      policeCase({ ...input, template: defaultTemplates.police }),
      insurerClaim({ ...input, template: defaultTemplates.insurer }),
    ]);
    expect(text).not.toContain('op_1');
    expect(text).not.toContain('Sam');
    expect(text).not.toContain('Łukasz');
    expect(text).toContain('soc_operator');
  });

  it('is the same bytes each time', () => {
    const make = () => JSON.stringify(insurerClaim({ ...structuredClone(input), template: defaultTemplates.insurer }));
    expect(make()).toBe(make());
  });

  it.each(['en', 'de', 'es', 'fr'] as const)('and a notice have words in %s', (language) => {
    const { summary } = policeCase({ ...input, template: { ...defaultTemplates.police, language } });
    expect(summary).toContain('High Street');
    const about = { noticeId: 'ntc_1', issuedAt: at(0), company: 'x', because: 'x', incidentId: 'i', language };
    const packet = { id: 'p', version: 1, sha256: 's' };
    for (const event of ['corrected', 'withdrawn'] as const)
      expect(noticeStatement({ ...about, packet, event, shareId: null, handoverId: null }).words).toMatch(/\.$/);
  });
});
