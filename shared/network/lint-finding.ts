import { describePacket } from '../packets/describe.ts';
import { packetLine } from '../packets/packet-line.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { type BoxedRule, type Taker, certainlyTaken } from './rule-share.ts';
import type { SecurityRule } from './security-rule.ts';

export type LintKind =
  | 'shadowed'
  | 'redundant'
  | 'conflict'
  | 'unreachable-port'
  | 'broad'
  /** Too complex to say, within the work that one rule may cost. */
  | 'unknown';

/** Something about one rule that its author probably did not mean. */
export interface LintFinding {
  readonly rule: SecurityRule;
  readonly kind: LintKind;
  /** The other rules that make it so, in the order packets meet them. */
  readonly by: readonly SecurityRule[];
  /** Why, with a packet that shows it. */
  readonly says: string;
}

/** A packet of the set that certainly exists, if it can be one such as people see every day. */
export function exampleOf(set: PacketSet, { box, names }: BoxedRule): string | undefined {
  const existing = set.intersect(box.existing);
  const packet = existing.intersect(box.ordinary).witness() ?? existing.witness();
  return packet === undefined ? undefined : packetLine(describePacket(packet, names));
}

/**
 * A packet that one of the takers decides whatever the unresolved names hold, as a clause; `among`
 * picks the packets that are asked for. Better one that certainly is the rule's own, if only by the
 * name of a tag, than a number that perhaps is.
 */
export function takenExample(
  takers: readonly Taker[],
  boxed: BoxedRule,
  among: (taken: PacketSet) => PacketSet = (taken) => taken,
): string | undefined {
  const its = (taken: PacketSet): PacketSet =>
    boxed.bounds.reduce((all, of) => all.intersect(of(boxed.rule).atLeast), taken);
  return (
    exampleAmong(takers, boxed, (taken) => among(its(taken))) ??
    exampleAmong(takers, boxed, (taken) => among(taken.intersect(boxed.box.numbered)))
  );
}

function exampleAmong(
  takers: readonly Taker[],
  boxed: BoxedRule,
  among: (taken: PacketSet) => PacketSet,
): string | undefined {
  const named = new Set(takers.map((taker) => taker.rule));
  for (const { rule, taken } of certainlyTaken(boxed)) {
    const line = named.has(rule) ? exampleOf(among(taken), boxed) : undefined;
    if (line !== undefined) return `for instance ${line} is ${done(rule)} by ${rule.name}`;
  }
  return undefined;
}

/** What becomes of the packets of a rule. */
export function done({ access }: SecurityRule): string {
  return access === 'Allow' ? 'allowed' : 'denied';
}

/** The rules with their priorities; of more than four, three and a count. */
export function listed(rules: readonly SecurityRule[]): string {
  const texts = rules.map(({ name, priority }) => `${name} (${priority})`);
  const shown = texts.length > 4 ? [...texts.slice(0, 3), `${texts.length - 3} more`] : texts;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** The clauses there are as one sentence. */
export function sentence(parts: readonly (string | undefined)[]): string {
  return `${parts.filter((part) => part !== undefined).join('; ')}.`;
}
