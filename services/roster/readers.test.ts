import { describe, expect, it } from 'vitest';
import { readCsv } from './csv.ts';
import { personFinder, type Reading, type ReadingContext } from './draft.ts';
import { readCalendar } from './ical.ts';

const context = (change: Partial<ReadingContext> = {}): ReadingContext => ({
  at: '2026-10-20T12:00:00.000Z',
  zones: new Map([
    ['high-street', 'Europe/London'],
    ['loop', 'America/Chicago'],
  ]),
  regions: new Set(['north']),
  place: { storeId: 'high-street', regionId: null },
  zone: 'Europe/London',
  seesEveryStore: true,
  findPerson: personFinder([
    { id: 'sam', displayName: 'Sam Weller', email: 'sam@example.com', role: 'store_staff' },
    { id: 'alex', displayName: 'Alex Kim', email: null, role: 'store_manager' },
    { id: 'kim-1', displayName: 'Kim Lee', email: null, role: 'store_staff' },
    { id: 'kim-2', displayName: 'kim  lee', email: null, role: 'store_staff' },
  ]),
  isHoliday: (_store, date) => date === '2026-12-25',
  ...change,
});
const times = ({ drafts, errors }: Reading) => {
  expect(errors).toEqual([]);
  return drafts.map(({ personId, startsAt, endsAt }) => `${personId} ${startsAt.slice(0, 16)} ${endsAt.slice(0, 16)}`);
};
const complaints = ({ errors }: Reading) =>
  errors.map(({ line, column, message }) => `${line} ${column ?? '-'}: ${message}`);

