import { describe, expect, it } from 'vitest';
import { decisionsIn, objectionTo } from '../../dashboard/decisions/decision.ts';

describe('decisions on the dashboard', () => {
  it.each([
    ['awaitingApproval', ['approve', 'reject']],
    ['done', ['rollback']],
    ['partlyRolledBack', ['rollback']],
    ['running', []],
    ['rejected', []],
    ['void', []],
  ] as const)('offers in the state %s %j', (state, decisions) => {
    expect(decisionsIn(state)).toEqual(decisions);
  });

  it('says which role is lacking', () => {
    expect(objectionTo('approve', ['Reader', 'Operator'])).toBe(
      'Approve needs the role Approver; you have Reader, Operator.',
    );
    expect(objectionTo('rollback', ['Reader', 'Operator'])).toBeUndefined();
    expect(objectionTo('reject', [])).toBe('Reject needs the role Approver; you have none.');
  });
});
