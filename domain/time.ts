/** Instants are ISO strings at the borders and epoch milliseconds in arithmetic; these two are the only bridge. */
export const toMs = (at: string): number => Date.parse(at);
export const toIso = (ms: number): string => new Date(ms).toISOString();
export const addMs = (at: string, ms: number): string => toIso(toMs(at) + ms);