describe('a CSV of single shifts', () => {
  it("is read by the store's clock, whatever the separator, the order of columns and the line ends", () => {
    const expected = ['sam 2026-10-24T21:00 2026-10-25T06:00', 'alex 2026-10-26T08:00 2026-10-26T16:00'];
    expect(
      times(
        readCsv(
          'store,person,starts,ends\nhigh-street,sam,2026-10-24 22:00,2026-10-25 06:00\n\nhigh-street,Alex Kim,2026-10-26T08:00,2026-10-26 16:00:00\n',
          context({ place: null }),
        ),
      ),
    ).toEqual(expected);
    expect(
      times(
        readCsv(
          '\uFEFFPerson;Ends;Starts\r\n"sam";2026-10-25 06:00;2026-10-24 22:00\r\nSAM@example.com;2026-10-27 06:00;2026-10-26 22:00\r\n',
          context(),
        ),
      ),
    ).toEqual([expected[0], 'sam 2026-10-26T22:00 2026-10-27T06:00']);
  });

  it('takes the zone of each store, and the one that is sent for every store or a region', () => {
    const csv =
      'store,person,starts,ends\nloop,sam,2026-10-26 08:00,2026-10-26 16:00\n*,alex,2026-10-26 08:00,2026-10-26 16:00\nregion:north,alex,2026-10-27 08:00,2026-10-27 16:00';
    const reading = readCsv(csv, context({ place: null, zone: 'Europe/Berlin' }));
    expect(times(reading)).toEqual([
      'sam 2026-10-26T13:00 2026-10-26T21:00',
      'alex 2026-10-26T07:00 2026-10-26T15:00',
      'alex 2026-10-27T07:00 2026-10-27T15:00',
    ]);
    expect(reading.drafts.map(({ place }) => place)).toEqual([
      { storeId: 'loop', regionId: null },
      { storeId: null, regionId: null },
      { storeId: null, regionId: 'north' },
    ]);
  });

  it.each<[string, string, Partial<ReadingContext>, string]>([
    [
      'an unknown person',
      'store,person,starts,ends\n,Bob,2026-10-26 08:00,2026-10-26 16:00',
      {},
      '2 person: “Bob” is not the id, name or address of anybody whom you can put on shift; create the person first, or correct the spelling',
    ],
    [
      'two of one name',
      'person,starts,ends\nKim Lee,2026-10-26 08:00,2026-10-26 16:00',
      {},
      '2 person: 2 people are called “Kim Lee”; write the id instead: kim-1 or kim-2',
    ],
    [
      'nobody',
      'person,starts,ends\n,2026-10-26 08:00,2026-10-26 16:00',
      {},
      '2 person: is empty; write the id or the name of a person',
    ],
    [
      'a date that is none',
      'person,starts,ends\nsam,2026-02-30 08:00,2026-10-26 16:00',
      {},
      "2 starts: “2026-02-30 08:00” is not a time of the store's clock; write it as 2026-11-22 06:00, without an offset",
    ],
    [
      'an offset',
      'person,starts,ends\nsam,2026-10-26 08:00,2026-10-26T16:00Z',
      {},
      "2 ends: “2026-10-26T16:00Z” is not a time of the store's clock; write it as 2026-11-22 06:00, without an offset",
    ],
    [
      'the end first',
      'person,starts,ends\nsam,2026-10-26 22:00,2026-10-26 06:00',
      {},
      '2 ends: must be after starts; a shift over midnight ends on the next date',
    ],
    [
      'a year too long',
      'person,starts,ends\nsam,2026-10-26 22:00,2027-10-27 06:00',
      {},
      '2 ends: makes the shift longer than 31 days; check the year and the month',
    ],
    [
      'twice the same',
      'person,starts,ends\nsam,2026-10-26 08:00,2026-10-26 16:00\nsam,2026-10-26 08:00,2026-10-26 17:00',
      {},
      '3 -: repeats line 2: the same person starts at the same time at the same place; remove one of the two',
    ],
    [
      'no store',
      'store,person,starts,ends\n,sam,2026-10-26 08:00,2026-10-26 16:00',
      { place: null },
      '2 store: is empty; write the id of a store, * for every store, or send storeId with the import',
    ],
    [
      'a strange store',
      'store,person,starts,ends\nwest,sam,2026-10-26 08:00,2026-10-26 16:00',
      { place: null },
      '2 store: the store “west” does not exist or is outside your scope; write its id',
    ],
    [
      'another store than was sent',
      'store,person,starts,ends\nloop,sam,2026-10-26 08:00,2026-10-26 16:00',
      {},
      '2 store: “loop” is not what the import was sent for; take the line out, or import without storeId',
    ],
    [
      'every store, by one of a store',
      'store,person,starts,ends\n*,sam,2026-10-26 08:00,2026-10-26 16:00',
      { place: null, seesEveryStore: false },
      '2 store: is more than one store, which is for those who see every store; write the id of one of yours',
    ],
    [
      'every store without a clock',
      'store,person,starts,ends\n*,sam,2026-10-26 08:00,2026-10-26 16:00',
      { place: null, zone: null },
      '2 store: is more than one store, so the clock is not known; send timeZone with the import',
    ],
    [
      'a cell too many',
      'person,starts,ends\nWeller, Sam,2026-10-26 08:00,2026-10-26 16:00',
      {},
      '2 -: has 4 cells, the header has 3; put quotation marks around a cell that contains the separator',
    ],
    [
      'an open quotation mark',
      'person,starts,ends\n"sam,2026-10-26 08:00,2026-10-26 16:00\n',
      {},
      '2 -: cannot be read as CSV: look for a quotation mark that is not closed',
    ],
    [
      'no header',
      'sam,2026-10-26 08:00,2026-10-26 16:00',
      {},
      '1 person: is missing in the header; write store,person,starts,ends or store,person,weekday,from,to,valid_from,valid_to,works_holidays',
    ],
    [
      'a column too many',
      'person,starts,ends,pay\n',
      {},
      '1 “pay”: is no column of a roster; take it out, or write store,person,starts,ends or store,person,weekday,from,to,valid_from,valid_to,works_holidays',
    ],
    [
      'nothing',
      '\n\n',
      {},
      '1 -: The file is empty; write store,person,starts,ends or store,person,weekday,from,to,valid_from,valid_to,works_holidays.',
    ],
  ])('says where it has %s', (_name, csv, change, expected) => {
    expect(complaints(readCsv(csv, context(change)))).toEqual([expected]);
  });

  it('says all that is wrong at once, and stops at a hundred', () => {
    const several = readCsv('person,starts,ends\nBob,x,y\nsam,2026-10-26 08:00,z', context());
    expect(several.errors.map(({ line, column }) => `${line} ${column}`)).toEqual([
      '2 person',
      '2 starts',
      '2 ends',
      '3 ends',
    ]);
    const hopeless = readCsv(`person,starts,ends\n${'Bob,x,y\n'.repeat(4_000)}`, context());
    expect(hopeless.errors).toHaveLength(101);
    expect(hopeless.errors.at(-1)?.message).toMatch(/first 100 errors/);
  });

  it('is bounded in rows', () => {
    const rows = Array.from({ length: 5_001 }, (_, index) => `sam,2026-10-26 08:00,2026-10-26 16:${index % 60}`);
    expect(complaints(readCsv(`person,starts,ends\n${rows.join('\n')}`, context()))).toEqual([
      expect.stringContaining('more than 5000 rows'),
    ]);
  });
});

