import { parsePrefix } from '../packets/address.ts';
import type { AddressMatch, PortRange, Protocol } from './security-rule.ts';

const serviceTagName = /^[A-Za-z][A-Za-z0-9.-]*$/;

/**
 * One address of a rule or a question: `*` or `any`, an address, a CIDR prefix, an `a-b` range, or
 * a service tag.
 * @throws RangeError naming the text where it is none of these.
 */
export function parseAddressMatch(text: string): AddressMatch {
  const trimmed = text.trim();
  if (trimmed === '*' || trimmed.toLowerCase() === 'any') return { kind: 'any' };
  if (parsePrefix(trimmed) !== undefined) return { kind: 'prefix', text: trimmed };
  if (serviceTagName.test(trimmed)) return { kind: 'serviceTag', name: trimmed };
  throw new RangeError(
    `'${text}' is neither an address, a CIDR prefix, a range nor a service tag; write for instance 10.0.0.0/24 or AzureContainerRegistry`,
  );
}

/**
 * Ports as Azure writes them: `*` or `any` (every port, undefined), `443` or `8000-8080`.
 * @throws RangeError naming the text where it is neither.
 */
export function parsePortRange(text: string): PortRange | undefined {
  const trimmed = text.trim();
  if (trimmed === '*' || trimmed.toLowerCase() === 'any') return undefined;
  const [, first, last] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(trimmed) ?? [];
  const from = Number(first);
  const to = last === undefined ? from : Number(last);
  if (first === undefined || from > to || to > 65_535) {
    throw new RangeError(`'${text}' is no port or port range; write 443, 8000-8080 or *`);
  }
  return { from, to };
}

const protocolNames: ReadonlyMap<string, Protocol | '*'> = new Map([
  ['*', '*'],
  ['any', '*'],
  ['all', '*'],
  ['tcp', 'Tcp'],
  ['udp', 'Udp'],
  ['icmp', 'Icmp'],
  ['esp', 'Esp'],
  ['ah', 'Ah'],
]);

/**
 * A protocol in any casing; Azure says `*`, `Any` or `All` for all of them.
 * @throws RangeError naming the text where Azure knows no such protocol.
 */
export function parseProtocol(text: string): Protocol | '*' {
  const protocol = protocolNames.get(text.trim().toLowerCase());
  if (protocol === undefined) {
    throw new RangeError(`'${text}' is no protocol; write tcp, udp, icmp, esp, ah or any`);
  }
  return protocol;
}
