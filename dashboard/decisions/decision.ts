import type { Me, Remediation } from '../api/api-types.ts';

/** What a person may decide about a remediation. */
export type Decision = 'approve' | 'reject' | 'rollback';

type Role = Me['roles'][number];

/** What is said of a decision, and who may make it. */
export const decisions: Readonly<
  Record<
    Decision,
    {
      readonly verb: string;
      readonly asks: string;
      readonly warns: string;
      readonly role: Role;
      readonly needsReason: boolean;
    }
  >
> = {
  approve: {
    verb: 'Approve',
    asks: 'Approve this plan?',
    warns:
      'It is carried out as you see it, or not at all: if anything has moved since, nothing is done.',
    role: 'Approver',
    needsReason: false,
  },
  reject: {
    verb: 'Reject',
    asks: 'Reject this plan?',
    warns: 'The finding stays open. No such plan is made again until something changes.',
    role: 'Approver',
    needsReason: true,
  },
  rollback: {
    verb: 'Roll back',
    asks: 'Take back what this remediation made?',
    warns: 'What it made is removed, but for what somebody has changed since.',
    role: 'Operator',
    needsReason: true,
  },
};

/** What can be decided in a state. */
export function decisionsIn(state: Remediation['state']): readonly Decision[] {
  if (state === 'awaitingApproval') return ['approve', 'reject'];
  return state === 'done' || state === 'partlyRolledBack' ? ['rollback'] : [];
}

/** Why somebody may not decide so; undefined where they may. */
export function objectionTo(decision: Decision, roles: readonly Role[]): string | undefined {
  const { role, verb } = decisions[decision];
  if (roles.includes(role)) return undefined;
  const has = roles.length === 0 ? 'none' : roles.join(', ');
  return `${verb} needs the role ${role}; you have ${has}.`;
}
