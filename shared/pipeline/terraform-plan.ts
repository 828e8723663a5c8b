import { z } from 'zod';
import type { Json } from '../facts/rows/lenient.ts';
import { typeInId } from '../inventory/row-type.ts';
import { type ResourceId, nameOf, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import { canonical } from '../remediation/plan.ts';
import { shownJson } from '../model/shown-json.ts';
import type { ProposedChange } from './proposed-change.ts';
import { securityRuleOf } from './terraform-rule.ts';

/** Values as Terraform knows them; what it learns only while applying is absent or null in them. */
const values = z.record(z.string(), z.unknown());

const resourceChange = z.looseObject({
  address: z.string(),
  module_address: z.string().optional(),
  mode: z.enum(['managed', 'data']),
  type: z.string(),
  name: z.string(),
  provider_name: z.string().default(''),
  change: z.looseObject({
    actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'])).min(1),
    before: values.nullable().default(null),
    after: values.nullable().default(null),
    after_unknown: z.union([values, z.boolean()]).default({}),
  }),
});
type ResourceChange = z.infer<typeof resourceChange>;

const stateResource = z.looseObject({
  mode: z.string(),
  type: z.string(),
  values: values.default({}),
});

interface StateModule {
  readonly resources?: readonly z.infer<typeof stateResource>[] | undefined;
  readonly child_modules?: readonly StateModule[] | undefined;
}
const stateModule: z.ZodType<StateModule> = z.lazy(() =>
  z.looseObject({
    resources: z.array(stateResource).optional(),
    child_modules: z.array(stateModule).optional(),
  }),
);

const planFile = z.looseObject({
  format_version: z.string(),
  resource_changes: z.array(resourceChange).default([]),
  deferred_changes: z.array(z.looseObject({ resource_change: resourceChange })).default([]),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  configuration: z
    .looseObject({
      provider_config: z.record(z.string(), z.looseObject({ name: z.string() })).default({}),
    })
    .optional(),
  prior_state: z
    .looseObject({ values: z.looseObject({ root_module: stateModule.optional() }).optional() })
    .optional(),
});

const groupType = 'azurerm_network_security_group';
const ruleType = 'azurerm_network_security_rule';
const associationType = 'azurerm_subnet_network_security_group_association';

/** Of these no audit reads anything, and none holds another: all other resources of Azure may matter. */
const unread: ReadonlySet<string> = new Set([
  'azurerm_application_insights',
  'azurerm_linux_virtual_machine',
  'azurerm_log_analytics_workspace',
  'azurerm_monitor_action_group',
  'azurerm_monitor_diagnostic_setting',
  'azurerm_monitor_metric_alert',
  'azurerm_windows_virtual_machine',
]);

/** Whether a file is what `terraform show -json` prints, of a plan or of a state. */
export function isTerraform(whole: Json): boolean {
  return (
    whole['resource_changes'] !== undefined ||
    whole['planned_values'] !== undefined ||
    (whole['format_version'] !== undefined && whole['terraform_version'] !== undefined)
  );
}

/**
 * The changes of a plan of Terraform, as `terraform show -json` prints it: network security groups,
 * their rules and the subnets that they are associated with. Of all else in Azure it is said that
 * nothing is told; so it is of what is known only after apply.
 * Source: https://developer.hashicorp.com/terraform/internals/json-format
 * @throws RangeError for a plan that is none, broke off, or is of another format.
 */
export function terraformChanges(json: Json): readonly ProposedChange[] {
  const parsed = planFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RangeError(
      `the plan of Terraform is not as terraform show -json prints it: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const plan = parsed.data;
  if (!/^[01]\./.test(plan.format_version)) {
    throw new RangeError(
      `the plan of Terraform has the format ${shownJson(plan.format_version)}, and only 0.x and 1.x are understood`,
    );
  }
  if (json['resource_changes'] === undefined && json['planned_values'] === undefined) {
    throw new RangeError(
      'the file is a state of Terraform, which changes nothing; give what terraform show -json prints of a plan that terraform plan -out wrote',
    );
  }
  if (plan.errored === true) {
    throw new RangeError('the plan of Terraform ended with an error, and lacks what came after it');
  }
  const changes = plan.resource_changes.filter(isChanged);
  const places = placesIn(plan);
  const found = changes.flatMap((change) => proposedBy(change, places));
  const deferred = plan.deferred_changes.map(({ resource_change: change }) =>
    unjudged(change, 'Terraform puts it off to a later plan, and does not tell what it will be'),
  );
  const rest: readonly ProposedChange[] =
    plan.complete === false && deferred.length === 0
      ? [
          {
            id: resourceId('the plan of Terraform'),
            type: undefined,
            outcome: {
              kind: 'unjudged',
              because:
                'it does not hold every change that is needed, and does not tell which are left',
              matters: true,
            },
          },
        ]
      : [];
  return [...inOrder(withoutConflicts(found)), ...deferred, ...rest];
}

function isChanged({ mode, change: { actions } }: ResourceChange): boolean {
  return (
    mode === 'managed' && actions.some((action) => /^(?:no-op|create|update|delete)$/.test(action))
  );
}

/** A change, and the address in the plan that makes it. */
interface Found {
  readonly address: string;
  /** Whether it makes something where nothing was. */
  readonly isNew: boolean;
  readonly change: ProposedChange;
}

function proposedBy(change: ResourceChange, places: Places): readonly Found[] {
  const { address, type } = change;
  const isNew = change.change.before === null;
  const at = (one: ProposedChange): Found => ({ address, isNew, change: one });
  if (![groupType, ruleType, associationType].includes(type)) return others(change).map(at);
  const { actions, before } = change.change;
  const ids = { before: idOf(change, before), after: idAfter(change, places) };
  if (actions.every((action) => action === 'no-op')) {
    return ids.before === undefined ? [] : [at(put(ids.before, { kind: 'none' }))];
  }
  const isMade = actions.includes('create') || actions.includes('update');
  const isReplaced = isMade && actions.includes('delete');
  const made = isMade ? [madeBy(change, ids.after)] : [];
  const isElsewhere = isReplaced && ids.before !== ids.after;
  if (!actions.includes('delete') || (isReplaced && !isElsewhere)) return made.map(at);
  const gone = ids.before === undefined ? unjudged(change, noId) : goneBy(change, ids.before);
  return [gone, ...made].map(at);
}

const noId = 'the plan does not say which resource of Azure it is';

function put(id: ResourceId, outcome: ProposedChange['outcome']): ProposedChange {
  return { id, type: typeInId(id), outcome };
}

function unjudged({ address }: ResourceChange, because: string): ProposedChange {
  return {
    id: resourceId(address),
    type: undefined,
    outcome: { kind: 'unjudged', because, matters: true },
  };
}

/** Resources of other types: those of Azure may bear on a verdict, in a way that nobody works out here. */
function others(change: ResourceChange): readonly ProposedChange[] {
  const { type, change: planned } = change;
  if (planned.actions.every((action) => action === 'no-op')) return [];
  if (unread.has(type) || !/^(?:azurerm|azapi|azuread|msgraph)_/.test(type)) {
    const { outcome: _, ...rest } = unjudged(change, '');
    const because = 'no audit reads resources of this type';
    return [{ ...rest, outcome: { kind: 'unjudged', because, matters: false } }];
  }
  const because = `what ${type} becomes in Azure is not worked out; give it as Azure Resource Manager will return it, to have it judged`;
  return [unjudged(change, because)];
}

function goneBy({ type }: ResourceChange, id: ResourceId): ProposedChange {
  if (type !== associationType) return put(id, { kind: 'delete' });
  const before = { properties: { networkSecurityGroup: {} } };
  return put(id, { kind: 'patch', before, after: { properties: {} }, noEffect: [] });
}

/** What is made or changed; `id` is undefined where the plan does not tell which it is. */
function madeBy(change: ResourceChange, id: ResourceId | undefined): ProposedChange {
  const { after, before } = change.change;
  if (id === undefined || after === null) return unjudged(change, noId);
  switch (change.type) {
    case groupType:
      return groupBy(change, id, after, before);
    case ruleType: {
      const rule = securityRuleOf(after, unknownIn(change));
      return rule.kind === 'told'
        ? put(id, { kind: 'put', body: { id, ...rule.rule } })
        : untold(id, `${rule.unknown} is known only after apply`);
    }
    default: {
      const group = after['network_security_group_id'];
      if (typeof group !== 'string') {
        return untold(id, 'which network security group it gets is known only after apply');
      }
      const properties = { networkSecurityGroup: { id: group } };
      return put(id, { kind: 'patch', before: {}, after: { properties }, noEffect: [] });
    }
  }
}

function untold(id: ResourceId, because: string): ProposedChange {
  return put(id, { kind: 'untold', because });
}

/** A group whose rules are not changed here stays as it is, whatever else of it changes: its name and place do not. */
function groupBy(
  change: ResourceChange,
  id: ResourceId,
  after: Json,
  before: Json | null,
): ProposedChange {
  const isUnknown = unknownIn(change)['security_rule'];
  const listed = after['security_rule'];
  if (isUnknown === true || !Array.isArray(listed)) {
    return untold(id, 'which security rules it has is known only after apply');
  }
  if (
    before !== null &&
    idOf(change, before) === id &&
    sameRules(before['security_rule'], listed)
  ) {
    if (!Array.isArray(isUnknown) || isUnknown.every((one) => !hasUnknown(one))) {
      return put(id, { kind: 'none' });
    }
  }
  const marks: readonly unknown[] = Array.isArray(isUnknown) ? isUnknown : [];
  if (marks.length > 0 && marks.length !== listed.length) {
    return untold(id, 'which of its security rules are known only after apply is not told');
  }
  const rules = listed.map((rule: unknown, index) =>
    securityRuleOf(objectIn(rule), objectIn(marks[index])),
  );
  const open = rules.find((rule) => rule.kind === 'unknown');
  if (open?.kind === 'unknown') {
    return untold(id, `${open.unknown} of a security rule in it is known only after apply`);
  }
  const securityRules = rules.flatMap((rule) => (rule.kind === 'told' ? [rule.rule] : []));
  const { location } = after;
  return put(id, {
    kind: 'put',
    body: { id, name: nameOf(id), location, properties: { securityRules } },
  });
}

function sameRules(before: unknown, after: readonly unknown[]): boolean {
  const texts = (rules: readonly unknown[]) => canonical(rules.map(canonical).toSorted());
  return Array.isArray(before) && texts(before) === texts(after);
}

function hasUnknown(mark: unknown): boolean {
  if (mark === true) return true;
  return typeof mark === 'object' && mark !== null && Object.values(mark).some(hasUnknown);
}

function unknownIn({ change }: ResourceChange): Json {
  return objectIn(change.after_unknown);
}

function objectIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Where the resources of a plan lie. */
interface Places {
  /** Ids of the network security groups that the plan knows, by resource group and name. */
  readonly groups: ReadonlyMap<string, ReadonlySet<ResourceId>>;
  /** The subscription of everything that the plan knows, where it is one, and one provider speaks of it. */
  readonly subscription: string | undefined;
}

function placesIn(plan: z.infer<typeof planFile>): Places {
  const known = [
    ...resourcesIn(plan.prior_state?.values?.root_module),
    ...plan.resource_changes.flatMap(({ type, change: { before } }) =>
      before === null ? [] : [{ type, values: before }],
    ),
  ];
  const groups = new Map<string, Set<ResourceId>>();
  const subscriptions = new Set<string>();
  for (const { type, values: own } of known) {
    const id = armId(own['id']);
    if (id === undefined || !type.startsWith('azurerm_')) continue;
    const subscription = subscriptionIdOf(id);
    if (subscription !== undefined) subscriptions.add(subscription);
    if (type !== groupType) continue;
    const key = keyOf(own['resource_group_name'], own['name']);
    if (key !== undefined) groups.set(key, (groups.get(key) ?? new Set()).add(id));
  }
  const providers = Object.values(plan.configuration?.provider_config ?? {});
  const isOne =
    subscriptions.size === 1 && providers.filter(({ name }) => name === 'azurerm').length <= 1;
  const [subscription] = subscriptions;
  return { groups, subscription: isOne ? subscription : undefined };
}

function resourcesIn(
  module: StateModule | undefined,
): readonly { readonly type: string; readonly values: Json }[] {
  if (module === undefined) return [];
  return [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(resourcesIn)];
}

function keyOf(group: unknown, name: unknown): string | undefined {
  return typeof group === 'string' && typeof name === 'string'
    ? `${group}/${name}`.toLowerCase()
    : undefined;
}

function armId(value: unknown): ResourceId | undefined {
  return typeof value === 'string' && value.startsWith('/') ? resourceId(value) : undefined;
}

/** What a resource that is there is in Azure: of an association its subnet. */
function idOf({ type }: ResourceChange, own: Json | null): ResourceId | undefined {
  return armId(own?.[type === associationType ? 'subnet_id' : 'id']);
}

/** What it will be: by its id, or by where its names put it. */
function idAfter(change: ResourceChange, places: Places): ResourceId | undefined {
  const { after } = change.change;
  const known = idOf(change, after);
  if (known !== undefined || after === null || change.type === associationType) return known;
  const isRule = change.type === ruleType;
  const [group, name] = [after['resource_group_name'], after['name']];
  const key = keyOf(group, isRule ? after['network_security_group_name'] : name);
  if (key === undefined || typeof name !== 'string') return undefined;
  const [told, ...more] = places.groups.get(key) ?? [];
  const [inGroup = '', nsg = ''] = key.split('/');
  const { subscription } = places;
  const placed =
    subscription === undefined
      ? undefined
      : resourceId(
          `/subscriptions/${subscription}/resourceGroups/${inGroup}/providers/Microsoft.Network/networkSecurityGroups/${nsg}`,
        );
  const at = more.length > 0 ? undefined : (told ?? placed);
  return at === undefined || !isRule ? at : resourceId(`${at}/securityRules/${name}`);
}

/** Terraform makes what others need first, and does not tell in which order it does the rest. */
function inOrder(changes: readonly ProposedChange[]): readonly ProposedChange[] {
  return changes.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ id, type, outcome }: ProposedChange): number {
  const isGroup = type === 'microsoft.network/networksecuritygroups';
  if (outcome.kind === 'delete') return isGroup ? 1 : 0;
  if (isGroup) return 2;
  return id.includes('/securityrules/') ? 3 : 4;
}

/** What several resources of a plan write is as the last one leaves it, and nobody knows which that is. */
function withoutConflicts(found: readonly Found[]): readonly ProposedChange[] {
  const writers = Map.groupBy(
    found.filter(({ change }) => change.outcome.kind !== 'none'),
    ({ change }) => change.id,
  );
  const isContested = (id: ResourceId): boolean =>
    new Set(writers.get(id)?.map(({ address }) => address)).size > 1;
  const said = new Set<ResourceId>();
  return found.flatMap(({ change }): readonly ProposedChange[] => {
    const { id, outcome } = change;
    const isAfterGroup = isRewritten(change, writers);
    if (outcome.kind === 'none' || (!isContested(id) && !isAfterGroup)) return [change];
    if (said.has(id)) return [];
    said.add(id);
    const because = isAfterGroup
      ? 'its network security group is written with rules of its own in the same plan, and which comes last is not told'
      : 'several resources of the plan write it, and which comes last is not told';
    return [untold(id, because)];
  });
}

/** Whether the group of a rule, which was there before, is written in whole as well. */
function isRewritten(
  { id, outcome }: ProposedChange,
  writers: ReadonlyMap<ResourceId, readonly Found[]>,
): boolean {
  const [, group, name] = /^(.*)\/securityrules\/([^/]+)$/.exec(id) ?? [];
  if (group === undefined) return false;
  return (writers.get(resourceId(group)) ?? []).some(({ isNew, change }) => {
    if (isNew || change.outcome.kind !== 'put') return false;
    const rules = objectIn(change.outcome.body['properties'])['securityRules'];
    const listed = Array.isArray(rules) ? rules : [];
    return (
      outcome.kind !== 'delete' ||
      listed.some((rule: unknown) => String(objectIn(rule)['name']).toLowerCase() === name)
    );
  });
}
