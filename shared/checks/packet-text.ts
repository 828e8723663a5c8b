import type { Decision } from '../network/decide.ts';
import { describe, type DescribedBox } from '../packets/describe.ts';
import { type PacketSet, protocols } from '../packets/packet-set.ts';
import { listed } from './judgement.ts';
import { keptBy } from './kept-by.ts';

/**
 * Packets in a few words: `everything` where it is all that was asked about, else protocols, ports
 * and the destinations that are not all of those asked about; at most two boxes and a count.
 */
export function packetText(set: PacketSet, decision: Decision): string {
  if (decision.asked.atLeast.isSubsetOf(set)) return 'everything';
  const boxes = describe(set, decision.names);
  const whole = destinationsAsked(decision);
  const texts = boxes.map((box) => boxText(box, whole));
  return listed(texts, 2);
}

/** The texts that stand for all destinations asked about: every rule of a decision is told with them. */
const destinationsAsked = keptBy(
  ({ asked, names }: Decision): ReadonlySet<string> =>
    new Set(describe(asked.atLeast, names).map(({ destinations }) => destinations.join())),
);

function boxText(box: DescribedBox, whole: ReadonlySet<string>): string {
  const protocolText =
    box.protocols.length === protocols.length ? 'every protocol' : box.protocols.join('/');
  const isEveryPort = box.destinationPorts.join() === '0-65535';
  const portText = isEveryPort ? '' : ` port ${listed(box.destinationPorts, 4)}`;
  const destinationText = whole.has(box.destinations.join())
    ? ''
    : ` to ${listed(box.destinations)}`;
  return `${protocolText}${portText}${destinationText}`;
}
