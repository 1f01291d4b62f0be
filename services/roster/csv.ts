import { CsvError, parse } from 'csv-parse/sync';
import { addDays, dateOf, isDate, isTimeOfDay } from '../../domain/roster/local-time.ts';
import { expandPattern } from '../../domain/roster/pattern.ts';
import { toMs } from '../../domain/time.ts';
import { collect, type Findings, horizonOf, limits, type Reading, type ReadingContext, shorten } from './draft.ts';
import type { ShiftPlace } from './places.ts';
import { longestShiftMs } from './shifts.ts';
import { zoneRules } from './zone-rules.ts';

const forms = {
  single: { required: ['person', 'starts', 'ends'], optional: ['store'] },
  weekly: {
    required: ['person', 'weekday', 'from', 'to', 'valid_from'],
    optional: ['store', 'valid_to', 'works_holidays'],
  },
};
const headerHint = 'write store,person,starts,ends or store,person,weekday,from,to,valid_from,valid_to,works_holidays';
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

interface Line {
  number: number;
  cell(column: string): string;
}

/** Single shifts, or weekly ones, by the clock of the store. */
export function readCsv(content: string, ctx: ReadingContext): Reading {
  return collect((findings) => {
    let records: { info: { lines: number }; record: string[] }[];
    try {
      records = parse(content, {
        bom: true,
        delimiter: /^[^\n,]*;/.test(content) ? ';' : ',',
        info: true,
        max_record_size: 10_000,
        relax_column_count: true,
        skip_empty_lines: true,
        skip_records_with_empty_values: true,
        to: limits.rows + 2,
        trim: true,
      }) as unknown as typeof records;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const line = 'lines' in error && typeof error['lines'] === 'number' ? error['lines'] : 1;
      return findings.error(line, null, 'cannot be read as CSV: look for a quotation mark that is not closed');
    }
    const [header, ...rows] = records;
    if (!header) return findings.error(1, null, `The file is empty; ${headerHint}.`);
    const columns = header.record.map((name) => name.trim().toLowerCase());
    const form = checkHeader(columns, header.info.lines, findings);
    if (!form) return;
    if (rows.length > limits.rows)
      return findings.error(
        rows.at(-1)!.info.lines,
        null,
        `The file has more than ${limits.rows} rows; import it in parts, each with a source of its own.`,
      );
    for (const { info, record } of rows) {
      const line: Line = { number: info.lines, cell: (column) => record[columns.indexOf(column)]?.trim() ?? '' };
      if (record.length !== columns.length) {
        findings.error(
          line.number,
          null,
          `has ${record.length} cells, the header has ${columns.length}; put quotation marks around a cell that contains the separator`,
        );
        continue;
      }
      const place = placeOf(line, ctx, findings);
      const person = ctx.findPerson(line.cell('person'));
      if ('problem' in person) findings.error(line.number, 'person', person.problem);
      const read = form === 'single' ? readSingle : readWeekly;
      const shifts = read(
        line,
        place?.zone ?? 'UTC',
        (date) => ctx.isHoliday(place?.storeId ?? null, date),
        ctx.at,
        findings,
      );
      if (!place || 'problem' in person) continue;
      for (const shift of shifts)
        findings.add({
          ...{ line: line.number, uid: '', personId: person.id, ...shift },
          place: { storeId: place.storeId, regionId: place.regionId },
        });
    }
  });
}

function checkHeader(columns: string[], line: number, findings: Findings): keyof typeof forms | null {
  const form = columns.includes('weekday') ? 'weekly' : 'single';
  const { required, optional } = forms[form];
  const missing = required.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !required.includes(name) && !optional.includes(name));
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  if (missing.length > 0) findings.error(line, missing[0]!, `is missing in the header; ${headerHint}`);
  else if (unknown.length > 0)
    findings.error(line, shorten(unknown[0]!), `is no column of a roster; take it out, or ${headerHint}`);
  else if (twice.length > 0) findings.error(line, twice[0]!, 'is in the header twice; take one out');
  else return form;
  return null;
}

function placeOf(line: Line, ctx: ReadingContext, findings: Findings): (ShiftPlace & { zone: string }) | null {
  const text = line.cell('store');
  const fail = (message: string): null => {
    findings.error(line.number, 'store', message);
    return null;
  };
  const several = (place: ShiftPlace): (ShiftPlace & { zone: string }) | null => {
    if (!ctx.seesEveryStore)
      return fail('is more than one store, which is for those who see every store; write the id of one of yours');
    return ctx.zone === null
      ? fail('is more than one store, so the clock is not known; send timeZone with the import')
      : { ...place, zone: ctx.zone };
  };
  if (text === '') {
    if (ctx.place === null)
      return fail('is empty; write the id of a store, * for every store, or send storeId with the import');
    const zone = ctx.place.storeId === null ? null : (ctx.zones.get(ctx.place.storeId) ?? null);
    return zone === null ? several(ctx.place) : { ...ctx.place, zone };
  }
  const region = /^region:(.+)$/.exec(text)?.[1];
  const place: ShiftPlace = { storeId: text === '*' || region !== undefined ? null : text, regionId: region ?? null };
  if (ctx.place !== null && (ctx.place.storeId !== place.storeId || ctx.place.regionId !== place.regionId))
    return fail(`${shorten(text)} is not what the import was sent for; take the line out, or import without storeId`);
  if (region !== undefined && !ctx.regions.has(region))
    return fail(`there is no region ${shorten(region)}; write region: and its id`);
  if (place.storeId === null) return several(place);
  const zone = ctx.zones.get(text);
  return zone === undefined
    ? fail(`the store ${shorten(text)} does not exist or is outside your scope; write its id`)
    : { ...place, zone };
}

