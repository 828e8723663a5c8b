/** Plans for a tenant in which others own some of it: from files, and live, where locks are asked for. */
import { expect, test } from 'vitest';
import { makePlans } from '../../shared/compose.ts';
import { nameOf, resourceId } from '../../shared/model/resource-id.ts';
import type { Planned } from '../../shared/remediation/plan.ts';
import type { ScanSource } from '../../shared/reports/scan.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { simulatedAzure } from '../adapters/azure/simulated-azure.ts';
import { planRows } from './audit-rows.ts';

const { rows, settings } = generateEstate(1, 12);

function keysOf(planned: readonly Planned[], kind: Planned['kind']): readonly string[] {
  const found = planned.flatMap((one) => {
    if (one.kind !== kind) return [];
    const { clusterId, checkId } = one.kind === 'plan' ? one.plan : one.unplanned;
    return [`${nameOf(clusterId)} ${checkId}`];
  });
  return found.toSorted();
}

function changed(planned: readonly Planned[]): readonly string[] {
  return planned.flatMap((one) =>
    one.kind === 'plan' ? one.plan.changes.map(({ url }) => url.split('?')[0] ?? '') : [],
  );
}

function plansFor(planned: readonly Planned[], group: string): number {
  return planned.filter((one) => changed([one]).some((url) => url.startsWith(`${group}/`))).length;
}

async function planLive(source: ScanSource): Promise<readonly Planned[]> {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const now = () => new Date('2026-11-23T00:00:00Z');
  return makePlans({ source, settings: parsed.settings, strict: false, now });
}

test('what is locked or a stack’s own is left alone, with the snippet; the rest is planned as before', async () => {
  const free = await planRows(rows, settings);
  const groups = changed(free).filter((url) => url.includes('/securityRules/'));
  const [locked = '', stacked = ''] = [
    ...new Set(groups.map((url) => url.split('/securityRules/')[0])),
  ];
  expect(stacked).not.toBe('');
  const held = [
    {
      id: `${locked}/providers/Microsoft.Authorization/locks/keep`,
      name: 'keep',
      type: 'Microsoft.Authorization/locks',
      properties: { level: 'CanNotDelete' },
    },
    {
      id: `${stacked.split('/').slice(0, 3).join('/')}/providers/Microsoft.Resources/deploymentStacks/zone`,
      name: 'zone',
      type: 'Microsoft.Resources/deploymentStacks',
      properties: { resources: [{ id: stacked, status: 'managed' }] },
    },
  ];
  const { source } = await simulatedAzure([...rows, ...held]);
  const [offline, live] = [await planRows([...rows, ...held], settings), await planLive(source)];
  for (const planned of [offline, live]) {
    const touched = changed(planned).map(resourceId);
    expect(touched.filter((id) => id.startsWith(resourceId(locked)))).toEqual([]);
    expect(touched.filter((id) => id.startsWith(resourceId(stacked)))).toEqual([]);
    const left = planned.flatMap((one) => (one.kind === 'unplanned' ? [one.unplanned] : []));
    const because = (text: RegExp) => left.filter((one) => text.test(one.because));
    expect(because(/under lock keep/)).toHaveLength(plansFor(free, locked));
    expect(because(/Deployment stack zone has it among/)).toHaveLength(plansFor(free, stacked));
    const held = because(/under lock|Deployment stack/);
    for (const { snippets } of held) expect(snippets?.az).toContain('az network nsg rule create');
    expect(because(/cannot be proven that nobody else owns/)).toEqual([]);
    const all = [...keysOf(planned, 'plan'), ...keysOf(planned, 'unplanned')];
    expect(all.toSorted()).toEqual(
      [...keysOf(free, 'plan'), ...keysOf(free, 'unplanned')].toSorted(),
    );
  }
  expect(keysOf(live, 'plan')).toEqual(keysOf(offline, 'plan'));
  const kept = free.filter((one) => plansFor([one], locked) + plansFor([one], stacked) === 0);
  expect(keysOf(live, 'plan')).toEqual(keysOf(kept, 'plan'));
});

test('what a deny assignment keeps everybody from changing is not planned; from others it is', async () => {
  const free = await planRows(rows, settings);
  const groups = changed(free).filter((url) => url.includes('/securityRules/'));
  const [barred = '', open = ''] = [
    ...new Set(groups.map((url) => url.split('/securityRules/')[0])),
  ];
  expect(open).not.toBe('');
  const everybody = '00000000-0000-0000-0000-000000000000';
  const deny = (scope: string, excluded: readonly string[]) => ({
    id: `${scope}/providers/Microsoft.Authorization/denyAssignments/${nameOf(resourceId(scope))}`,
    name: nameOf(resourceId(scope)),
    type: 'Microsoft.Authorization/denyAssignments',
    properties: {
      denyAssignmentName: 'frozen',
      scope,
      principals: [{ id: everybody, type: 'SystemDefined' }],
      excludePrincipals: excluded.map((id) => ({ id, type: 'ServicePrincipal' })),
      permissions: [{ actions: ['*/write'], notActions: [] }],
    },
  });
  const denials = [deny(barred, []), deny(open, ['aaaaaaaa-0000-4000-8000-000000000001'])];
  const { source } = await simulatedAzure([...rows, ...denials]);
  const kept = keysOf(
    free.filter((one) => plansFor([one], barred) === 0),
    'plan',
  );
  for (const planned of [await planRows([...rows, ...denials], settings), await planLive(source)]) {
    expect(keysOf(planned, 'plan')).toEqual(kept);
    const left = planned.flatMap((one) => (one.kind === 'unplanned' ? [one.unplanned] : []));
    const refused = left.filter(({ because }) =>
      /^Deny assignment frozen on .* denies .*securityRules\/write to everybody/.test(because),
    );
    expect(refused).toHaveLength(plansFor(free, barred));
    for (const { snippets } of refused)
      expect(snippets?.az).toContain('az network nsg rule create');
  }
});

test('live, nothing is planned where the reader may not see the locks', async () => {
  const reader = {
    grants: [
      { scope: '/', actions: ['*/read'], notActions: ['Microsoft.Authorization/locks/read'] },
    ],
  };
  const { source } = await simulatedAzure(rows, { reader });
  const planned = await planLive(source);
  expect(keysOf(planned, 'plan')).toEqual([]);
  const left = planned.flatMap((one) => (one.kind === 'unplanned' ? [one.unplanned] : []));
  const doubtful = left.filter(({ because }) =>
    /cannot be proven that nobody else owns or locks/.test(because),
  );
  expect(doubtful.length).toBeGreaterThan(3);
  expect(doubtful.filter(({ snippets }) => snippets === undefined)).toEqual([]);
});
