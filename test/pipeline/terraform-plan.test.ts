/** What a plan of Terraform proposes, as `terraform show -json` prints one. */
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import type { ProposedChange } from '../../shared/pipeline/proposed-change.ts';
import { changedBody, proposedChanges } from '../../shared/pipeline/proposed-changes.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';

type Json = Readonly<Record<string, unknown>>;

const subscription = '/subscriptions/11111111-1111-1111-1111-111111111111';
const group = `${subscription}/resourceGroups/rg-net`;
const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-nodes`;
const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes`;

/** A block `security_rule` as the provider writes it: what is not given is empty. */
const block = (given: Json = {}): Json => ({
  access: 'Allow',
  description: '',
  destination_address_prefix: '*',
  destination_address_prefixes: [],
  destination_application_security_group_ids: [],
  destination_port_range: '443',
  destination_port_ranges: [],
  direction: 'Inbound',
  name: 'allow-office',
  priority: 200,
  protocol: 'Tcp',
  source_address_prefix: '203.0.113.0/24',
  source_address_prefixes: [],
  source_application_security_group_ids: [],
  source_port_range: '*',
  source_port_ranges: [],
  ...given,
});
/** A standalone rule: what is not given is null. */
const ruleValues = (given: Json = {}): Json => ({
  ...Object.fromEntries(
    Object.entries(block()).map(([key, value]) => [
      key,
      value === '' || (Array.isArray(value) && value.length === 0) ? null : value,
    ]),
  ),
  id: `${nsg}/securityRules/allow-office`,
  network_security_group_name: 'nsg-nodes',
  resource_group_name: 'rg-net',
  timeouts: null,
  ...given,
});
const groupValues = (rules: readonly Json[], given: Json = {}): Json => ({
  id: nsg,
  location: 'westeurope',
  name: 'nsg-nodes',
  resource_group_name: 'rg-net',
  security_rule: rules,
  tags: {},
  timeouts: null,
  ...given,
});

interface Planned {
  readonly actions: readonly string[];
  readonly before?: Json | null;
  readonly after?: Json | null;
  readonly unknown?: unknown;
  readonly mode?: string;
}
const ruleType = 'azurerm_network_security_rule';
const groupType = 'azurerm_network_security_group';
const associationType = 'azurerm_subnet_network_security_group_association';

function change(type: string, { actions, before, after, unknown, mode }: Planned, name = 'this') {
  return {
    address: `module.network.${type}.${name}`,
    module_address: 'module.network',
    mode: mode ?? 'managed',
    type,
    name,
    provider_name: 'registry.terraform.io/hashicorp/azurerm',
    change: {
      actions,
      before: before ?? null,
      after: after ?? null,
      after_unknown: unknown ?? {},
      before_sensitive: false,
      after_sensitive: {},
    },
  };
}
const plan = (changes: readonly object[], rest: object = {}): object => ({
  format_version: '1.2',
  terraform_version: '1.9.5',
  planned_values: { root_module: {} },
  resource_changes: changes,
  configuration: { provider_config: { azurerm: { name: 'azurerm' } }, root_module: {} },
  timestamp: '2026-11-26T09:00:00Z',
  applyable: true,
  complete: true,
  errored: false,
  ...rest,
});
/** What Terraform knew before: a network in the subscription. */
const prior = (resources: readonly object[]) => ({
  prior_state: {
    format_version: '1.0',
    values: { root_module: { child_modules: [{ address: 'module.network', resources }] } },
  },
});
const known = (type: string, values: Json, mode = 'managed') => ({
  address: `${type}.x`,
  mode,
  type,
  name: 'x',
  values,
});

function only(file: object): ProposedChange {
  const [first, ...others] = proposedChanges(file);
  expect(others).toEqual([]);
  if (first === undefined) throw new TypeError('nothing is proposed');
  return first;
}
const because = ({ outcome }: ProposedChange): string | undefined =>
  'because' in outcome ? outcome.because : undefined;

