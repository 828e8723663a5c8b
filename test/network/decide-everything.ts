import { resourceId } from '../../shared/model/resource-id.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { type Decision, decide } from '../../shared/network/decide.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';

/** What one list of rules makes of every packet of a direction. */
export function decideEverything(
  rules: readonly SecurityRule[],
  direction: SecurityRule['direction'],
  surroundings: Surroundings,
): Decision {
  return decide(
    {
      direction,
      protocols: [],
      source: { kind: 'any' },
      sourcePorts: [],
      destination: { kind: 'any' },
      destinationPorts: [],
    },
    [{ kind: 'securityGroup', at: resourceId('/nsg'), name: 'nsg', rules }],
    surroundings,
  );
}
