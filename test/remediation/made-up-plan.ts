/** A plan of as many rules as a test needs, in a world that nobody models. */
import { resourceId } from '../../shared/model/resource-id.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import { type Plan, type PlanDraft, sealed } from '../../shared/remediation/plan.ts';

export function madeUpChange(name: string): ArmWrite {
  const description = 'Portcullis: scoring-inbound-allowed of cluster';
  const properties = { access: 'Allow', priority: 3000, name, description };
  return {
    method: 'PUT',
    url: `/nsg/securityRules/${name}?v=1`,
    body: { properties },
    ifMatch: null,
  };
}

export function madeUpPlan(names: readonly string[], more: Partial<PlanDraft> = {}): Plan {
  const changes = names.map(madeUpChange);
  return sealed({
    checkId: 'scoring-inbound-allowed',
    clusterId: resourceId('/cluster'),
    fingerprint: 'f'.repeat(32),
    kind: 'securityRules',
    approval: false,
    summary: 'Add rules.',
    basis: [{ id: resourceId('/nsg'), digest: 'd' }],
    changes,
    diff: { newlyAllowed: [], newlyDenied: [], newlyGranted: [] },
    permissions: [],
    places: [],
    undo: changes
      .map(({ url }) => ({ method: 'DELETE' as const, url, ifMatch: null }))
      .toReversed(),
    snippets: { az: '', bicep: '', terraform: '' },
    proof: { checkPasses: true, withinRequest: true, nothingDenied: true, othersKept: true },
    expiresAt: '2026-11-27T02:00:00.000Z',
    ...more,
  });
}
