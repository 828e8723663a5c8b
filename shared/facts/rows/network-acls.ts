import { z } from 'zod';
import * as lenient from './lenient.ts';

/** A rule of the resource's own firewall for a subnet; registries also know a longer name of the member. */
const subnetRule = lenient
  .members({ id: lenient.id, virtualNetworkResourceId: lenient.id, action: lenient.lowerText })
  .transform((rule) =>
    rule.action === 'deny' ? undefined : (rule.id ?? rule.virtualNetworkResourceId),
  );

const ipRule = lenient.members({ value: lenient.text });

/** `networkAcls` of storage accounts and key vaults, `networkRuleSet` of registries. */
export const networkAcls = lenient.part(
  lenient
    .members({
      defaultAction: lenient.lowerText,
      ipRules: lenient.list(ipRule),
      virtualNetworkRules: lenient.part(z.array(subnetRule)),
    })
    .transform(({ defaultAction, ipRules, virtualNetworkRules }) => ({
      deniesByDefault: defaultAction === 'deny',
      admitsAddresses: ipRules.some(({ value }) => value !== undefined),
      subnetIds: (virtualNetworkRules ?? []).filter((id) => id !== undefined),
      listsSubnets: virtualNetworkRules !== undefined,
    })),
);

export type NetworkAclsRow = z.infer<typeof networkAcls>;
