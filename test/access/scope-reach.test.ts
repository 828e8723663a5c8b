import { describe, expect, it } from 'vitest';

import { scopeDoubts } from '../../shared/access/scope-reach.ts';
import { access, group, managementGroup, subscription } from './build.ts';

describe('what is assigned at one scope, seen from another', () => {
  const doubts = (assigned: typeof group, scope: typeof group) =>
    scopeDoubts(assigned, scope, access(), 'it');

  it('applies below', () => {
    expect(doubts(subscription, group)).toEqual([]);
    expect(doubts(managementGroup('platform'), subscription)).toEqual([]);
  });

  it('does not apply above, nor beside', () => {
    expect(doubts(group, subscription)).toBeUndefined();
    expect(doubts(subscription, managementGroup('platform'))).toBeUndefined();
    expect(doubts(managementGroup('elsewhere'), subscription)).toBeUndefined();
  });

  it('may apply where one management group may lie below another', () => {
    expect(doubts(managementGroup('elsewhere'), managementGroup('platform'))).toHaveLength(1);
  });
});
