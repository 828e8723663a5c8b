import { z } from 'zod';
import { type ResourceId, resourceId } from '../../model/resource-id.ts';
import type { AdminRule } from '../../network/security-rule.ts';
import { parseAdminRule, parseAdminRules } from '../../network/parse-security-rule.ts';
import { isBlank, isObject } from './lenient.ts';

/**
 * `microsoft.network/effectivesecurityadminrules`: the virtual network and its rules. Microsoft
 * documents the table of Resource Graph but not its members, so the network may stand in the id or in
 * a member, and a row may hold a list of rules or be one.
 */
export const effectiveAdminRulesRow = z
  .unknown()
  .transform(
    (body, context): { readonly networkId: ResourceId; readonly rules: readonly AdminRule[] } => {
      const row = isObject(body) ? body : {};
      const properties = isObject(row['properties']) ? row['properties'] : {};
      const networkId = networkOf(row['id']) ?? networkIn(properties) ?? networkIn(row);
      if (networkId === undefined) {
        context.addIssue('names no virtual network');
        return z.NEVER;
      }
      try {
        const lists = [properties, row].flatMap((members) =>
          listNames.map((name) => members[name]).filter((value) => !isBlank(value)),
        );
        const rules =
          lists.length > 0
            ? lists.flatMap((rules) => parseAdminRules(rules))
            : [parseAdminRule(body)];
        return { networkId, rules };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        context.addIssue(`is not understood: ${error.message}`);
        return z.NEVER;
      }
    },
  );

const listNames = ['rules', 'value', 'securityAdminRules', 'effectiveSecurityAdminRules'];
const networkNames = [
  'virtualNetwork',
  'virtualNetworkId',
  'vnetId',
  'targetResourceId',
  'resourceId',
];

function networkIn(members: Readonly<Record<string, unknown>>): ResourceId | undefined {
  for (const name of networkNames) {
    const value = members[name];
    const found = networkOf(isObject(value) ? value['id'] : value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The virtual network at or above an id. */
export function networkOf(id: unknown): ResourceId | undefined {
  const found = typeof id === 'string' ? /^.*\/virtualnetworks\/[^/]+/.exec(resourceId(id)) : null;
  return found === null ? undefined : resourceId(found[0]);
}
