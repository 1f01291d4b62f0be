import { invalidField } from '../errors.ts';
import type { Locale } from '../types.ts';

export type RecipientKind = 'police' | 'insurer';

/** What of the record goes into the message beside the packet; what is always in it is not listed. */
export const shareFields = ['place', 'goods', 'till', 'tape', 'recording', 'clocks', 'decision'] as const;
export type ShareField = (typeof shareFields)[number];

export const consentBases = ['contract', 'written_consent', 'legal_obligation'] as const;
export type ConsentBasis = (typeof consentBases)[number];

export interface Consent {
  basis: ConsentBasis;
  /** The number of the paper that says so; never what is on it. */
  reference: string;
}

/** What one recipient gets of a packet. A sealed packet goes whole or not at all. */
export interface ShareTemplate {
  packet: 'whole' | 'none';
  /** `masked`: only a packet whose recording is masked; `as_released`: whatever the masking rule lets out. */
  recording: 'masked' | 'as_released';
  fields: ShareField[];
  language: Locale;
  consentRequired: boolean;
  /** Only a packet whose statement a person signed. */
  signedStatement: boolean;
  /** 0 to 100; evidence that scores less is refused. */
  minQuality: number;
}

export const defaultTemplates: Record<RecipientKind, ShareTemplate> = {
  police: {
    ...{ packet: 'whole', recording: 'as_released', fields: [...shareFields], language: 'en' },
    ...{ consentRequired: false, signedStatement: false, minQuality: 0 },
  },
  insurer: {
    ...{ packet: 'whole', recording: 'masked', fields: ['place', 'goods', 'till', 'recording'], language: 'en' },
    ...{ consentRequired: true, signedStatement: false, minQuality: 60 },
  },
};

/** How many different people have to agree before anything goes. */
export const fewestApprovals: Record<RecipientKind, number> = { police: 2, insurer: 1 };
export const mostApprovals = 3;

export function checkApprovals(kind: RecipientKind, required: number): void {
  if (required < fewestApprovals[kind])
    throw invalidField('approvalsRequired', `must be ${fewestApprovals[kind]} or more for the ${kind}`);
}
