import { randomUUID } from 'node:crypto';
import { type Answer, ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { lastOf, resourceGroupIn } from '../tenant/azure-id.ts';
import { type Resource, type Row, isRow, propertiesOf, textOf } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

const rulesType = 'microsoft.network/networksecuritygroups/securityrules';
const needed = ['protocol', 'access', 'direction', 'priority'] as const;

/**
 * PUT and DELETE of one security rule, done at once. Source:
 * https://learn.microsoft.com/rest/api/virtualnetwork/security-rules
 */
export function securityRuleWrite(
  call: SignedCall,
  target: Target,
  estate: Estate,
): Operation | undefined {
  const { method } = call;
  const isWrite = method === 'PUT' || method === 'DELETE';
  if (!isWrite || target.type !== rulesType || target.kind !== 'one') return undefined;
  const verb = method === 'PUT' ? 'write' : 'delete';
  const action = `Microsoft.Network/networkSecurityGroups/securityRules/${verb}`;
  return {
    action,
    scope: target.writtenScope,
    answer: () => {
      const group = estate.tenant.byId(target.key.split('/').slice(0, -2).join('/'));
      if (group === undefined) {
        const path = target.writtenScope.split('/').slice(0, -2).join('/');
        const name = resourceGroupIn(target.key);
        return armErrors.resourceNotFound('Microsoft.Network/networkSecurityGroups', path, name);
      }
      const { 'if-match': known } = call.headers;
      if (known !== undefined && known !== '*' && known !== group.row['etag']) {
        return armErrors.preconditionFailed();
      }
      return method === 'PUT'
        ? put(call, target, group, action, estate)
        : remove(call, target, group, action, estate);
    },
  };
}

function put(
  call: SignedCall,
  target: Target,
  group: Resource,
  action: string,
  estate: Estate,
): Answer {
  const name = lastOf(target.writtenScope);
  const properties = propertiesIn(call.body);
  const lacking = needed.find((member) => properties?.[member] === undefined);
  if (properties === undefined) return armErrors.securityRuleInvalid(name, 'it has no properties.');
  if (lacking !== undefined) return armErrors.securityRuleInvalid(name, `${lacking} is missing.`);
  const priority = Number(properties['priority']);
  if (!Number.isInteger(priority) || priority < 100 || priority > 4096) {
    return armErrors.securityRuleInvalid(name, 'priority must be from 100 to 4096.');
  }
  const rules = rulesOf(group);
  const same = (rule: Row) => textOf(rule['name']).toLowerCase() === name.toLowerCase();
  const rival = rules.find(
    (rule) =>
      !same(rule) &&
      propertiesOf(rule)['priority'] === priority &&
      textOf(propertiesOf(rule)['direction']).toLowerCase() ===
        textOf(properties['direction']).toLowerCase(),
  );
  if (rival !== undefined) return armErrors.securityRuleConflict(name, textOf(rival['name']));
  const written: Row = {
    name,
    id: `${group.id}/securityRules/${name}`,
    etag: newEtag(),
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    properties: { provisioningState: 'Succeeded', ...properties },
  };
  const isNew = !rules.some(same);
  change(group, [...rules.filter((rule) => !same(rule)), written], estate);
  estate.eventGrid.tell({ call, id: target.writtenScope, action, verb: 'Write' });
  return { ...ok(written), status: isNew ? 201 : 200 };
}

function remove(
  call: SignedCall,
  target: Target,
  group: Resource,
  action: string,
  estate: Estate,
): Answer {
  const name = lastOf(target.key);
  const rules = rulesOf(group);
  const left = rules.filter((rule) => textOf(rule['name']).toLowerCase() !== name);
  if (left.length === rules.length) return { status: 204, body: '' };
  change(group, left, estate);
  estate.eventGrid.tell({ call, id: target.writtenScope, action, verb: 'Delete' });
  return { status: 200, body: '' };
}

function change(group: Resource, securityRules: readonly Row[], { tenant, now }: Estate): void {
  const properties = { ...propertiesOf(group.row), securityRules };
  tenant.put({ ...group.row, etag: newEtag(), properties }, now());
}

function rulesOf({ row }: Resource): readonly Row[] {
  const { securityRules } = propertiesOf(row);
  return Array.isArray(securityRules) ? securityRules.filter(isRow) : [];
}

function propertiesIn(body: string): Row | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isRow(json) && isRow(json['properties']) ? json['properties'] : undefined;
  } catch {
    // Not JSON: no properties either.
    return undefined;
  }
}

function newEtag(): string {
  return `W/"${randomUUID()}"`;
}