describe('a CSV of weekly shifts', () => {
  const header = 'person,weekday,from,to,valid_from,valid_to,works_holidays';
  const weekly = (row: string, change: Partial<ReadingContext> = {}) => readCsv(`${header}\n${row}`, context(change));

  it('becomes instants, the night of the change included, up to 120 days ahead', () => {
    const all = times(weekly('sam,sat,22:00,06:00,2026-10-01,,'));
    expect(all.slice(0, 2)).toEqual(['sam 2026-10-24T21:00 2026-10-25T06:00', 'sam 2026-10-31T22:00 2026-11-01T06:00']);
    expect(all).toHaveLength(17);
    expect(all.at(-1)).toBe('sam 2027-02-13T22:00 2027-02-14T06:00');
  });

  it('leaves out holidays unless they are worked', () => {
    const christmas = (works: string) =>
      weekly(`sam,fri,8:00,16:00,2026-12-20,2026-12-31,${works}`).drafts.map((each) => each.skipOnHoliday);
    expect(christmas('no')).toEqual([]);
    expect(christmas('yes')).toEqual([null]);
    expect(weekly('sam,thu,8:00,16:00,2026-12-20,2026-12-31,').drafts.map((each) => each.skipOnHoliday)).toEqual([
      '2026-12-24',
      '2026-12-31',
    ]);
  });

  it.each([
    ['mon-fri', 5],
    ['fri-mon', 4],
    ['Saturday sunday', 2],
    ['"tue,thu"', 2],
    ['mon-sun', 7],
  ])('reads %s as %d days', (weekday, expected) => {
    expect(weekly(`sam,${weekday},08:00,16:00,2026-11-02,2026-11-08,`).drafts).toHaveLength(expected);
  });

  it.each([
    ['sam,someday,08:00,16:00,2026-11-02,,', '2 weekday: “someday” is not a weekday'],
    ['sam,mon-tue-wed,08:00,16:00,2026-11-02,,', '2 weekday: “mon-tue-wed” is not a weekday'],
    ['sam,,08:00,16:00,2026-11-02,,', '2 weekday: “” is not a weekday'],
    ['sam,mon,24:00,16:00,2026-11-02,,', "2 from: “24:00” is not a time of the store's clock; write it as 22:00"],
    ['sam,mon,08:00,4pm,2026-11-02,,', "2 to: “4pm” is not a time of the store's clock"],
    ['sam,mon,08:00,08:00,2026-11-02,,', '2 to: equals from; for a whole day write 00:00 and 24:00'],
    ['sam,mon,08:00,16:00,02/11/2026,,', '2 valid_from: “02/11/2026” is not a date; write the first day as 2026-11-22'],
    ['sam,mon,08:00,16:00,2026-11-02,2026-11-31,', '2 valid_to: “2026-11-31” is not a date'],
    ['sam,mon,08:00,16:00,2026-11-02,2026-11-01,', '2 valid_to: is before valid_from'],
    ['sam,mon,08:00,16:00,2026-11-02,,maybe', '2 works_holidays: “maybe” is neither yes nor no'],
  ])('%s', (row, expected) => {
    expect(complaints(weekly(row))).toEqual([expect.stringContaining(expected)]);
  });
});

