/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSchedule, resolveSettings } from '../../localhost/ncrontab.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

function nextAfter(schedule: string, date: string): string {
  return parseSchedule(schedule).next(new Date(date)).toISOString();
}

describe('a schedule', () => {
  test.each([
    ['0 5 * * * *', '2026-11-23T02:00:00.000Z', '2026-11-23T02:05:00.000Z'],
    ['0 */5 * * * *', '2026-11-23T02:05:00.000Z', '2026-11-23T02:10:00.000Z'],
    ['0 0 9-17 * * *', '2026-11-23T17:00:00.000Z', '2026-11-24T09:00:00.000Z'],
    ['0 30 9 * * 1-5', '2026-11-27T10:00:00.000Z', '2026-11-30T09:30:00.000Z'],
    ['0 30 9 * Jan Mon', '2026-11-23T02:00:00.000Z', '2027-01-04T09:30:00.000Z'],
    ['0 30 9 * January Mon-friday', '2026-11-23T02:00:00.000Z', '2027-01-01T09:30:00.000Z'],
    ['0 0 0 * * Thurs,SATURDAY', '2026-11-27T02:00:00.000Z', '2026-11-28T00:00:00.000Z'],
    ['0 0 0 * * sun', '2026-11-23T02:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    ['5,20 0 0 1 1-12/6 *', '2026-11-23T02:00:00.000Z', '2027-01-01T00:00:05.000Z'],
    ['0 0 0 29 2 *', '2026-11-23T02:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    // Day and day-of-week must both match, as NCrontab has it: a Friday the thirteenth.
    ['0 0 0 13 * 5', '2026-11-23T02:00:00.000Z', '2027-08-13T00:00:00.000Z'],
    ['30 59 23 13 * FRI', '2027-08-13T23:59:30.000Z', '2028-10-13T23:59:30.000Z'],
  ])('"%s" after %s is %s', (schedule, after, next) => {
    expect(nextAfter(schedule, after)).toBe(next);
  });

  test('is in UTC, whatever the zone of the machine', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      expect(nextAfter('0 0 2 * * *', '2026-11-23T00:00:00.000Z')).toBe('2026-11-23T02:00:00.000Z');
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  test('names the first moment after, and none between: by asking every second', () => {
    const field = (from: number, to: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: from, max: to }).map(String),
        fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
        fc
          .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
          .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      );
    const schedules = fc.tuple(
      field(0, 59),
      field(0, 59),
      field(22, 23),
      field(23, 25),
      field(0, 6),
    );
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 3599 }), ([s, m, h, d, w], offset) => {
        const start = Date.parse('2026-11-23T22:00:00.000Z') + offset * 1000;
        const found = parseSchedule(`${s} ${m} ${h} ${d} 11 ${w}`).next(new Date(start));
        const end = start + 3 * 3600 * 1000;
        let first = start + 1000;
        const isNamed = (date: Date) =>
          holds(s, 0, date.getUTCSeconds()) &&
          holds(m, 0, date.getUTCMinutes()) &&
          holds(h, 0, date.getUTCHours()) &&
          holds(d, 1, date.getUTCDate()) &&
          date.getUTCMonth() === 10 &&
          holds(w, 0, date.getUTCDay());
        while (first < end && !isNamed(new Date(first))) first += 1000;
        expect(new Date(Math.min(found.getTime(), end))).toEqual(new Date(first));
      }),
      { numRuns: 60 * deep },
    );
  });

  test.each([
    ['*/5 * * * *', 'has 5 fields; it must have six'],
    ['01:00:00', 'has 1 fields; it must have six'],
    ['@daily', 'has 1 fields; it must have six'],
    ['60 * * * * *', 'second "60" must be *, numbers from 0 to 59'],
    ['0 0 24 * * *', 'hour "24"'],
    ['0 0 0 0 * *', 'day "0"'],
    ['0 0 0 L * *', 'day "L"'],
    ['0 0 0 * 13 *', 'month "13"'],
    ['0 0 0 * Foo *', 'month "Foo" must be *, numbers from 1 to 12 or jan, feb'],
    ['0 0 0 * * 7', 'day-of-week "7"'],
    ['0 0 0 * * Mo', 'day-of-week "Mo"'],
    ['0 0 0 * * Mondays', 'day-of-week "Mondays"'],
    ['0 0 0 31 2,4 *', 'names no date'],
    ['0 0 0 * * 5#2', 'day-of-week "5#2"'],
    ['0 0 0 ? * *', 'day "?"'],
    ['0 30-10 * * * *', 'minute "30-10"'],
    ['0 */0 * * * *', 'minute "*/0"'],
    ['0 1-2-3 * * * *', 'minute "1-2-3"'],
    ['0 , * * * *', 'minute ","'],
    ['0 0 0 30 2 *', 'names no date'],
  ])('"%s" is refused: %s', (schedule, says) => {
    expect(() => parseSchedule(schedule)).toThrow(says);
    expect(() => parseSchedule(schedule)).toThrow(`"${schedule}"`);
  });
});

/** Whether a field of the property names a value; an oracle of its own. */
function holds(field: string, from: number, value: number): boolean {
  const [, step] = /^\*\/(\d+)$/.exec(field) ?? [];
  if (step !== undefined) return (value - from) % Number(step) === 0;
  if (field === '*') return true;
  const [first = 0, last = first] = field.split('-').map(Number);
  return first <= value && value <= last;
}

describe('app settings in a text', () => {
  test('take the place of their names', () => {
    expect(resolveSettings('%SCAN_SCHEDULE%', { SCAN_SCHEDULE: '0 0 2 * * *' })).toBe(
      '0 0 2 * * *',
    );
    expect(resolveSettings('0 %A% %B% * * *', { A: '1', B: '2' })).toBe('0 1 2 * * *');
    expect(resolveSettings('0 0 2 * * *', {})).toBe('0 0 2 * * *');
  });

  test.each([{}, { SCAN_SCHEDULE: '' }])('must be set: %o', (env) => {
    expect(() => resolveSettings('%SCAN_SCHEDULE%', env)).toThrow(
      'the app setting SCAN_SCHEDULE, which is not set',
    );
  });
});
