import { describe, expect, it } from 'vitest';

import { scopeDoubts, scopesOver } from '../../shared/access/scope-reach.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
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

describe('the scopes over one', () => {
  it('are the root, itself and what its id lies in, each once', () => {
    expect(scopesOver(resourceId('/'))).toEqual(['/']);
    expect(scopesOver(group)).toEqual([
      '/',
      group,
      `${subscription}/resourcegroups`,
      subscription,
      '/subscriptions',
    ]);
  });
});
