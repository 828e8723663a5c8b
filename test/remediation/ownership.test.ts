/** Whose a resource is: what others own, what is locked, and what nobody read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownershipTypes, readOwnership } from '../../shared/facts/ownership-facts.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypeNamed } from '../../shared/inventory/row-type.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import { keptFromOthers, ownershipOf, whyKept } from '../../shared/remediation/ownership.ts';
import type { Planned } from '../../shared/remediation/plan.ts';

const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
const group = `${subscription}/resourceGroups/rg-net`;
const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-nodes`;
const rootGroup = '/providers/Microsoft.Management/managementGroups/root';
const guard = { ownedByTags: ['managed-by', 'managedBy', 'terraform', 'iac'] };

function row(id: string, type: string, body: object = {}): Row {
  const named = resourceTypeNamed(type);
  if (named === undefined) throw new TypeError(type);
  return { kind: 'row', id: resourceId(id), type: named, body: { id, type, ...body } };
}

function lock(scope: string, level = 'ReadOnly'): Row {
  const id = `${scope}/providers/Microsoft.Authorization/locks/keep`;
  return row(id, 'Microsoft.Authorization/locks', { name: 'keep', properties: { level } });
}

function stack(scope: string, resources: readonly string[], denySettings: object = {}): Row {
  const id = `${scope}/providers/Microsoft.Resources/deploymentStacks/landing-zone`;
  const listed = resources.map((one) => ({ id: one, status: 'managed' }));
  return row(id, 'Microsoft.Resources/deploymentStacks', {
    name: 'landing-zone',
    properties: { resources: listed, denySettings },
  });
}

function inGroup(body: object): readonly Row[] {
  return [row(group, 'Microsoft.Resources/resourceGroups', body)];
}

function withTags(tags: object): readonly Row[] {
  return [row(nsg, 'Microsoft.Network/networkSecurityGroups', { tags })];
}

const bare = [...inGroup({}), ...withTags({})];

/** Later rows replace earlier ones of the same id. */
function ownerOf(id: string, more: readonly (Row | Gap)[], asked = ownershipTypes) {
  const snapshot = snapshotOf([...bare, ...more], undefined, asked);
  return ownershipOf(readOwnership(snapshot)(resourceId(id)), guard);
}

function cluster(nodeResourceGroup: string): Row {
  const id = `${subscription}/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks`;
  return row(id, 'Microsoft.ContainerService/managedClusters', {
    properties: { nodeResourceGroup },
  });
}

describe('a security group that nothing says is somebody else’s', () => {
  const deny = { mode: 'denyWriteAndDelete', applyToChildScopes: true };
  it.each<readonly [string, readonly Row[]]>([
    ['alone', []],
    ['beside a locked one', [lock(`${nsg}-2`)]],
    ['beside a locked resource group', [lock(`${group}-2`)]],
    [
      'in a subscription with a locked network',
      [lock(`${group}/providers/Microsoft.Network/virtualNetworks/vnet`)],
    ],
    ['with a stack for something else', [stack(subscription, [`${nsg}-2`])]],
    ['in a group that a stack lists and leaves open', [stack(subscription, [group])]],
    [
      'in a group that a stack denies changes of, though not below',
      [stack(subscription, [group], { mode: 'denyDelete' })],
    ],
    [
      'beside a group that a stack denies changes below',
      [stack(subscription, [`${group}-2`], deny)],
    ],
    ['with tags that nobody named', withTags({ team: 'fraud', 'managed-by-hand': 'yes' })],
    ['beside the node resource group of a cluster', [cluster('rg-net-nodes')]],
  ])('%s, is ours', (_, rows) => {
    expect(ownerOf(nsg, rows)).toEqual({ kind: 'ours' });
  });

  it.each<readonly [string, readonly Row[], RegExp]>([
    ['locked', [lock(nsg)], /under lock keep \(ReadOnly\), which bars any change/],
    [
      'kept from deletion',
      [lock(nsg, 'CanNotDelete')],
      /\(CanNotDelete\), which bars taking a change back/,
    ],
    ['under a lock of no known level', [lock(nsg, 'Sealed')], /\(Sealed\)/],
    ['with a rule that is locked', [lock(`${nsg}/securityRules/allow`)], /under lock keep/],
    [
      'in a locked resource group',
      [lock(group.toUpperCase())],
      /under lock keep \(ReadOnly\) on rg-net/,
    ],
    ['in a locked subscription', [lock(subscription)], /lock keep/],
    [
      'listed in a stack',
      [stack(subscription, [nsg.toUpperCase()])],
      /stack landing-zone has it among/,
    ],
    ['listed in a stack of a management group', [stack(rootGroup, [nsg])], /stack landing-zone/],
    [
      'with a rule that a stack lists',
      [stack(group, [`${nsg}/securityRules/allow`])],
      /has allow among/,
    ],
    [
      'below what a stack denies changes of',
      [stack(subscription, [group], deny)],
      /has rg-net among/,
    ],
    [
      'tagged',
      withTags({ Terraform: 'true' }),
      /nsg-nodes has the tag Terraform \(guard\.ownedByTags\)/,
    ],
    ['tagged with what is no text', withTags({ iac: null }), /tag iac/],
    [
      'in a tagged resource group',
      inGroup({ tags: { 'MANAGED-BY': 'bicep' } }),
      /^Resource group rg-net.*tag MANAGED-BY/,
    ],
    [
      'in a managed resource group',
      inGroup({ managedBy: `${subscription}/x/aks-9` }),
      /is managed by aks-9/,
    ],
    [
      'managed',
      [row(nsg, 'Microsoft.Network/networkSecurityGroups', { managedBy: '/a/databricks' })],
      /is managed by databricks/,
    ],
    ['in a node resource group', [cluster('RG-NET')], /managed by AKS for cluster aks/],
  ])('%s, is not ours', (_, rows, says) => {
    const owner = ownerOf(nsg, rows);
    expect(owner.kind).toBe('notOurs');
    expect(owner.kind === 'ours' ? '' : owner.because).toMatch(says);
  });
});

