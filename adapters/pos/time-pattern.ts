const fields = { yyyy: 4, yy: 2, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3 } as const;
type TimeField = keyof typeof fields;

const inARow = /(MM|dd|HH|mm|ss)(yy|MM|dd|HH|mm|ss|SSS)|yy(MM|dd|HH|mm|ss)/;

const isField = (text: string): text is TimeField => text in fields;

/** A time as the file writes it: an instant with an offset, or a wall-clock time; null when it is neither. */
export type TimePattern = (text: string) => { at: number } | { local: string } | null;

const isoForm = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** ISO 8601, with or without an offset. */
export const isoTime: TimePattern = (text) => {
  const [, date, minute, second = '00', fraction = '', offset] = isoForm.exec(text.trim()) ?? [];
  if (date === undefined || minute === undefined) return null;
  const local = `${date}T${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (!isWallClock(local)) return null;
  if (offset === undefined) return { local };
  const at = Date.parse(
    `${local}${offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase()}`,
  );
  return Number.isNaN(at) ? null : { at };
};

/** A pattern of yyyy yy MM dd HH mm ss SSS and whatever stands between them. */
export function timePattern(pattern: string): TimePattern {
  if (pattern === 'iso') return isoTime;
  const order: TimeField[] = [];
  const source = pattern.replace(/yyyy|SSS|yy|MM|dd|HH|mm|ss|./gs, (part) => {
    if (!isField(part)) return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    order.push(part);
    // A till that writes 9:05 means 09:05; only between signs, since in a row of digits nobody could tell.
    return fields[part] === 2 && part !== 'yy' && !inARow.test(pattern) ? '(\\d{1,2})' : `(\\d{${fields[part]}})`;
  });
  const form = new RegExp(`^${source}$`);
  return (text) => {
    const found = form.exec(text.trim());
    if (!found) return null;
    const value = (name: TimeField): string => {
      const place = order.indexOf(name);
      return (place < 0 ? '' : (found[place + 1] ?? '')).padStart(fields[name], '0');
    };
    const year = order.includes('yyyy') ? value('yyyy') : `20${value('yy')}`;
    const local = `${year}-${value('MM')}-${value('dd')}T${value('HH')}:${value('mm')}:${value('ss')}.${value('SSS')}`;
    return isWallClock(local) ? { local } : null;
  };
}

/** Whether there is such a day and such a time; `Date` alone would turn 30 February into March. */
function isWallClock(local: string): boolean {
  const ms = Date.parse(`${local}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === `${local}Z`;
}
