import { type Findings, limits, shorten } from './draft.ts';

/** Where an event stands in the file; the library does not tell. */
export interface EventLines {
  begin: number;
  /** The line of a property of the event itself; its first line when it has none. */
  lineOf(property: string): number;
}

/** The lines of every event, in order; null when the file cannot be a calendar, which is then among the findings. */
export function eventLines(content: string, findings: Findings): EventLines[] | null {
  const events: EventLines[] = [];
  const open: string[] = [];
  let properties = new Map<string, number>();
  let number = 0;
  const fail = (line: number, property: string | null, message: string): null => {
    findings.error(line, property, message);
    return null;
  };
  for (const text of content.split(/\r\n|\n|\r/)) {
    number += 1;
    // Folded lines go on with a space; empty lines are ignored.
    if (text === '' || /^[ \t]/.test(text)) continue;
    const name = /^\uFEFF?([A-Za-z0-9-]+)[;:]/.exec(text)?.[1]?.toUpperCase();
    if (name === undefined)
      return fail(number, null, `${shorten(text)} is no line of a calendar; export the file again`);
    const component = text
      .slice(text.indexOf(':') + 1)
      .trim()
      .toUpperCase();
    if (name === 'BEGIN') {
      if (open.length >= 8) return fail(number, 'BEGIN', 'is nested more than eight deep; no calendar is');
      open.push(component);
      if (component !== 'VEVENT') continue;
      if (events.length >= limits.rows)
        return fail(
          number,
          null,
          `The calendar has more than ${limits.rows} events; import it in parts, each with a source of its own.`,
        );
      const [begin, own] = [number, new Map<string, number>()];
      properties = own;
      events.push({ begin, lineOf: (property) => own.get(property) ?? begin });
    } else if (name === 'END') {
      if (open.pop() !== component)
        return fail(number, 'END', `${shorten(component)} was not begun, or something in it was not ended`);
    } else if (open.at(-1) === 'VEVENT' && !properties.has(name)) properties.set(name, number);
  }
  const last = open.at(-1);
  return last === undefined
    ? events
    : fail(number, null, `${shorten(last)} is not ended; the file was cut off, export it again`);
}