const row = {
  id: nsg,
  name: 'nsg-nodes',
  type: 'Microsoft.Network/networkSecurityGroups',
  properties: {
    securityRules: [
      {
        name: 'theirs',
        properties: {
          priority: 100,
          direction: 'Inbound',
          access: 'Deny',
          protocol: '*',
          sourceAddressPrefix: '*',
          sourcePortRange: '*',
          destinationAddressPrefix: '*',
          destinationPortRange: '22',
        },
      },
    ],
  },
};
const rulesAfter = (one: ProposedChange) =>
  parseNetworkSecurityGroup(changedBody(row, one), 'kept').rules.filter(
    ({ priority }) => priority < 65_000,
  );

describe('a network security rule', () => {
  it('that is made goes into its group, found by its names in what Terraform knew', () => {
    const made = plan(
      [
        change(ruleType, {
          actions: ['create'],
          after: ruleValues({ id: undefined }),
          unknown: { id: true },
        }),
      ],
      prior([known(groupType, groupValues([]), 'data')]),
    );
    const one = only(made);
    expect(one.id).toBe(resourceId(`${nsg}/securityRules/allow-office`));
    expect(rulesAfter(one).map(({ name }) => name)).toEqual(['theirs', 'allow-office']);
  });

  it('that is made is placed by the one subscription that the plan knows', () => {
    const file = (resources: readonly object[], rest: object = {}) =>
      plan(
        [
          change(ruleType, {
            actions: ['create'],
            after: ruleValues({ id: undefined }),
            unknown: { id: true },
          }),
        ],
        { ...prior(resources), ...rest },
      );
    const network = (at: string) =>
      known('azurerm_virtual_network', {
        id: `${at}/providers/Microsoft.Network/virtualNetworks/v`,
      });
    expect(only(file([network(group)])).id).toBe(resourceId(`${nsg}/securityRules/allow-office`));
    const elsewhere = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg';
    const twoProviders = {
      configuration: {
        provider_config: { azurerm: { name: 'azurerm' }, hub: { name: 'azurerm', alias: 'hub' } },
      },
    };
    for (const open of [
      file([]),
      file([network(group), network(elsewhere)]),
      file([network(group)], twoProviders),
      file([
        known(groupType, groupValues([])),
        known(groupType, groupValues([], { id: nsg.replace('1111', '2222') })),
      ]),
    ]) {
      expect(only(open).outcome).toMatchObject({ kind: 'unjudged', matters: true });
      expect(because(only(open))).toContain('which resource of Azure');
    }
  });

  it('that is changed is written in whole, as the provider writes it', () => {
    const before = ruleValues();
    const after = ruleValues({
      source_address_prefix: null,
      source_address_prefixes: ['198.51.100.0/24', '203.0.113.7'],
    });
    const one = only(plan([change(ruleType, { actions: ['update'], before, after })]));
    expect(one.outcome).toEqual({
      kind: 'put',
      body: {
        id: resourceId(`${nsg}/securityRules/allow-office`),
        name: 'allow-office',
        properties: {
          access: 'Allow',
          destinationAddressPrefix: '*',
          destinationPortRange: '443',
          direction: 'Inbound',
          priority: 200,
          protocol: 'Tcp',
          sourceAddressPrefixes: ['198.51.100.0/24', '203.0.113.7'],
          sourcePortRange: '*',
        },
      },
    });
  });

  it.each([[['delete', 'create']], [['create', 'delete']]])(
    'that is replaced under another name is both (%s)',
    (actions) => {
      const before = ruleValues({ name: 'theirs', id: `${nsg}/securityRules/theirs` });
      const file = plan([
        change(ruleType, {
          actions,
          before,
          after: ruleValues({ id: undefined }),
          unknown: { id: true },
        }),
      ]);
      expect(proposedChanges(file).map(({ id, outcome }) => [id, outcome.kind])).toEqual([
        [resourceId(`${nsg}/securityRules/theirs`), 'delete'],
        [resourceId(`${nsg}/securityRules/allow-office`), 'put'],
      ]);
      const same = change(ruleType, {
        actions,
        before: ruleValues(),
        after: ruleValues({ id: undefined }),
      });
      expect(only(plan([same])).outcome.kind).toBe('put');
    },
  );

  it('that is deleted is gone', () => {
    const one = only(
      plan([
        change(ruleType, {
          actions: ['delete'],
          before: ruleValues({ id: `${nsg}/securityRules/Theirs` }),
        }),
      ]),
    );
    expect(rulesAfter(one)).toEqual([]);
  });

  it.each([
    'source_address_prefix',
    'source_address_prefixes',
    'source_application_security_group_ids',
  ])('with a %s that is known only after apply may match any source', (member) => {
    const after = ruleValues({ source_address_prefix: null });
    const unknown = { [member]: member.endsWith('s') ? [false, true] : true };
    const one = only(plan([change(ruleType, { actions: ['create'], after, unknown })]));
    const rule = rulesAfter(one).find(({ name }) => name === 'allow-office');
    expect(rule?.sources).toEqual([{ kind: 'unclear', text: '[known after apply]' }]);
    expect(rule?.destinations).toEqual([{ kind: 'any' }]);
  });

  it.each([
    ['priority', true],
    ['protocol', true],
    ['access', true],
    ['direction', true],
    ['destination_port_range', true],
    ['destination_port_ranges', [false, true]],
  ])('with a %s that is known only after apply is not told', (member, mark) => {
    const after = ruleValues({ [member]: null });
    const one = only(
      plan([change(ruleType, { actions: ['create'], after, unknown: { [member]: mark } })]),
    );
    expect(one.outcome.kind).toBe('untold');
    expect(because(one)).toBe(`${member} is known only after apply`);
  });

  it.each(['name', 'network_security_group_name', 'resource_group_name'])(
    'with a %s that is known only after apply is nobody knows where',
    (member) => {
      const after = ruleValues({ id: undefined, [member]: undefined });
      const file = plan(
        [change(ruleType, { actions: ['create'], after, unknown: { id: true, [member]: true } })],
        prior([known(groupType, groupValues([]))]),
      );
      expect(only(file).outcome).toMatchObject({ kind: 'unjudged', matters: true });
    },
  );
});

