import type { Decision } from '../network/decide.ts';
import { describe, type DescribedBox } from '../packets/describe.ts';
import { type PacketSet, protocols } from '../packets/packet-set.ts';
import { listed } from './judgement.ts';

/**
 * Packets in a few words: protocols, ports and destinations, `everything` for what a dimension of
 * the question leaves whole; at most two boxes and a count.
 */
export function packetText(set: PacketSet, decision: Decision): string {
  const boxes = describe(set, decision.names);
  const whole = new Set(
    describe(decision.asked.atLeast, decision.names).map(({ destinations }) => destinations.join()),
  );
  const texts = boxes.map((box) => boxText(box, whole));
  return listed(texts, 2);
}

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
