import { type Behaviour, behaviours } from '../types.ts';

/** Uses, beside the behaviours themselves, that the law of a place may not allow. */
const uses = ['share_police', 'share_insurer'] as const;
export type OptOut = Behaviour | (typeof uses)[number];

export const optOuts: readonly OptOut[] = [...(Object.keys(behaviours) as Behaviour[]), ...uses];
export const isOptOut = (what: string): what is OptOut => optOuts.some((each) => each === what);
