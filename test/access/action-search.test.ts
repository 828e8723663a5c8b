import { describe, expect, it } from 'vitest';

import type { Permission } from '../../shared/access/access-facts.ts';
import { findAction, uncoveredAction } from '../../shared/access/action-search.ts';
import { permission } from './build.ts';

const none = { kind: 'none' };
const found = (action: string) => ({ kind: 'found', action });

describe('the action that is named', () => {
  it('is the first of those spelt out, missing or denied, however long', () => {
    const wanted = ['long/things/read', 'a/b/read'];
    const granted = [permission(['a/*'])];
    expect(uncoveredAction(wanted, granted, [permission(['a/b/*'])])).toEqual(
      found(wanted[0] ?? ''),
    );
    const all = [permission(['*'])];
    expect(uncoveredAction(wanted, all, all)).toEqual(found(wanted[0] ?? ''));
  });

  it('is the missing one of two that are as short', () => {
    const granted = [permission(['ab*'], ['abx'])];
    expect(uncoveredAction(['ab*'], granted, [permission(['abc'])])).toEqual(found('abx'));
  });

  it('is a hint where one is in all that is inside and in nothing outside', () => {
    const hints = ['N/x/read', 'N/x/write', 'M/Networks/read', 'M/Networks/write'];
    const outside = [[permission(['*/read'])]];
    expect(findAction([[permission(['M/*'])]], outside, { hints })).toEqual(
      found('M/Networks/write'),
    );
  });

  it('goes on with a letter that no pattern tells from others', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${letter}*`);
    expect(uncoveredAction(['M/*'], [permission(['M/'])])).toEqual(found('m/a'));
    expect(uncoveredAction(['M/*'], [permission(['M/', 'M/a*'])])).toEqual(found('m/b'));
    expect(uncoveredAction(['*'], [permission(['', ...letters, '一*'])])).toEqual(found('丁'));
  });

  it('is any text where nothing limits it', () => {
    expect(findAction([], [])).toEqual(found(''));
    expect(findAction([], [[permission(['', 'a*'])]])).toEqual(found('b'));
  });
});

describe('what one look tells', () => {
  it.each<[readonly string[], readonly Permission[]]>([
    [['M/*'], [permission(['*'])]],
    [
      ['M/*/read', 'N/*'],
      [permission(['*/write', 'M/*']), permission(['n/*'])],
    ],
  ])('%j in %j takes no search', (asked, wide) => {
    expect(findAction([[permission(asked)]], [wide], { budget: 0 })).toEqual(none);
    expect(uncoveredAction(asked, wide, [], { budget: 0 })).toEqual(none);
  });
});

describe('a pattern counts', () => {
  const many = Array.from({ length: 100 }, (_, at) => `${at}/*`);
  const holes = [permission(['M/*'], ['M/x*']), permission(['M/x*'])];

  it('only where it has an action in common with what is asked', () => {
    const granted = [permission(many), ...holes];
    expect(uncoveredAction(['M/*'], granted, [], { budget: 100 })).toEqual(none);
  });

  it('only where no wider one stands beside it', () => {
    const narrower = many.map((one) => `M/${one}`);
    const granted = [permission([...narrower, 'M/*'], ['M/x*']), permission(['M/x*'])];
    expect(uncoveredAction(['M/*'], granted, [], { budget: 100 })).toEqual(none);
  });

  it('once where it stands there twice, in two spellings', () => {
    const twice = [permission(['M/*', 'm/**'], ['M/x'])];
    expect(uncoveredAction(['M/*'], twice)).toEqual(found('m/x'));
  });

  it('for good only where no exception of its block may still match', () => {
    expect(uncoveredAction(['x*'], [permission(['x*'], ['xa*', 'xb*'])])).toEqual(found('xa'));
  });
});

describe('nothing is looked for', () => {
  const wanted = 'n'.repeat(12);
  const region = [permission(['M/*', `${wanted}*`])];
  /** What there would be to walk through after the beginning that is decided. */
  const digits = Array.from('0123456789').join('*');
  const maze = [permission([`*${digits}*a`, `*${digits}*b`, 'n*'])];

  it('where all that follows is granted', () => {
    const granted = [permission(['*x*', 'M/*']), permission([`${wanted}*`], [`${wanted}1`])];
    const search = findAction([region, maze], [granted], { budget: 400 });
    expect(search).toEqual(found(`${wanted}1`));
  });

  it('where all that follows is excepted', () => {
    const inside = [permission(['*'], ['M/*', wanted])];
    const search = findAction([region, inside, maze], [], { budget: 350 });
    expect(search).toEqual(found(`${wanted}0`));
  });
});

it('a proof that all is granted does not stand for one that nothing is denied', () => {
  const denied = [permission(['M/*q*'], ['M/*'])];
  expect(uncoveredAction(['M/*'], [permission(['*'])], denied)).toEqual(none);
  expect(uncoveredAction(['M/*'], [permission(['*'])], denied, { budget: 2 }).kind).toBe(
    'tooComplex',
  );
});