describe('a network security group', () => {
  it('with other rules is written in whole', () => {
    const before = groupValues([block({ name: 'theirs' })]);
    const after = groupValues([block(), block({ name: 'two', priority: 300, access: 'Deny' })]);
    const one = only(plan([change(groupType, { actions: ['update'], before, after })]));
    expect(rulesAfter(one).map(({ name, access }) => [name, access])).toEqual([
      ['allow-office', 'Allow'],
      ['two', 'Deny'],
    ]);
  });

  it('whose rules stay is as it is, in whatever order they come', () => {
    const rules = [block(), block({ name: 'two', priority: 300 })];
    const before = groupValues(rules);
    const after = groupValues(rules.toReversed(), { tags: { a: 'b' } });
    expect(
      only(plan([change(groupType, { actions: ['update'], before, after })])).outcome.kind,
    ).toBe('none');
  });

  it('has what is known only after apply where the marks are, rule by rule', () => {
    const after = groupValues([
      block({ source_address_prefix: '' }),
      block({ name: 'two', priority: 300 }),
    ]);
    const marks = [{ source_address_prefix: true }, {}];
    const one = only(
      plan([
        change(groupType, {
          actions: ['update'],
          before: groupValues([]),
          after,
          unknown: { security_rule: marks },
        }),
      ]),
    );
    expect(rulesAfter(one).map(({ sources }) => sources[0]?.kind)).toEqual(['unclear', 'prefix']);
    const was = groupValues([block({ source_address_prefix: '' })]);
    const same = change(groupType, {
      actions: ['update'],
      before: was,
      after: was,
      unknown: { security_rule: [{ source_address_prefix: true }] },
    });
    expect(only(plan([same])).outcome.kind).toBe('put');
  });

  it.each([
    [{ security_rule: true }, /which security rules it has/],
    [{ security_rule: [{ priority: true }, {}] }, /priority of a security rule in it/],
    [{ security_rule: [{ source_address_prefix: true }] }, /which of its security rules/],
  ])('is not told where nobody knows its rules: %j', (unknown, says) => {
    const after = groupValues([block(), block({ name: 'two' })]);
    const one = only(
      plan([change(groupType, { actions: ['update'], before: groupValues([]), after, unknown })]),
    );
    expect(one.outcome.kind).toBe('untold');
    expect(because(one)).toMatch(says);
  });

  it('comes before the rules that are put into it, and is contested where it was there', () => {
    const rule = change(ruleType, { actions: ['create'], after: ruleValues() });
    const made = change(groupType, {
      actions: ['create'],
      after: groupValues([block({ name: 'own' })]),
    });
    expect(
      proposedChanges(plan([rule, made])).map(({ id, outcome }) => [id, outcome.kind]),
    ).toEqual([
      [resourceId(nsg), 'put'],
      [resourceId(`${nsg}/securityRules/allow-office`), 'put'],
    ]);
    const rewritten = change(groupType, {
      actions: ['update'],
      before: groupValues([]),
      after: groupValues([block({ name: 'own' })]),
    });
    const [, contested] = proposedChanges(plan([rule, rewritten]));
    expect(contested?.outcome.kind).toBe('untold');
    const moved = change(ruleType, {
      actions: ['delete'],
      before: ruleValues({ id: `${nsg}/securityRules/Own` }),
    });
    expect(proposedChanges(plan([moved, rewritten])).map(({ outcome }) => outcome.kind)).toContain(
      'untold',
    );
    const gone = change(ruleType, { actions: ['delete'], before: ruleValues() });
    expect(proposedChanges(plan([gone, rewritten])).map(({ outcome }) => outcome.kind)).toEqual([
      'delete',
      'put',
    ]);
  });

  it('and whatever two resources of a plan write is not told', () => {
    const one = change(ruleType, { actions: ['delete'], before: ruleValues() }, 'old');
    const other = change(ruleType, { actions: ['create'], after: ruleValues() }, 'new');
    expect(only(plan([one, other])).outcome.kind).toBe('untold');
  });
});