const calendar = (...events: string[][]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n');
const night = ['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000', 'DTEND:20261025T060000'];
const read = (text: string, change: Partial<ReadingContext> = {}) => readCalendar(text, context(change));

describe('a calendar', () => {
  it.each<[string, string[], string[]]>([
    ["times that float are the store's", night, ['sam 2026-10-24T21:00 2026-10-25T06:00']],
    [
      'UTC',
      ['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000Z', 'DTEND:20261025T060000Z'],
      ['sam 2026-10-24T22:00 2026-10-25T06:00'],
    ],
    [
      'a zone',
      [
        'UID:1',
        'SUMMARY:sam',
        'DTSTART;TZID=America/Chicago:20261031T220000',
        'DTEND;TZID=America/Chicago:20261101T060000',
      ],
      ['sam 2026-11-01T03:00 2026-11-01T12:00'],
    ],
    [
      "Outlook's zone",
      ['UID:1', 'SUMMARY:sam', 'DTSTART;TZID=Central Standard Time:20261031T220000', 'DURATION:PT8H'],
      ['sam 2026-11-01T03:00 2026-11-01T11:00'],
    ],
    [
      'hours of a duration are hours',
      ['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000', 'DURATION:PT8H'],
      ['sam 2026-10-24T21:00 2026-10-25T05:00'],
    ],
    [
      'days of a duration are days of the clock',
      ['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000', 'DURATION:P1D'],
      ['sam 2026-10-24T21:00 2026-10-25T22:00'],
    ],
    [
      'a date alone is a day',
      ['UID:1', 'SUMMARY:sam', 'DTSTART;VALUE=DATE:20261025'],
      ['sam 2026-10-24T23:00 2026-10-26T00:00'],
    ],
    [
      'an invitation',
      [
        'UID:1',
        'SUMMARY:Late',
        'DTSTART:20261026T220000',
        'DTEND:20261027T060000',
        'ATTENDEE;CN=Sam W:mailto:Sam@Example.com',
        'ATTENDEE;CN="Alex Kim":mailto:a@x.org',
        'ATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:bob@x.org',
        'ATTENDEE;CUTYPE=ROOM:mailto:room@x.org',
      ],
      ['sam 2026-10-26T22:00 2026-10-27T06:00', 'alex 2026-10-26T22:00 2026-10-27T06:00'],
    ],
    [
      'our own property before all',
      [...night, 'X-FLOORWALKER-PERSON:alex', 'ATTENDEE:mailto:sam@example.com'],
      ['alex 2026-10-24T21:00 2026-10-25T06:00'],
    ],
    ['a cancelled one', [...night, 'STATUS:CANCELLED'], []],
    [
      'a rule over the change of the clocks',
      [...night, 'RRULE:FREQ=WEEKLY;COUNT=2'],
      ['sam 2026-10-24T21:00 2026-10-25T06:00', 'sam 2026-10-31T22:00 2026-11-01T06:00'],
    ],
    [
      'weekdays, until an instant',
      [...night, 'RRULE:FREQ=WEEKLY;BYDAY=MO,SA;UNTIL=20261026T220000Z'],
      ['sam 2026-10-24T21:00 2026-10-25T06:00', 'sam 2026-10-26T22:00 2026-10-27T06:00'],
    ],
    [
      'until a date',
      [...night, 'RRULE:FREQ=DAILY;UNTIL=20261025'],
      ['sam 2026-10-24T21:00 2026-10-25T06:00', 'sam 2026-10-25T22:00 2026-10-26T06:00'],
    ],
    [
      'the first Monday',
      [
        'UID:1',
        'SUMMARY:sam',
        'DTSTART:20261102T080000',
        'DTEND:20261102T160000',
        'RRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=2',
      ],
      ['sam 2026-11-02T08:00 2026-11-02T16:00', 'sam 2026-12-07T08:00 2026-12-07T16:00'],
    ],
    [
      'a date taken out and one added',
      [...night, 'RRULE:FREQ=WEEKLY;COUNT=2', 'EXDATE:20261031T220000', 'RDATE:20261103T220000'],
      ['sam 2026-10-24T21:00 2026-10-25T06:00', 'sam 2026-11-03T22:00 2026-11-04T06:00'],
    ],
    [
      'dates taken out in other words',
      [
        ...night,
        'RRULE:FREQ=WEEKLY;COUNT=3',
        'EXDATE;VALUE=DATE:20261031',
        'EXDATE;TZID=America/Chicago:20261107T160000',
      ],
      ['sam 2026-10-24T21:00 2026-10-25T06:00'],
    ],
    [
      'a rule of long ago, on its own weeks',
      [
        'UID:1',
        'SUMMARY:sam',
        'DTSTART:19991227T080000',
        'DTEND:19991227T160000',
        'RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261111',
      ],
      ['sam 2026-10-26T08:00 2026-10-26T16:00', 'sam 2026-11-09T08:00 2026-11-09T16:00'],
    ],
  ])('%s', (_name, event, expected) => {
    expect(times(read(calendar(event)))).toEqual(expected);
  });

  it('with a changed instance of a series has it once, at its new time', () => {
    const series = [...night, 'RRULE:FREQ=WEEKLY;COUNT=2'];
    const moved = [
      'UID:1',
      'SUMMARY:alex',
      'RECURRENCE-ID:20261031T220000',
      'DTSTART:20261031T230000',
      'DTEND:20261101T060000',
    ];
    const cancelled = ['UID:1', 'RECURRENCE-ID:20261024T220000', 'DTSTART:20261024T220000', 'STATUS:CANCELLED'];
    expect(times(read(calendar(series, moved, cancelled)))).toEqual(['alex 2026-10-31T23:00 2026-11-01T06:00']);
  });

  it('leaves out holidays of a series unless it says that they are worked', () => {
    const series = [
      'UID:1',
      'SUMMARY:sam',
      'DTSTART:20261224T080000',
      'DTEND:20261224T160000',
      'RRULE:FREQ=DAILY;COUNT=3',
    ];
    expect(read(calendar(series)).drafts.map((each) => each.skipOnHoliday)).toEqual(['2026-12-24', '2026-12-26']);
    expect(read(calendar([...series, 'X-FLOORWALKER-WORKS-HOLIDAYS:TRUE'])).drafts).toHaveLength(3);
  });

  const broken: [string, string, Partial<ReadingContext>, string][] = [
    [
      'an unknown person',
      calendar(['UID:1', 'DTSTART:20261024T220000', 'DTEND:20261025T060000', 'SUMMARY:Late shift']),
      {},
      '8 SUMMARY: “Late shift” is not the id',
    ],
    [
      'an unknown guest',
      calendar([...night, 'ATTENDEE;CN=Bob:mailto:bob@x.org']),
      {},
      '9 ATTENDEE: “Bob” is not the id',
    ],
    [
      'an unknown zone',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART;TZID=Mars/Olympus:20261024T220000', 'DURATION:PT8H']),
      {},
      '7 DTSTART: has the unknown time zone “Mars/Olympus”',
    ],
    [
      'floating times for many stores',
      calendar(night),
      { place: null, zone: null },
      '7 DTSTART: has no time zone and the import is for no store',
    ],
    ['no end', calendar(night.slice(0, 3)), {}, '4 DTEND: is missing'],
    ['no start', calendar(['UID:1', 'SUMMARY:sam']), {}, '4 DTSTART: is missing'],
    ['no uid', calendar(night.slice(1)), {}, '4 UID: is missing'],
    [
      'the end first',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000', 'DTEND:20261024T060000']),
      {},
      '8 DTEND: is not after DTSTART',
    ],
    [
      'an endless duration',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000', 'DURATION:P999999999999D']),
      {},
      '8 DURATION: makes the shift longer than 31 days',
    ],
    [
      'a negative one',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART:20261024T220000', 'DURATION:-PT8H']),
      {},
      '8 DURATION: is not after DTSTART',
    ],
    [
      'a year of its own',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART:99991024T220000', 'DURATION:PT8H']),
      {},
      '7 DTSTART: is not a time between 1970 and 2099',
    ],
    [
      'a time that is none',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART:yesterday', 'DURATION:PT8H']),
      {},
      '7 DTSTART: is not a time',
    ],
    [
      'a month that is none',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART:20261324T220000', 'DURATION:PT8H']),
      {},
      '7 DTSTART: is not a time',
    ],
    ['two of one uid', calendar(night, night), {}, '10 -: repeats line 4'],
    [
      'all later ones changed',
      calendar([...night, 'RECURRENCE-ID;RANGE=THISANDFUTURE:20261024T220000']),
      {},
      '9 RECURRENCE-ID: changes this and all later',
    ],
    ['no calendar', 'BEGIN:VCARD\nVERSION:4.0\nFN:Sam\nEND:VCARD', {}, '1 -: is not a calendar'],
    ['half a calendar', calendar(night).slice(0, -20), {}, 'END'],
    ['prose', 'Dear all,\nsee the rota below', {}, '1 -: “Dear all,” is no line of a calendar'],
    ['nothing', '', {}, 'calendar'],
  ];
  it.each(broken)('says where it has %s', (_name, text, change, expected) => {
    const found = complaints(read(text, change));
    expect(found).toEqual([expect.stringContaining(expected)]);
  });
});

describe('a hostile calendar', () => {
  const rule = (text: string, start = '20261024T220000') =>
    calendar(['UID:1', 'SUMMARY:sam', `DTSTART:${start}`, 'DURATION:PT8H', `RRULE:${text}`]);
  const hostile: [string, string, string][] = [
    ['every second', rule('FREQ=SECONDLY'), 'RRULE: repeats SECONDLY'],
    ['every hour', rule('FREQ=HOURLY;COUNT=999999999'), 'RRULE: repeats HOURLY'],
    ['every year', rule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), 'RRULE: repeats YEARLY'],
    ['a day that never comes', rule('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'), 'RRULE: has BYMONTH'],
    [
      'a Monday that is a Tuesday',
      rule('FREQ=DAILY;INTERVAL=7;BYDAY=TU', '20261026T220000'),
      'RRULE: has BYDAY with every so many days',
    ],
    ['a step of a billion days', rule('FREQ=DAILY;INTERVAL=1000000000'), 'RRULE: has an INTERVAL'],
    ['the ninth Monday', rule('FREQ=MONTHLY;BYDAY=9MO'), 'cannot be read'],
    ['the 32nd', rule('FREQ=MONTHLY;BYMONTHDAY=32'), 'cannot be read as a calendar'],
    ['the 31st of every February', rule('FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31', '20260228T220000'), ''],
    ['the fifth Monday of every February', rule('FREQ=MONTHLY;INTERVAL=12;BYDAY=5MO', '20260223T220000'), ''],
    ['from long ago, counted', rule('FREQ=DAILY;COUNT=20000', '19700101T220000'), ''],
    [
      'many of those',
      calendar(
        ...Array.from({ length: 4 }, (_, index) => [
          `UID:${index}`,
          'SUMMARY:sam',
          'DTSTART:19700101T220000',
          'DURATION:PT8H',
          'RRULE:FREQ=DAILY;COUNT=90000',
        ]),
      ),
      'began too long ago',
    ],
    [
      'a crowd',
      calendar([...night, ...Array.from({ length: 60 }, () => 'ATTENDEE:mailto:sam@example.com')]),
      'names more than 50 people',
    ],
    [
      'a hundred thousand dates',
      calendar([...night, `RDATE:${Array.from({ length: 25_000 }, () => '20261103T220000').join(',')}`]),
      '',
    ],
    [
      'more shifts than anybody works',
      calendar(
        ...Array.from({ length: 100 }, (_, index) => [
          `UID:${index}`,
          'SUMMARY:sam',
          'DTSTART:20261024T220000',
          'DURATION:PT8H',
          'RRULE:FREQ=DAILY',
        ]),
      ),
      'more than 5000 shifts',
    ],
    [
      'five thousand events and one',
      calendar(
        ...Array.from({ length: 5_001 }, (_, index) => [
          `UID:${index}`,
          'SUMMARY:sam',
          'DTSTART:20261024T220000Z',
          'DURATION:PT1H',
        ]),
      ),
      'more than 5000 events',
    ],
    ['a tower', Array.from({ length: 30_000 }, () => 'BEGIN:VCALENDAR').join('\n'), 'nested more than eight deep'],
    [
      'a zone with rules of its own',
      calendar(night)
        .replace(
          'BEGIN:VEVENT',
          'BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT',
        )
        .replace('DTSTART:2026', 'DTSTART;TZID=Mine:2026'),
      'has the unknown time zone “Mine”',
    ],
    ['one endless line', `BEGIN:VCALENDAR\nSUMMARY:${'x'.repeat(490_000)}\nEND:VCALENDAR`, ''],
    ['an endless fold', `BEGIN:VCALENDAR\nSUMMARY:x\n${' y\n'.repeat(150_000)}END:VCALENDAR`, ''],
    ['an endless parameter', `BEGIN:VCALENDAR\nSUMMARY;X="${'^n'.repeat(200_000)}":x\nEND:VCALENDAR`, ''],
    [
      'names of the language itself',
      calendar(['UID:1', 'SUMMARY:sam', 'DTSTART;TZID=__proto__:20261024T220000', 'DURATION:PT8H']),
      'unknown time zone',
    ],
  ];
  it.each(hostile)('with %s is dealt with in no time', (_name, text, expected) => {
    const before = performance.now();
    const found = complaints(read(text));
    expect(performance.now() - before).toBeLessThan(1_500);
    if (expected === '') expect(found).toEqual([]);
    else expect(found.at(-1)).toContain(expected);
  });
});
