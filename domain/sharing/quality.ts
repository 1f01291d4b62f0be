import type { EvidenceState, PosVerdict, SecondReview } from '../types.ts';

/** What is known of an incident's evidence, from the record alone. */
export interface QualityFacts {
  evidenceState: EvidenceState;
  requestedMs: number;
  gapMs: number;
  /** As probed when the clip was cut; null: not noted. */
  picture: { width: number; height: number; fps: number } | null;
  keyFrames: number;
  /** Whether a till stands where it happened; without one neither its clock nor its lines count. */
  hasTill: boolean;
  /** How far the clocks of camera and till can still be apart; null: never measured. */
  clockErrorMs: number | null;
  posVerdict: PosVerdict;
  /** `read`: every file was read again since and had its hash; `stored`: only when it was stored; `failed`: one had another. */
  hashes: 'read' | 'stored' | 'failed' | 'none';
  custody: { rows: number; unbroken: boolean };
  secondReview: SecondReview | null;
}

export const qualityCodes = [
  'CLIP',
  'GAPS',
  'RESOLUTION',
  'FRAME_RATE',
  'KEY_FRAMES',
  'CLOCK',
  'TILL',
  'HASHES',
  'CUSTODY',
  'SECOND_REVIEW',
] as const;
export type QualityCode = (typeof qualityCodes)[number];

export interface QualityPart {
  code: QualityCode;
  points: number;
  of: number;
  params: Record<string, string | number | boolean | null>;
}

export interface Quality {
  /** 0 to 100: the points of all parts that apply, as a share of what they could be. */
  score: number;
  parts: QualityPart[];
}

/** The highest step that the value reaches. */
const steps = (value: number, ...ladder: readonly (readonly [from: number, points: number])[]): number =>
  ladder.find(([from]) => value >= from)?.[1] ?? 0;

/** How good the evidence is, from facts and fixed weights; nobody's opinion is in it. */
export function qualityOf(facts: QualityFacts): Quality {
  const { evidenceState, picture, clockErrorMs, requestedMs, gapMs } = facts;
  const covered = requestedMs <= 0 ? 0 : Math.max(0, 1 - gapMs / requestedMs);
  const hasClip = evidenceState === 'ready' || evidenceState === 'partial';
  const parts: QualityPart[] = [
    {
      code: 'CLIP',
      points: evidenceState === 'ready' ? 20 : hasClip ? 10 : 0,
      of: 20,
      params: { state: evidenceState },
    },
    {
      code: 'GAPS',
      // Squared: half a clip is worth less than half.
      points: hasClip ? Math.floor(10 * covered ** 2) : 0,
      of: 10,
      params: { gapMs, requestedMs },
    },
    {
      code: 'RESOLUTION',
      points: picture === null ? 0 : steps(picture.height, [1_080, 8], [720, 7], [480, 5], [1, 2]),
      of: 8,
      params: { width: picture?.width ?? null, height: picture?.height ?? null },
    },
    {
      code: 'FRAME_RATE',
      points: picture === null ? 0 : steps(picture.fps, [24, 7], [12, 6], [6, 3], [1, 1]),
      of: 7,
      params: { fps: picture === null ? null : Math.round(picture.fps * 10) / 10 },
    },
    {
      code: 'KEY_FRAMES',
      points: steps(facts.keyFrames, [3, 5], [1, 3]),
      of: 5,
      params: { keyFrames: facts.keyFrames },
    },
    ...(facts.hasTill ? tillParts(facts, clockErrorMs) : []),
    {
      code: 'HASHES',
      points: { read: 10, stored: 8, failed: 0, none: 0 }[facts.hashes],
      of: 10,
      params: { checked: facts.hashes },
    },
    {
      code: 'CUSTODY',
      points: facts.custody.unbroken && facts.custody.rows > 0 ? 10 : 0,
      of: 10,
      params: { rows: facts.custody.rows, unbroken: facts.custody.unbroken },
    },
    {
      code: 'SECOND_REVIEW',
      points: facts.secondReview === 'agreed' ? 5 : 0,
      of: 5,
      params: { review: facts.secondReview ?? 'none' },
    },
  ];
  const sum = (key: 'points' | 'of') => parts.reduce((total, part) => total + part[key], 0);
  return { score: Math.floor((100 * sum('points')) / sum('of')), parts };
}

const tillParts = ({ posVerdict }: QualityFacts, clockErrorMs: number | null): QualityPart[] => [
  {
    code: 'CLOCK',
    points: clockErrorMs === null ? 0 : clockErrorMs <= 500 ? 10 : clockErrorMs <= 2_000 ? 7 : 3,
    of: 10,
    params: { errorMs: clockErrorMs },
  },
  {
    code: 'TILL',
    points: { MISMATCH: 15, UNKNOWN: 5, PENDING: 0, NOT_APPLICABLE: 0, MATCH: 0 }[posVerdict],
    of: 15,
    params: { verdict: posVerdict },
  },
];

/** What would raise the score, the most first. */
export const missingOf = (quality: Quality): QualityPart[] =>
  quality.parts.filter(({ points, of }) => points < of).sort((a, b) => b.of - b.points - (a.of - a.points));
