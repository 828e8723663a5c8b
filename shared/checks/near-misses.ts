import type { ResourceId } from '../model/resource-id.ts';
import type { SecurityRule } from '../network/security-rule.ts';
import { addressSet, subtractAddresses } from '../packets/address.ts';
import type { Place } from './scoring-targets.ts';

/** A rule that would let callers in, were the scoring endpoint where the rule takes it to be. */
export interface NearMiss {
  /** The network security group. */
  readonly at: ResourceId;
  readonly rule: SecurityRule;
  /** The destinations that it allows, as written. */
  readonly allows: readonly string[];
}

/** Allow rules for the right port that name another address than the endpoint's. */
export function nearMisses({ endpoint, rule, chain }: Place): readonly NearMiss[] {
  if (!rule.floatingIp) return [];
  return chain.flatMap((list): readonly NearMiss[] => {
    if (list.kind !== 'securityGroup') return [];
    return list.rules
      .filter((candidate) => namesAnotherAddress(candidate, endpoint.address, rule.frontendPort))
      .map((candidate) => ({ at: list.at, rule: candidate, allows: prefixesOf(candidate) }));
  });
}

function namesAnotherAddress(rule: SecurityRule, address: string, port: number): boolean {
  const opensPort =
    rule.destinationPorts.length === 0 ||
    rule.destinationPorts.some(({ from, to }) => from <= port && port <= to);
  const prefixes = prefixesOf(rule);
  return (
    rule.direction === 'Inbound' &&
    rule.access === 'Allow' &&
    (rule.protocol === 'Tcp' || rule.protocol === '*') &&
    opensPort &&
    prefixes.length > 0 &&
    prefixes.length === rule.destinations.length &&
    !coversAddress(prefixes, address)
  );
}

function coversAddress(prefixes: readonly string[], address: string): boolean {
  const left = subtractAddresses(addressSet([address]), addressSet(prefixes));
  return left.v4.length === 0 && left.v6.length === 0;
}

function prefixesOf(rule: SecurityRule): readonly string[] {
  return rule.destinations.flatMap((match) => (match.kind === 'prefix' ? [match.text] : []));
}
