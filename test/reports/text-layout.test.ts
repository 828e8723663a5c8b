import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counted,
  fit,
  grouped,
  hang,
  plainText,
  shortIds,
  wrap,
} from '../../shared/reports/text-layout.ts';

test('a wrapped text keeps every character that is not a blank, and every line fits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '→'), maxLength: 40 })),
      fc.integer({ min: 5, max: 40 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test('a long id is cut after a slash', () => {
  expect(wrap('/subscriptions/s1/resourcegroups/net', 20)).toEqual([
    '/subscriptions/s1/',
    'resourcegroups/net',
  ]);
});

test('a text fits its column exactly; a long one loses its middle', () => {
  expect(fit('abc', 5)).toBe('abc  ');
  expect(fit('abcdefgh', 5)).toBe('ab…gh');
  expect(fit('abcdefgh', 8)).toBe('abcdefgh');
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (text, width) => {
      expect(fit(text, width)).toHaveLength(width);
    }),
  );
});

test('names cannot steer the terminal', () => {
  expect(plainText('a\u001B[31mb\nc\u0007\u202Ed\u009Be')).toBe('a [31mb c d e');
  expect(plainText('10.0.\u200F0.0\u200E/\u061C8\u2067')).toBe('10.0. 0.0 / 8');
});

test('hanging lines stand below the text, not below the mark', () => {
  expect(hang(' - ', 'one two three', 9)).toEqual([' - one', '   two', '   three']);
});

test('numbers', () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([counted(1, 'box', 'boxes'), counted(2, 'box', 'boxes'), counted(0, 'line')]).toEqual([
    '1 box',
    '2 boxes',
    '0 lines',
  ]);
});

test.each([
  ['at /subscriptions/s/resourceGroups/rg-1 and below', 'at resourceGroups/rg-1 and below'],
  ['(/subscriptions/s), then', '(subscriptions/s), then'],
  ['see /subscriptions/s/resourceGroups/g/providers/m.n/vnets/v/subnets/a.', 'see subnets/a.'],
  ['/providers/microsoft.management/managementgroups/mg: x', 'managementgroups/mg: x'],
  ['https://x/subscriptions/s/y and 10.0.0.0/8', 'https://x/subscriptions/s/y and 10.0.0.0/8'],
])('%s is told as %s', (text, short) => {
  expect(shortIds(text)).toBe(short);
});
