import { canonicalJson } from '../audit-chain.ts';

/** JSON for people and machines: sorted keys, so that the same value is the same bytes. */
export const prettyJson = (value: unknown): string => `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
