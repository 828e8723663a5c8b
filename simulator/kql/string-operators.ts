/**
 * The operators that look into a string.
 * Source: https://learn.microsoft.com/kusto/query/datatypes-string-operators
 */
import { SimulatorLimit } from './simulator-limit.ts';

/** `text` as it stands, and what is looked for. */
export type TextTest = (text: string, wanted: string) => boolean;

const alphanumeric = /[a-z0-9]/i;
const foreignAlphanumeric = /[\p{L}\p{N}]/u;

/** Without their `!`, and without the `_cs` that makes them respect case. */
const tests: Readonly<Record<string, TextTest>> = {
  has: (text, wanted) => hasTerm(text, wanted, true, true),
  hasprefix: (text, wanted) => hasTerm(text, wanted, true, false),
  hassuffix: (text, wanted) => hasTerm(text, wanted, false, true),
  contains: (text, wanted) => text.includes(wanted),
  startswith: (text, wanted) => text.startsWith(wanted),
  endswith: (text, wanted) => text.endsWith(wanted),
};

/** The test of `has`, `!contains_cs`, … ; undefined for other operators. */
export function textTestOf(operator: string): TextTest | undefined {
  const [, negation = '', name = '', caseSensitive] = /^(!?)(.*?)(_cs)?$/.exec(operator) ?? [];
  const test = tests[name];
  if (test === undefined) return undefined;
  const positive: TextTest =
    caseSensitive === undefined
      ? (text, wanted) => test(text.toLowerCase(), wanted.toLowerCase())
      : test;
  return negation === '' ? positive : (text, wanted) => !positive(text, wanted);
}

/** Whether `wanted` stands in `text` and neither end cuts a run of letters and digits in two. */
function hasTerm(text: string, wanted: string, atStart: boolean, atEnd: boolean): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const cutsStart = atStart && joins(text[at - 1], wanted[0]);
    const cutsEnd = atEnd && joins(wanted.at(-1), text[at + wanted.length]);
    if (!cutsStart && !cutsEnd) return true;
  }
  return false;
}

/** Whether both are letters or digits. The pages differ on whether those beyond ASCII count. */
function joins(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (alphanumeric.test(before) && alphanumeric.test(after)) return true;
  if (foreignAlphanumeric.test(before) && foreignAlphanumeric.test(after)) {
    throw new SimulatorLimit(`the terms of a text with the letters '${before}${after}'`);
  }
  return false;
}

/**
 * A regular expression of Kusto (RE2) as one of JavaScript.
 * @throws SimulatorLimit where the two languages read it differently
 */
export function regexOf(pattern: string, flags = ''): RegExp {
  const inline = /^\(\?([is]+)\)/.exec(pattern);
  const body = pattern.slice(inline?.[0].length ?? 0);
  if (/\[\[?:|\(\?(?!:)|\\[1-9]|\\[pPQEAzZC]/.test(body)) {
    throw new SimulatorLimit(`the regular expression '${pattern}'`);
  }
  try {
    return new RegExp(body, `u${flags}${inline?.[1] ?? ''}`);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SimulatorLimit(`the regular expression '${pattern}'`);
    }
    throw error;
  }
}