describe('an association', () => {
  const body = {
    id: subnet.split('/subnets/')[0],
    properties: {
      subnets: [
        {
          id: subnet,
          name: 'nodes',
          properties: { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: `${nsg}-old` } },
        },
      ],
    },
  };
  const groupOf = (one: ProposedChange): unknown =>
    JSON.parse(JSON.stringify(changedBody(body, one)?.['properties'])).subnets[0].properties;

  it('gives the subnet its group, or takes it', () => {
    const values = { id: subnet, subnet_id: subnet, network_security_group_id: nsg };
    const made = only(plan([change(associationType, { actions: ['create'], after: values })]));
    expect(groupOf(made)).toEqual({
      addressPrefix: '10.0.0.0/24',
      networkSecurityGroup: { id: nsg },
    });
    const gone = only(plan([change(associationType, { actions: ['delete'], before: values })]));
    expect(groupOf(gone)).toEqual({ addressPrefix: '10.0.0.0/24' });
    const replaced = change(associationType, {
      actions: ['delete', 'create'],
      before: { ...values, network_security_group_id: `${nsg}-old` },
      after: values,
    });
    expect(groupOf(only(plan([replaced])))).toEqual(groupOf(made));
  });

  it('with a group that is made in the same plan is not told', () => {
    const made = only(
      plan([
        change(associationType, {
          actions: ['create'],
          after: { subnet_id: subnet },
          unknown: { id: true, network_security_group_id: true },
        }),
      ]),
    );
    expect([made.id, made.outcome.kind]).toEqual([resourceId(subnet), 'untold']);
    const nowhere = only(
      plan([
        change(associationType, {
          actions: ['create'],
          after: { network_security_group_id: nsg },
          unknown: { subnet_id: true },
        }),
      ]),
    );
    expect(nowhere.outcome).toMatchObject({ kind: 'unjudged', matters: true });
  });
});