describe('a role assignment on a resource group', () => {
  it('is barred by locks there and above, not by those of what lies in it', () => {
    expect(ownerOf(group, [lock(nsg)])).toEqual({ kind: 'ours' });
    expect(ownerOf(group, [stack(group, [nsg])])).toEqual({ kind: 'ours' });
    expect(ownerOf(group, [lock(group)]).kind).toBe('notOurs');
    expect(ownerOf(group, [lock(subscription)]).kind).toBe('notOurs');
    expect(ownerOf(group, [stack(subscription, [group])]).kind).toBe('notOurs');
  });
});

describe('a rule that is to be removed', () => {
  const rule = `${nsg}/securityRules/ours`;
  const kept = (more: readonly (Row | Gap)[], asked = ownershipTypes) =>
    whyKept(readOwnership(snapshotOf([...bare, ...more], undefined, asked))(resourceId(rule)));

  it.each<readonly [string, readonly Row[]]>([
    ['that nothing holds', []],
    ['beside one that is locked', [lock(`${nsg}/securityRules/theirs`)]],
    ['of a group that is somebody else’s', withTags({ terraform: 'true' })],
    ['of a group that a stack lists and leaves open', [stack(subscription, [nsg])]],
  ])('%s, is not kept: Azure lets it go', (_, rows) => {
    expect(kept(rows)).toBeUndefined();
  });

  it.each<readonly [string, Row]>([
    ['itself', lock(rule)],
    ['of its group', lock(nsg, 'CanNotDelete')],
    ['of its resource group', lock(group, 'Sealed')],
    ['of its subscription', lock(subscription)],
  ])('under a lock %s, is left', (_, row) => {
    expect(kept([row])).toMatchObject({
      outcome: 'left',
      because: expect.stringMatching(/^ours is under lock keep/),
    });
  });

  it('below what a stack denies changes of, may be kept', () => {
    const deny = { mode: 'denyDelete', applyToChildScopes: true };
    expect(kept([stack(subscription, [nsg], deny)])).toEqual({
      outcome: 'unknown',
      because:
        'Deployment stack landing-zone, which has nsg-nodes among its resources, may keep it.',
    });
  });

  it('is not known to go where locks or stacks were not read, or not asked for', () => {
    for (const type of ownershipTypes.slice(0, 2)) {
      const gap: Gap = { kind: 'gap', type, scope: subscription, what: 'them', why: 'a test' };
      expect(kept([gap])).toMatchObject({
        outcome: 'unknown',
        because: expect.stringContaining('(them: a test)'),
      });
      const others = ownershipTypes.filter((one) => one !== type);
      expect(kept([], others)).toMatchObject({ outcome: 'unknown' });
    }
    // A lock that was read bars it, whatever else was not read.
    const gap: Gap = { kind: 'gap', scope: subscription, what: 'all', why: 'a test' };
    expect(kept([lock(nsg), gap])).toMatchObject({ outcome: 'left' });
  });
});

