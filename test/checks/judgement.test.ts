import { describe, expect, it } from 'vitest';
import {
  capital,
  distinctBy,
  fail,
  listed,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
  worstOr,
} from '../../shared/checks/judgement.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { known, unknown } from '../../shared/model/verdict.ts';

const at = resourceId('/subscriptions/s');
const evidence = (says: string) => ({ at, says });
const missing = (what: string) => ({ what, scope: 's', why: 'y' });
const medium = fail('medium', 'Bad.', [evidence('m')], [missing('a')]);
const high = fail('high', 'Worse.', [evidence('h')]);
const open = unknownPart([missing('b'), missing('c')]);
const good = pass('Good.', [evidence('g')]);
const none = notApplicable('Nothing to judge.');

describe('parts', () => {
  it('have no evidence and nothing missing where none is given', () => {
    expect(pass('Good.')).toEqual({ kind: 'pass', summary: 'Good.', evidence: [], missing: [] });
    expect(none).toEqual({
      kind: 'notApplicable',
      summary: 'Nothing to judge.',
      evidence: [],
      missing: [],
    });
    expect(high.missing).toEqual([]);
    expect(open.evidence).toEqual([]);
  });

  it('that are unknown say what is missing', () => {
    expect(open.summary).toBe('It cannot be told without b and c.');
  });

  it('stand for what could not be read', () => {
    expect(unreadPart(known([]))).toEqual([]);
    expect(unreadPart(unknown(missing('list')))).toMatchObject([{ kind: 'unknown' }]);
  });
});

describe('the worst of parts', () => {
  it.each([
    [[good, open, medium, high], 'fail', 'high'],
    [[high, medium], 'fail', 'high'],
    [[good, open, none], 'unknown', undefined],
    [[none, good], 'pass', undefined],
    [[none], 'notApplicable', undefined],
  ] as const)('decides: %#', ([first, ...others], kind, severity) => {
    const judgement = worstOf([first, ...others]);
    expect(judgement.kind).toBe(kind);
    expect(judgement.severity).toBe(severity);
  });

  it('is told with the evidence of all that say the same, and counts the others that differ', () => {
    const other = fail('high', 'Bad elsewhere.', [evidence('o')]);
    expect(worstOf([good, high, medium])).toEqual({
      kind: 'fail',
      severity: 'high',
      summary: 'Worse. (1 more part below)',
      evidence: [evidence('h'), evidence('m')],
      missing: [missing('a')],
    });
    expect(worstOf([medium, high, other, high]).summary).toBe('Worse. (2 more parts below)');
    expect(worstOf([high, high, good])).toEqual(high);
  });

  it('names what is missing beside a fail, and of all that is unknown', () => {
    expect(worstOf([open, high]).missing).toEqual(open.missing);
    const more = unknownPart([missing('c'), missing('d')]);
    expect(worstOf([open, more]).missing.map(({ what }) => what)).toEqual(['b', 'c', 'd']);
    expect(worstOf([open, more]).summary).toBe(`${open.summary} (1 more part below)`);
  });

  it('passes by the first summary alone', () => {
    expect(worstOf([good, pass('Good too.')]).summary).toBe('Good.');
    expect(worstOf([none, notApplicable('Nor this.')]).summary).toBe('Nothing to judge.');
  });

  it('is what holds without any part, where there is none', () => {
    expect(worstOr([], none)).toBe(none);
    expect(worstOr([good], none).kind).toBe('pass');
  });
});

describe('words', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
  ])('%j are listed as "%s"', (words, text) => {
    expect(listed(words)).toBe(text);
  });

  it('are listed up to a number', () => {
    expect(listed(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  });

  it('begin a sentence with a capital', () => {
    expect(capital('rule xY')).toBe('Rule xY');
  });

  it('and things are the same by what they hold', () => {
    expect(distinctBy([evidence('a'), evidence('b'), evidence('a')])).toHaveLength(2);
  });
});
