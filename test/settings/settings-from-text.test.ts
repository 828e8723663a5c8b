import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonBreak } from '../../shared/settings/json-break.ts';
import { settingsFromText } from '../../shared/settings/settings-from-text.ts';
import { UsageError } from '../../shared/settings/usage-error.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 20_000 : 2000;

/** The marks, words and blanks of JSON, and what is nearly one of them. */
const words = String.raw`{ } [ ] , : " \ "a" "\u00e9" "\x" 0 01 -1.5e+3 1. .5 - true truer null NaN // 'a'`;
const blanks = [' ', '\n', '\t', '\u00a0', '"\n"', '"\u007f𝄞\ud800"'];
const scrap = fc.constantFrom(...words.split(' '), ...blanks);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('where JSON breaks', () => {
  test('is nowhere in JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
        expect(jsonBreak(JSON.stringify(JSON.parse(text), null, indent))).toBeUndefined();
      }),
      { numRuns },
    );
  });

  test('is somewhere exactly where the platform finds none', () => {
    fc.assert(
      fc.property(fc.array(scrap, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(jsonBreak(text) === undefined).toBe(isJson(text));
      }),
      { numRuns },
    );
  });

  test('is at the end of one that was cut, and at the mark that does not belong', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (values) => {
        const text = JSON.stringify(values).slice(0, -1);
        expect(jsonBreak(text)).toBe(text.length);
        expect(jsonBreak(`${text}#]`)).toBe(text.length);
      }),
      { numRuns },
    );
  });

  test.each([
    ['', 0],
    ['  ', 2],
    ['root:x:0:0', 0],
    ['{"a":1,}', 7],
    ['{"a":1}x', 7],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['{,}', 1],
    ['[1,]', 3],
    ['[1}', 2],
    ['{"a":1]', 6],
    ['{"a":[1 , // two\n2]}', 10],
    ['{"a":"b', 5],
    ['[01]', 1],
    ['{"a":', 5],
    [']', 0],
  ])('of %j is %i', (text, at) => {
    expect(jsonBreak(text)).toBe(at);
  });
});

describe('settings that are no JSON', () => {
  function messageOf(text: string): string {
    try {
      settingsFromText(text, 'settings mine.json', []);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return '';
  }

  test.each([
    ['root:x:0:0:root:/root:/bin/bash\ndaemon:x', 'line 1, column 1'],
    ['{\n  "callers": [],\n  // root:x\n}', 'line 3, column 3'],
    ['\uFEFF{"outbound": root}', 'line 1, column 14'],
    ['{\r\n"a": 1\r\n', 'line 3, column 1'],
    ['{\r"root": x', 'line 2, column 9'],
  ])('%j are refused by position, nothing of them is repeated', (text, place) => {
    const message = messageOf(text);
    expect(message).toBe(
      `settings mine.json: this is no JSON (comments are not allowed): it breaks at ${place}`,
    );
    expect(message).not.toContain('root');
  });

  test('keep their text from every error', () => {
    fc.assert(
      fc.property(fc.array(scrap), (pieces) => {
        const text = `SECRET${pieces.join('')}`;
        expect(messageOf(text)).not.toContain('SECRET');
      }),
      { numRuns },
    );
  });
});
