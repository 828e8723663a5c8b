import { expect, test } from 'vitest';
import { endingExemptions } from '../../shared/settings/ending-exemptions.ts';

const today = '2026-11-23';

test.each([
  ['for good', null, undefined],
  ['over since yesterday', '2026-11-22', undefined],
  ['the last day', '2026-11-23', 'x ends today: 2026-11-23'],
  ['tomorrow', '2026-11-24', 'x ends in 1 day: 2026-11-24'],
  ['over the end of a month', '2026-12-03', 'x ends in 10 days: 2026-12-03'],
  ['in two weeks', '2026-12-07', 'x ends in 14 days: 2026-12-07'],
  ['in two weeks and a day', '2026-12-08', undefined],
])('%s', (_, expiresOn, expected) => {
  expect(endingExemptions([{ name: 'x', expiresOn }], today)).toEqual(
    expected === undefined ? [] : [`${expected} is the last day on which it holds`],
  );
});

test('the first to end comes first', () => {
  const dates = ['2026-12-01', '2026-11-24', '2026-11-30'];
  const exemptions = dates.map((expiresOn) => ({ name: expiresOn, expiresOn }));
  expect(endingExemptions(exemptions, today).map((text) => text.slice(0, 10))).toEqual(
    dates.toSorted(),
  );
});
