const views = ['week', 'people', 'holidays'] as const;
export type RosterView = (typeof views)[number];

export interface RosterSearch {
  view?: RosterView;
  store?: string;
  /** The first day that is shown. */
  day?: string;
}

/** What of the address the roster understands; the rest is dropped. */
export function rosterSearch(search: Record<string, unknown>): RosterSearch {
  const { view, store, day } = search;
  return {
    ...(views.includes(view as RosterView) ? { view: view as RosterView } : {}),
    ...(typeof store === 'string' && store ? { store } : {}),
    ...(typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) ? { day } : {}),
  };
}