describe('what was not read', () => {
  it('is unknown, and says what is missing', () => {
    for (const type of ownershipTypes) {
      const gap: Gap = {
        kind: 'gap',
        type,
        scope: subscription,
        what: `rows of ${type}`,
        why: 'refused',
      };
      const owner = ownerOf(nsg, [gap]);
      // A resource group that is there was read, whatever became of the others.
      const says = expect.stringContaining(`rows of ${type}: refused`);
      expect(owner).toEqual(
        type.endsWith('resourcegroups') ? { kind: 'ours' } : { kind: 'unknown', because: says },
      );
    }
  });

  it('is unknown where nobody asked', () => {
    const owner = ownershipOf(readOwnership(snapshotOf(bare))(resourceId(nsg)), guard);
    expect(owner).toMatchObject({
      kind: 'unknown',
      because: expect.stringMatching(/locks: they were not asked for; deployment stacks/),
    });
  });

  it('is unknown where a stack is not understood, or the resource or its group is not there', () => {
    const odd = row(
      `${group}/providers/Microsoft.Resources/deploymentStacks/odd`,
      'Microsoft.Resources/deploymentStacks',
      { properties: {} },
    );
    expect(ownerOf(nsg, [odd]).kind).toBe('unknown');
    expect(ownerOf(`${nsg}-2`, []).kind).toBe('unknown');
    expect(
      ownerOf(nsg.replace('rg-net', 'rg-gone'), [
        row(nsg.replace('rg-net', 'rg-gone'), 'Microsoft.Network/networkSecurityGroups'),
      ]),
    ).toMatchObject({
      kind: 'unknown',
      because: expect.stringContaining('resource group rg-gone'),
    });
  });

  it('does not hide what was: a lock is a lock, whatever else is missing', () => {
    const gaps = ownershipTypes.map((type): Gap => ({
      kind: 'gap',
      type,
      scope: '/',
      what: type,
      why: 'refused',
    }));
    expect(ownerOf(nsg, [...gaps, lock(group)]).kind).toBe('notOurs');
  });
});

/** Worlds of a few rows: more rows never make somebody else's thing ours, more gaps never either. */
const piece = fc.oneof(
  fc
    .constantFrom(nsg, group, subscription, `${group}-2`, `${nsg}-2`, `${nsg}/securityRules/a`)
    .map((at) => lock(at)),
  fc
    .tuple(
      fc.constantFrom(subscription, group, rootGroup),
      fc.constantFrom(nsg, group, `${nsg}-2`),
      fc.boolean(),
    )
    .map(([at, held, applyToChildScopes]) =>
      stack(at, [held], { mode: 'denyDelete', applyToChildScopes }),
    ),
  fc
    .constantFrom(...ownershipTypes)
    .map((type): Gap => ({ kind: 'gap', type, scope: group, what: type, why: 'refused' })),
);
const rank = { ours: 0, unknown: 1, notOurs: 2 } as const;

it('what more is known of others, or missing, never makes a thing more ours', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), piece, (pieces, more) => {
      // Two locks or stacks of one scope have one id, and the later one holds.
      fc.pre(
        more.kind === 'gap' || pieces.every((one) => one.kind === 'gap' || one.id !== more.id),
      );
      const [before, after] = [ownerOf(nsg, pieces), ownerOf(nsg, [...pieces, more])];
      expect(rank[after.kind]).toBeGreaterThanOrEqual(rank[before.kind]);
      const alone = [...pieces, more].map((one) => ownerOf(nsg, [one]).kind);
      // Pieces of one id replace each other; all others count as they do alone.
      fc.pre(
        new Set(pieces.map((one) => (one.kind === 'row' ? one.id : one))).size === pieces.length,
      );
      expect(rank[after.kind]).toBe(Math.max(...alone.map((kind) => rank[kind])));
    }),
  );
});

describe('a plan for what is not ours', () => {
  const snippets = { az: 'az …', bicep: 'resource …', terraform: 'resource …' };
  const planned = (url: string): Planned =>
    ({
      kind: 'plan',
      plan: {
        checkId: 'scoring-inbound-allowed',
        clusterId: resourceId(`${group}/aks`),
        fingerprint: 'f',
        snippets,
        changes: [{ method: 'PUT', url, ifMatch: null }],
      },
      // Only these members are looked at.
    }) as unknown as Planned;

  it('is a finding with the snippet and the reason', () => {
    const kept = keptFromOthers(planned(`${nsg}/securityRules/ours?api-version=1`), () => ({
      kind: 'notOurs',
      because: 'Locked.',
    }));
    expect(kept).toMatchObject({ kind: 'unplanned', unplanned: { because: 'Locked.', snippets } });
  });

  it('asks of the group of a rule and of the scope of a role', () => {
    const asked: string[] = [];
    const note = (id: string) => {
      asked.push(id);
      return { kind: 'ours' } as const;
    };
    for (const url of [
      `${nsg}/securityRules/ours?api-version=1`,
      `${group}/providers/Microsoft.Authorization/roleAssignments/1?api-version=1`,
    ]) {
      const one = planned(url);
      expect(keptFromOthers(one, note)).toBe(one);
    }
    expect(asked).toEqual([resourceId(nsg), resourceId(group)]);
    expect(() => keptFromOthers(planned(nsg), note)).toThrow(/never writes to/);
  });

  it('is none for a rule that AKS writes', () => {
    const kept = keptFromOthers(planned(`${nsg}/securityRules/k8s-azure-lb_allow_IPv4_1`), () => ({
      kind: 'ours',
    }));
    expect(kept).toMatchObject({
      unplanned: { because: expect.stringContaining('that AKS writes') },
    });
  });
});
