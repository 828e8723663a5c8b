import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayBefore, daysBetween } from '../../shared/settings/calendar-days.ts';

const runs = import.meta.env.MODE === 'deep' ? 10_000 : 1000;
const msPerDay = 86_400_000;
const day = fc.integer({ min: 0, max: 200_000 }).map((days) => days - 50_000);

function iso(days: number): string {
  return new Date(days * msPerDay).toISOString().slice(0, 10);
}

test('counts days as the calendar of the platform does', () => {
  fc.assert(
    fc.property(day, day, (a, b) => {
      expect(daysBetween(iso(a), iso(b))).toBe(b - a);
    }),
    { numRuns: runs },
  );
});

test('knows the day before', () => {
  fc.assert(
    fc.property(day, (one) => {
      expect(dayBefore(iso(one))).toBe(iso(one - 1));
    }),
    { numRuns: runs },
  );
});