describe('everything else', () => {
  it.each([
    ['azurerm_subnet', true],
    ['azurerm_role_assignment', true],
    ['azurerm_something_new', true],
    ['azapi_resource', true],
    ['azuread_group_member', true],
    ['azurerm_linux_virtual_machine', false],
    ['random_string', false],
    ['aws_security_group', false],
  ])('of type %s is not judged; it matters: %s', (type, matters) => {
    const one = only(plan([change(type, { actions: ['update'], before: {}, after: {} })]));
    expect(one.outcome).toMatchObject({ kind: 'unjudged', matters });
    expect(one.id).toBe(`module.network.${type}.this`);
  });

  it('that is only read, stays or is forgotten says nothing', () => {
    const changes = [
      change('azurerm_subnet', { actions: ['no-op'], before: {}, after: {} }),
      change(ruleType, { actions: ['forget'], before: ruleValues() }),
      change(groupType, { actions: ['read'], after: {}, mode: 'data' }),
    ];
    expect(proposedChanges(plan(changes))).toEqual([]);
    const same = change(groupType, {
      actions: ['no-op'],
      before: groupValues([]),
      after: groupValues([]),
    });
    expect(only(plan([same])).outcome.kind).toBe('none');
  });

  it('that Terraform puts off, or does not tell of, is said', () => {
    const deferred = {
      reason: 'provider_config_unknown',
      resource_change: change(ruleType, { actions: ['create'] }),
    };
    const off = only(plan([], { complete: false, deferred_changes: [deferred] }));
    expect(because(off)).toMatch(/puts it off/);
    const partly = only(plan([], { complete: false }));
    expect(partly.outcome).toMatchObject({ kind: 'unjudged', matters: true });
  });

  it.each([
    [{ errored: true }, /ended with an error/],
    [{ format_version: '2.0' }, /only 0\.x and 1\.x/],
    [
      { resource_changes: [{ address: 1 }] },
      /not as terraform show -json prints it: resource_changes\.0\./,
    ],
    [{ resource_changes: [change(ruleType, { actions: ['explode'] })] }, /actions/],
    [
      { resource_changes: undefined, planned_values: undefined, values: {} },
      /a state of Terraform/,
    ],
  ])('that cannot be right is refused: %j', (rest, says) => {
    const file = JSON.parse(JSON.stringify(plan([], rest)));
    expect(() => proposedChanges(file)).toThrow(says);
  });
});

/** Azure's members as the provider writes them: an inverse of what is tested, for what it takes. */
function inTerraform(rule: Json): Json {
  const properties = rule['properties'] as Json;
  const text = (key: string) => properties[key] ?? '';
  const list = (key: string) => properties[key] ?? [];
  const ids = (key: string) => ((properties[key] ?? []) as readonly Json[]).map(({ id }) => id);
  return {
    name: rule['name'],
    description: text('description'),
    priority: properties['priority'],
    direction: properties['direction'],
    access: properties['access'],
    protocol: properties['protocol'],
    source_port_range: text('sourcePortRange'),
    source_port_ranges: list('sourcePortRanges'),
    destination_port_range: text('destinationPortRange'),
    destination_port_ranges: list('destinationPortRanges'),
    source_address_prefix: text('sourceAddressPrefix'),
    source_address_prefixes: list('sourceAddressPrefixes'),
    destination_address_prefix: text('destinationAddressPrefix'),
    destination_address_prefixes: list('destinationAddressPrefixes'),
    source_application_security_group_ids: ids('sourceApplicationSecurityGroups'),
    destination_application_security_group_ids: ids('destinationApplicationSecurityGroups'),
  };
}

it('means the same rules as Azure does, for every group of the demo', () => {
  const groups = demoEstate().rows.filter((one) =>
    /networksecuritygroups$/i.test(String(Reflect.get(one, 'type'))),
  ) as readonly Json[];
  expect(groups.length).toBeGreaterThan(50);
  for (const one of groups) {
    const { securityRules } = one['properties'] as { securityRules: readonly Json[] };
    const names = String(one['id']).split('/');
    const after = groupValues(securityRules.map(inTerraform), {
      id: one['id'],
      name: one['name'],
      resource_group_name: names[4],
    });
    const file = plan([
      change(groupType, { actions: ['update'], before: { ...after, security_rule: null }, after }),
    ]);
    const changed = changedBody(one, only(file));
    expect(parseNetworkSecurityGroup(changed).rules).toEqual(parseNetworkSecurityGroup(one).rules);
  }
});
