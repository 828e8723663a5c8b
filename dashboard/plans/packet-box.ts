import type { Plan } from '../api/api-types.ts';

type Box = Plan['diff']['newlyAllowed'][number];

/** `TCP 203.0.113.0/24 → 20.4.0.19 port 443`: packets in a line. */
export function boxText({
  protocols,
  sources,
  sourcePorts,
  destinations,
  destinationPorts,
}: Box): string {
  const from = joined(sources) + (isAny(sourcePorts) ? '' : ` port ${joined(sourcePorts)}`);
  const to =
    joined(destinations) + (isAny(destinationPorts) ? '' : ` port ${joined(destinationPorts)}`);
  return `${joined(protocols).toUpperCase()} ${from} → ${to}`;
}

function isAny(ports: readonly string[]): boolean {
  return ports.every((port) => port === '*' || port === '0-65535');
}

function joined(texts: readonly string[]): string {
  return texts.length === 0 ? 'any' : texts.join(', ');
}
