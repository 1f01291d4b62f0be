const states = ['open', 'dismissed', 'withdrawn', 'trial'] as const;
/** What of the list is shown; `trial` is what only runs beside the rules for now. */
export type ExceptionView = (typeof states)[number];

export interface ExceptionsSearch {
  store?: string;
  from?: string;
  to?: string;
  /** One day of the picture, chosen by pressing it. */
  day?: string;
  view?: ExceptionView;
}

export interface DayFilesSearch {
  store?: string;
  /** The day file whose quarantined lines are shown. */
  file?: string;
}

export interface AskSearch {
  store?: string;
  till?: string;
  at?: string;
}

type Raw = Record<string, unknown>;

const isDate = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
const textOf = <Name extends string>(search: Raw, name: Name) => {
  const value = search[name];
  // The router reads what looks like a number as one; a till may be called 12.
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text ? { [name]: text } : {};
};
const dateOf = <Name extends string>(search: Raw, name: Name) =>
  isDate(search[name]) ? { [name]: search[name] as string } : {};

/** What of the address these pages understand; the rest is dropped. */
export const exceptionsSearch = (search: Raw): ExceptionsSearch => ({
  ...textOf(search, 'store'),
  ...dateOf(search, 'from'),
  ...dateOf(search, 'to'),
  ...dateOf(search, 'day'),
  ...(states.includes(search['view'] as ExceptionView) ? { view: search['view'] as ExceptionView } : {}),
});

export const dayFilesSearch = (search: Raw): DayFilesSearch => ({
  ...textOf(search, 'store'),
  ...textOf(search, 'file'),
});

export const askSearch = (search: Raw): AskSearch => ({
  ...textOf(search, 'store'),
  ...textOf(search, 'till'),
  ...(typeof search['at'] === 'string' && !Number.isNaN(Date.parse(search['at'])) ? { at: search['at'] } : {}),
});
