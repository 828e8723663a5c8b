import { ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { keyOf } from '../tenant/azure-id.ts';
import { type Row, isRow, propertiesOf, textOf, types } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

const serviceTagsType = 'microsoft.network/locations/servicetags';
const adminRulesType =
  'microsoft.network/virtualnetworks/listnetworkmanagereffectivesecurityadminrules';

/** What Microsoft.Network is asked for beside its resources: the service tags, a network's admin rules. */
export function networkOperation(
  call: SignedCall,
  target: Target,
  estate: Estate,
): Operation | undefined {
  if (call.method === 'GET' && target.type === serviceTagsType && target.kind === 'list') {
    return serviceTags(target, estate);
  }
  if (call.method === 'POST' && target.type === adminRulesType && target.kind === 'list') {
    return effectiveAdminRules(target, estate);
  }
  return undefined;
}

/** One list for the whole cloud, whatever the location and subscription asked for. */
function serviceTags({ writtenScope, writtenType }: Target, { tenant }: Estate): Operation {
  const [, , subscription = ''] = writtenScope.split('/');
  const scope = `/subscriptions/${subscription}`;
  return {
    action: `${writtenType}/read`,
    scope,
    answer: () => {
      const [list] = tenant.ofType(types.serviceTags);
      if (list === undefined) return armErrors.resourceNotFound(writtenType, 'Public', undefined);
      const { name = 'Public', ...rest } = list.row;
      return ok({
        ...rest,
        name,
        id: `${scope}/providers/Microsoft.Network/serviceTags/${textOf(name)}`,
        type: 'Microsoft.Network/serviceTags',
      });
    },
  };
}

/**
 * https://learn.microsoft.com/rest/api/networkmanager/list-network-manager-effective-security-admin-rules
 * is a POST, so Reader does not hold it.
 */
function effectiveAdminRules({ key, writtenScope }: Target, { tenant }: Estate): Operation {
  return {
    action:
      'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action',
    scope: writtenScope,
    answer: () => {
      if (tenant.byId(key) === undefined) {
        const [, , , , group] = writtenScope.split('/');
        return armErrors.resourceNotFound('Microsoft.Network/virtualNetworks', key, group);
      }
      const rows = tenant.ofType(types.adminRules).filter(({ row }) => bearsOn(row, key));
      return ok({ value: rows.flatMap(({ row }) => rulesOf(row)), skipToken: '' });
    },
  };
}

/** Estates name the network in the id of the row or in a member. */
function bearsOn(row: Row, network: string): boolean {
  const named = Object.values({ ...row, ...propertiesOf(row) }).map((value) =>
    textOf(isRow(value) ? value['id'] : value),
  );
  return named.some((value) => value !== '' && `${keyOf(value)}/`.startsWith(`${network}/`));
}

function rulesOf(row: Row): readonly unknown[] {
  const members = { ...row, ...propertiesOf(row) };
  const lists = ['value', 'rules', 'securityAdminRules', 'effectiveSecurityAdminRules']
    .map((name): unknown => members[name])
    .filter((list) => Array.isArray(list));
  return lists.length > 0 ? lists.flat() : [row];
}
