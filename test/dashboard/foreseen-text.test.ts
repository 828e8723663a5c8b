import { describe, expect, it } from 'vitest';
import type { ChangedCluster, RollbackPreview } from '../../dashboard/api/api-types.ts';
import { foreseenText, madeText } from '../../dashboard/decisions/foreseen-text.ts';

type Effect = ChangedCluster['verdicts'][number]['effect'];

const clusterOf = (...effects: readonly Effect[]): ChangedCluster => ({
  key: '0'.repeat(32),
  id: '/cluster',
  name: 'cluster',
  verdicts: effects.map((effect) => ({
    checkId: 'a',
    title: 'A',
    effect,
    before: 'pass',
    after: 'fail',
    severity: 'high',
    isExempt: false,
    summary: null,
    evidence: [],
  })),
  packets: [],
});

describe('what is foreseen of a rollback', () => {
  it.each<[readonly ChangedCluster[], boolean, readonly [string, string]]>([
    [[], true, ['good', 'No check of 2 clusters comes to fail']],
    [[clusterOf('mends', 'alters')], true, ['good', 'No check of 2 clusters comes to fail']],
    [[], false, ['open', 'Whether a check comes to fail is not known']],
    [[clusterOf('doubts')], false, ['open', 'Whether a check comes to fail is not known']],
    [[clusterOf('breaks')], true, ['bad', '1 check of 1 cluster comes to fail']],
    [
      [clusterOf('breaks', 'breaks'), clusterOf('mends'), clusterOf('breaks')],
      false,
      ['bad', '3 checks of 2 clusters come to fail, and perhaps more'],
    ],
  ])('of %j, told whole: %s', (clusters, isTold, says) => {
    expect(foreseenText({ clusters, isTold, examined: 2 })).toEqual(says);
  });

  const group =
    '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/n';
  const scope = '/subscriptions/s/resourcegroups/net';
  const given = { principalId: 'p', role: 'Network Contributor', scope };
  const removal: RollbackPreview['removals'][number] = {
    id: `${group}/securityrules/portcullis-a`,
    method: 'DELETE',
    url: '/',
    role: null,
    outcome: 'removed',
    because: null,
  };

  it('names what was made', () => {
    expect(madeText(removal)).toBe('Rule portcullis-a of network security group n');
    expect(madeText({ ...removal, role: given })).toBe(
      'Network Contributor for p at resource group net',
    );
    const id = `${scope}/providers/microsoft.authorization/roleassignments/x`;
    expect(madeText({ ...removal, id })).toBe('role assignment x');
  });
});
