import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { type Missing, foundIn } from '../model/verdict.ts';
import {
  type AddressBounds,
  type Surroundings,
  privateAddresses,
} from '../network/address-bounds.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import { containsServiceTag } from '../network/service-tags.ts';
import {
  addressSet,
  noAddresses,
  parsePrefix,
  realAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import { unlistedTag } from './callers.ts';
import { workloadSubnets } from './subnet-rules.ts';

/** Who may call: addresses that certainly may and that perhaps may, and tags nobody could resolve. */
export interface CallerAddresses extends AddressBounds {
  readonly unresolvedTags: readonly string[];
  readonly missing: readonly Missing[];
}

/** The addresses of the callers as the settings name them. */
export function addressesOfCallers(
  sources: readonly string[],
  { serviceTags, virtualNetwork }: Surroundings,
): CallerAddresses {
  const all: AddressBounds = { atLeast: realAddresses, atMost: realAddresses };
  const none: AddressBounds = { atLeast: noAddresses, atMost: realAddresses };
  const unresolvedTags: string[] = [];
  const missing: Missing[] = [];
  function boundsOf(text: string): AddressBounds {
    const match = parseAddressMatch(text);
    if (match.kind === 'prefix') return exactly(addressSet([match.text]));
    if (match.kind !== 'serviceTag') return all;
    const tag = match.name.toLowerCase();
    // Nobody outside is more than the Internet.
    if (tag === 'internet') return all;
    if (tag === 'virtualnetwork') return virtualNetwork ?? none;
    const listed = serviceTags.addresses(tag);
    if (listed !== undefined) return exactly(listed);
    unresolvedTags.push(match.name);
    missing.push(
      serviceTags.listed
        ? unlistedTag(text)
        : {
            what: `the addresses of the caller ${text}`,
            scope: '/',
            why: 'it is a service tag, and no service tag list was read',
          },
    );
    return none;
  }
  const { atLeast, atMost } = sources.map(boundsOf).reduce(unite, exactly(noAddresses));
  return { atLeast, atMost, unresolvedTags, missing };
}

/** Whether everything that a rule's match covers is a caller by the tag's name alone. */
export function isCallerTag(name: string, unresolvedTags: readonly string[]): boolean {
  return unresolvedTags.some((tag) => containsServiceTag(tag, name));
}

/** The cluster's own nodes and pods; perhaps any inside address where not all of them are known. */
export function ownAddresses({
  subnets,
  addresses: { pods },
}: InferenceCluster): AddressBounds & { readonly missing: readonly Missing[] } {
  const prefixes = workloadSubnets(foundIn(subnets)).map((subnet) => subnet.prefixes);
  const atLeast = addressSet([
    ...prefixes.flatMap((one) => (one.known ? one.value : [])),
    ...(pods.known ? pods.value.cidrs.filter((cidr) => parsePrefix(cidr) !== undefined) : []),
  ]);
  const missing = [subnets, pods, ...prefixes].flatMap((one) => (one.known ? [] : one.missing));
  const atMost = missing.length === 0 ? atLeast : uniteAddresses(atLeast, privateAddresses);
  return { atLeast, atMost, missing };
}

/** What either covers. */
export function unite(a: AddressBounds, b: AddressBounds): AddressBounds {
  return {
    atLeast: uniteAddresses(a.atLeast, b.atLeast),
    atMost: uniteAddresses(a.atMost, b.atMost),
  };
}

function exactly(set: AddressBounds['atLeast']): AddressBounds {
  return { atLeast: set, atMost: set };
}