type Times = { startsAt: string; endsAt: string; skipOnHoliday: string | null };

function readSingle(line: Line, zone: string, _isHoliday: unknown, _at: string, findings: Findings): Times[] {
  const instants = (['starts', 'ends'] as const).map((column) => {
    const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::00)?$/.exec(line.cell(column)) ?? [];
    if (date !== undefined && time !== undefined && isDate(date) && isTimeOfDay(time))
      return zoneRules.toInstant(`${date}T${time}`, zone);
    findings.error(
      line.number,
      column,
      `${shorten(line.cell(column))} is not a time of the store's clock; write it as 2026-11-22 06:00, without an offset`,
    );
    return null;
  });
  const [startsAt, endsAt] = instants;
  if (!startsAt || !endsAt) return [];
  const lengthMs = toMs(endsAt) - toMs(startsAt);
  if (lengthMs <= 0)
    findings.error(line.number, 'ends', 'must be after starts; a shift over midnight ends on the next date');
  else if (lengthMs > longestShiftMs)
    findings.error(line.number, 'ends', 'makes the shift longer than 31 days; check the year and the month');
  else return [{ startsAt, endsAt, skipOnHoliday: null }];
  return [];
}

function readWeekly(
  line: Line,
  zone: string,
  isHoliday: (date: string) => boolean,
  at: string,
  findings: Findings,
): Times[] {
  const before = findings.errors.length;
  const days = weekdaysOf(line.cell('weekday'));
  if (!days)
    findings.error(
      line.number,
      'weekday',
      `${shorten(line.cell('weekday'))} is not a weekday; write mon, tue, wed, thu, fri, sat, sun, a range such as mon-fri, or several with spaces between`,
    );
  const [from, to] = [line.cell('from'), line.cell('to')].map((text) =>
    /^\d:\d\d$/.test(text) ? `0${text}` : text,
  ) as [string, string];
  if (!isTimeOfDay(from))
    findings.error(line.number, 'from', `${shorten(from)} is not a time of the store's clock; write it as 22:00`);
  if (!isTimeOfDay(to) && to !== '24:00')
    findings.error(
      line.number,
      'to',
      `${shorten(to)} is not a time of the store's clock; write it as 06:00, or 24:00 for midnight`,
    );
  else if (from === to) findings.error(line.number, 'to', 'equals from; for a whole day write 00:00 and 24:00');
  const [validFrom, validTo] = [line.cell('valid_from'), line.cell('valid_to')];
  if (!isDate(validFrom))
    findings.error(line.number, 'valid_from', `${shorten(validFrom)} is not a date; write the first day as 2026-11-22`);
  if (validTo !== '' && !isDate(validTo))
    findings.error(
      line.number,
      'valid_to',
      `${shorten(validTo)} is not a date; write the last day as 2026-12-31, or leave it empty`,
    );
  else if (validTo !== '' && validTo < validFrom) findings.error(line.number, 'valid_to', 'is before valid_from');
  const works = { yes: true, true: true, '1': true, no: false, false: false, '0': false, '': false }[
    line.cell('works_holidays').toLowerCase()
  ];
  if (works === undefined)
    findings.error(line.number, 'works_holidays', `${shorten(line.cell('works_holidays'))} is neither yes nor no`);
  if (!days || works === undefined || findings.errors.length > before) return [];
  const pattern = {
    weekdays: days,
    from,
    to,
    validFrom,
    validTo: validTo === '' ? null : validTo,
    worksHolidays: works,
  };
  const window = {
    // A day earlier, for the shift that began last night and still runs.
    fromDate: addDays(dateOf(zoneRules.toLocal(at, zone)), -1),
    toDate: dateOf(zoneRules.toLocal(horizonOf(at), zone)),
  };
  return expandPattern(pattern, { zone, rules: zoneRules, isHoliday }, window).map(({ date, startsAt, endsAt }) => ({
    ...{ startsAt, endsAt, skipOnHoliday: works ? null : date },
  }));
}

function weekdaysOf(text: string): number[] | null {
  const days = new Set<number>();
  for (const part of text
    .toLowerCase()
    .split(/[\s,+]+/)
    .filter(Boolean)) {
    const [first, last, ...more] = part.split('-').map((name) => weekdays.indexOf(name.slice(0, 3)));
    const to = last ?? first;
    if (first === undefined || to === undefined || first < 0 || to < 0 || more.length > 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return days.size === 0 ? null : [...days];
}
