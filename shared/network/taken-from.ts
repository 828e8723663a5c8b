import type { PacketSet } from '../packets/packet-set.ts';
import type { Decision, RuleList } from './decide.ts';
import { isCustom } from './default-rules.ts';
import type { AdminRule, SecurityRule } from './security-rule.ts';

/** What one rule takes of the packets a decision was asked about. */
export interface Taking {
  readonly list: Exclude<RuleList, { readonly kind: 'unread' }>;
  readonly rule: SecurityRule | AdminRule;
  /** Packets that certainly exist and that the rule certainly takes. */
  readonly certain: PacketSet;
  /** Packets that it may take, for what the unresolved tags and groups may hold. */
  readonly possible: PacketSet;
}

/**
 * What the rules of a chain take away from the asked packets, rule by rule, in the order packets
 * meet them: the share of each Deny that Azure did not make. Asked about all packets of a default
 * rule, it is what that rule no longer lets through. A packet that two lists deny is taken by each.
 */
export function takenFrom({ hops, asked }: Decision): readonly Taking[] {
  return hops.flatMap(({ list, shares }) =>
    list.kind === 'unread'
      ? []
      : shares
          .filter(({ rule }) => rule.access === 'Deny' && isCustom(rule))
          .map(({ rule, certain, possible }) => ({
            list,
            rule,
            certain: certain.intersect(asked.atLeast),
            possible,
          })),
  );
}
