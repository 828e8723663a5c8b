import { randomUUID } from 'node:crypto';
import { type Answer, ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { lastOf, resourceGroupIn } from '../tenant/azure-id.ts';
import { type Resource, type Row, isRow, propertiesOf, textOf } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';
import { type WrittenType, writeOperation, writtenProperties } from './arm-write.ts';
import type { Operation } from './operation.ts';
import { ruleRefusal } from './security-rule-errors.ts';
import type { Target } from './target.ts';

const rulesType = 'microsoft.network/networksecuritygroups/securityrules';

const securityRules: WrittenType = {
  put(call, target, action, estate) {
    const found = groupFor(call, target, estate);
    return 'refused' in found ? found.refused : put(call, target, found.group, action, estate);
  },
  remove(call, target, action, estate) {
    const found = groupFor(call, target, estate);
    return 'refused' in found ? found.refused : remove(call, target, found.group, action, estate);
  },
};

/**
 * PUT and DELETE of one security rule. While Azure is at one, the group takes no other. Source:
 * https://learn.microsoft.com/rest/api/virtualnetwork/security-rules
 */
export function securityRuleWrite(
  call: SignedCall,
  target: Target,
  estate: Estate,
): Operation | undefined {
  return writeOperation(call, target, estate, rulesType, securityRules);
}

/** The group that the rule belongs to, or why it takes no change now. */
function groupFor(
  call: SignedCall,
  { key, writtenScope }: Target,
  { tenant, operations }: Estate,
): { readonly group: Resource } | { readonly refused: Answer } {
  const groupKey = key.split('/').slice(0, -2).join('/');
  const group = tenant.byId(groupKey);
  if (group === undefined) {
    const path = writtenScope.split('/').slice(0, -2).join('/');
    const name = resourceGroupIn(key);
    const type = 'Microsoft.Network/networkSecurityGroups';
    return { refused: armErrors.resourceNotFound(type, path, name) };
  }
  const underWay = operations.underWayOn(groupKey);
  if (underWay !== undefined) return { refused: armErrors.anotherOperationInProgress(underWay) };
  const { 'if-match': known } = call.headers;
  return known !== undefined && known !== '*' && known !== group.row['etag']
    ? { refused: armErrors.preconditionFailed() }
    : { group };
}

function put(
  call: SignedCall,
  target: Target,
  group: Resource,
  action: string,
  estate: Estate,
): Answer {
  const name = lastOf(target.writtenScope);
  const id = `${group.id}/securityRules/${name}`;
  const properties = writtenProperties(call.body);
  if (properties === undefined) return armErrors.requiredPropertyMissing('properties');
  const refused = ruleRefusal(id, name, properties);
  if (refused !== undefined) return refused;
  const rules = rulesOf(group);
  const rival = rules.find((rule) => !isNamed(rule, name) && hasPlaceOf(rule, properties));
  if (rival !== undefined) return armErrors.securityRuleConflict(name, textOf(rival['name']));
  const before = rules.find((rule) => isNamed(rule, name));
  const written = (provisioningState: string): Row => ({
    name: textOf(before?.['name']) || name,
    id: textOf(before?.['id']) || id,
    etag: newEtag(),
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    properties: { ...properties, provisioningState },
  });
  const headers = going(call, group, estate, {
    during: () => {
      place(group, name, written('Updating'), estate);
    },
    atEnd: (state) => {
      place(group, name, written(state), estate);
      if (state === 'Failed') return;
      estate.eventGrid.tell({ call, id: target.writtenScope, action, verb: 'Write' });
    },
  });
  const now = rulesOf(estate.tenant.byId(group.key) ?? group);
  const shown = now.find((rule) => isNamed(rule, name));
  return { ...ok(shown, headers), status: before === undefined ? 201 : 200 };
}

function remove(
  call: SignedCall,
  target: Target,
  group: Resource,
  action: string,
  estate: Estate,
): Answer {
  const name = lastOf(target.key);
  const before = rulesOf(group).find((rule) => isNamed(rule, name));
  if (before === undefined) return { status: 204, body: '' };
  const state = (provisioningState: string): Row => ({
    ...before,
    properties: { ...propertiesOf(before), provisioningState },
  });
  const headers = going(call, group, estate, {
    during: () => {
      place(group, name, state('Deleting'), estate);
    },
    atEnd: (end) => {
      place(group, name, end === 'Failed' ? state('Failed') : undefined, estate);
      if (end === 'Failed') return;
      estate.eventGrid.tell({ call, id: target.writtenScope, action, verb: 'Delete' });
    },
  });
  return { status: Object.keys(headers).length === 0 ? 200 : 202, headers, body: '' };
}

/** Has a change happen at once or over time; the headers that say so. */
function going(
  call: SignedCall,
  group: Resource,
  { operations }: Estate,
  change: {
    readonly during: () => void;
    readonly atEnd: (state: 'Succeeded' | 'Failed') => void;
  },
): Readonly<Record<string, string>> {
  const { failsAs } = call;
  if (!operations.takesTime && failsAs === undefined) {
    change.atEnd('Succeeded');
    return {};
  }
  change.during();
  return operations.begin({ call, on: group.key, failsAs, atEnd: change.atEnd });
}

/** Puts a rule where the one of its name is, or behind the others; takes that away for undefined. */
function place(
  { key }: Resource,
  name: string,
  rule: Row | undefined,
  { tenant, now }: Estate,
): void {
  const group = tenant.byId(key);
  if (group === undefined) return;
  const rules = rulesOf(group);
  const index = rules.findIndex((one) => isNamed(one, name));
  const at = index < 0 ? rules.length : index;
  const after = rules.toSpliced(at, index < 0 ? 0 : 1, ...(rule === undefined ? [] : [rule]));
  const properties = { ...propertiesOf(group.row), securityRules: after };
  tenant.put({ ...group.row, etag: newEtag(), properties }, now());
}

function isNamed(rule: Row, name: string): boolean {
  return textOf(rule['name']).toLowerCase() === name.toLowerCase();
}

/** Whether a rule has the priority that another asks for, in its direction. */
function hasPlaceOf(rule: Row, { priority, direction }: Row): boolean {
  const own = propertiesOf(rule);
  return (
    own['priority'] === priority &&
    textOf(own['direction']).toLowerCase() === textOf(direction).toLowerCase()
  );
}

function rulesOf({ row }: Resource): readonly Row[] {
  const { securityRules: rules } = propertiesOf(row);
  return Array.isArray(rules) ? rules.filter(isRow) : [];
}

function newEtag(): string {
  return `W/"${randomUUID()}"`;
}
