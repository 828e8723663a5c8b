/** Network security groups as Azure Resource Manager writes them, in one line a rule. */

export interface WrittenRule {
  readonly name?: string;
  readonly at: number;
  readonly does: 'Allow' | 'Deny';
  readonly direction?: 'Inbound' | 'Outbound';
  readonly protocol?: string;
  readonly from?: string | readonly string[];
  readonly to?: string | readonly string[];
  readonly port?: string | readonly string[];
  /** An application security group in the place of sources. */
  readonly asg?: string;
}

/** A group of these rules, inbound and over TCP where they do not say otherwise. */
export function writtenGroup(name: string, ...rules: readonly WrittenRule[]) {
  return {
    name,
    id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/${name}`,
    properties: {
      securityRules: rules.map((rule) => ({
        name: rule.name ?? `${rule.does}-${rule.at}`,
        properties: {
          direction: rule.direction ?? 'Inbound',
          access: rule.does,
          priority: rule.at,
          protocol: rule.protocol ?? 'Tcp',
          sourcePortRange: '*',
          ...(rule.asg === undefined
            ? side('sourceAddressPrefix', rule.from)
            : { sourceApplicationSecurityGroups: [{ id: rule.asg }] }),
          ...side('destinationAddressPrefix', rule.to),
          ...(typeof rule.port === 'object'
            ? { destinationPortRanges: rule.port }
            : { destinationPortRange: rule.port ?? '*' }),
        },
      })),
    },
  };
}

function side(name: string, value: string | readonly string[] = '*'): Record<string, unknown> {
  return typeof value === 'string' ? { [name]: value } : { [`${name}es`]: value };
}
