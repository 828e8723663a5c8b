import { type ResourceId, isWithin, nameOf } from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  foundIn,
  known,
  listing,
  unknown,
} from '../model/verdict.ts';
import { type AddressRange, formatAddress, parseAddress, parsePrefix } from '../packets/address.ts';
import type { ClusterToRead } from './cluster-subnets.ts';
import type { Compute, Computes } from './computes.ts';
import { amlExtensionsOf, belongsToScoring } from './find-clusters.ts';
import { readFrontends } from './frontends.ts';
import type { ClusterSubnet, ScoringEndpoint } from './inference-cluster.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import type { ExtensionRow } from './rows/extension.ts';
import { loadBalancerRow } from './rows/load-balancer.ts';
import { onlineEndpointRow } from './rows/online-endpoint.ts';
import { type PublicIpRow, publicIpRow } from './rows/public-ip.ts';

const endpointsType = 'microsoft.machinelearningservices/workspaces/onlineendpoints';
const balancersType = 'microsoft.network/loadbalancers';
const publicIpsType = 'microsoft.network/publicipaddresses';

/** What some resource says of one address. */
interface Sighting {
  readonly address: string;
  readonly at: ResourceId;
  readonly source: string;
  readonly plainHttp?: boolean | undefined;
}

/** RFC 1918, RFC 6598 and RFC 4193: addresses that no one can call from the Internet. */
const privateRanges = rangesOf([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
]);

/**
 * Where the cluster's models are called: the hosts of online endpoints, the front end that an
 * Azure ML v1 compute names, and the public IP addresses of the service `azureml-fe`, merged by
 * address. A name is looked up among the cluster's public IP addresses, never in DNS.
 * Source: learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet.
 */
export function readScoringEndpoints(
  reader: RowReader,
  cluster: ClusterToRead,
  computes: Computes,
  subnets: Listing<ClusterSubnet>,
): Listing<ScoringEndpoint> {
  const publicIps = readPublicIps(reader, cluster);
  const extensions = amlExtensionsOf(reader, cluster.id);
  const own = computes.seenOf(cluster.id);
  const endpoints = endpointsOf(reader, own);
  const ofEndpoints = onlineEndpoints(endpoints.found, own, publicIps.found);
  const tagged = taggedAddresses(publicIps.found);
  const sightings: Sighting[] = [];
  const missing: Missing[] = [...endpoints.missing];
  for (const found of [...ofEndpoints, ...frontEndsOfV1(own), ...tagged]) {
    if (found.known) sightings.push(found.value);
    else missing.push(...found.missing);
  }
  if (sightings.length === 0 && missing.length === 0) {
    const none = noEndpoint(cluster, computes, extensions);
    if (!none.known) return none;
    if (none.value === 'behindOwnIngress') return known([]);
  }
  if (
    sightings.length > 0 &&
    tagged.length + ofEndpoints.length === 0 &&
    own.some(({ type }) => type === 'Kubernetes')
  ) {
    // An internal front end of v2 shows only in its online endpoints.
    missing.push(...endpoints.unread);
  }
  missing.push(...publicIps.missing);
  const plainHttp = extensions.some(
    (extension) => extension.properties.setting('allowInsecureConnections') === 'true',
  );
  const frontends = readFrontends(reader, cluster, subnets);
  return listing(
    [...Map.groupBy(sightings, (sighting) => sighting.address)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([address, seen]) => {
        const frontend = frontends.of(address);
        return {
          address,
          visibility: visibility(address, frontend.side, subnets),
          ...firstOf(seen),
          ...plainHttpOf([...seen.map((one) => one.plainHttp), plainHttp ? true : undefined]),
          frontend: frontend.frontend,
        };
      }),
    missing,
  );
}

/** Where nothing shows an address: whether that proves that there is none. */
function noEndpoint(
  cluster: ClusterToRead,
  computes: Computes,
  extensions: readonly ExtensionRow[],
): Known<'noInference' | 'behindOwnIngress'> {
  const routerTypes = extensions.map((extension) =>
    extension.properties.setting('inferenceRouterServiceType'),
  );
  const behindOwnIngress = routerTypes.some((type) => type === 'clusterip' || type === 'nodeport');
  if (behindOwnIngress && computes.seenOf(cluster.id).every(({ type }) => type === 'Kubernetes')) {
    return known('behindOwnIngress');
  }
  const read = computes.of(cluster.id);
  if (!read.known) {
    return unknown(noAddress(cluster.id, 'nothing names it'), ...read.missing);
  }
  const trainsOnly =
    extensions.length > 0 &&
    extensions.every((extension) => extension.properties.setting('enableInference') === 'false');
  const serving = read.value.filter(({ type }) => type === 'AKS' || !trainsOnly);
  return serving.length === 0
    ? known('noInference')
    : unknown(
        noAddress(
          cluster.id,
          `${serving.map(({ id }) => nameOf(id)).join(', ')} serves inference, and neither an online endpoint, the compute nor a public IP address names it`,
        ),
      );
}

function noAddress(scope: string, why: string): Missing {
  return { what: 'address of the scoring endpoint', scope, why };
}

interface FoundIp {
  readonly id: ResourceId;
  readonly value: PublicIpRow;
}

/** The public IP addresses in the node resource group, and those elsewhere that its load balancers use. */
function readPublicIps(
  reader: RowReader,
  { id, nodeGroup }: ClusterToRead,
): { readonly found: readonly FoundIp[]; readonly missing: readonly Missing[] } {
  if (nodeGroup === undefined) {
    return {
      found: [],
      missing: [noAddress(id, 'the cluster does not name its node resource group')],
    };
  }
  const inside = reader.all(publicIpRow, publicIpsType, nodeGroup);
  const elsewhere: FoundIp[] = [];
  const unseen: Missing[] = [];
  for (const publicIp of publicIpsServing(reader, nodeGroup)) {
    if (isWithin(publicIp, nodeGroup)) continue;
    const read = reader.follow(publicIpRow, publicIp, 'public IP address');
    if (read.known) elsewhere.push({ id: publicIp, value: read.value });
    else unseen.push(...read.missing);
  }
  const unread = [
    ...missingOf(reader.snapshot.wasReadWithin(publicIpsType, nodeGroup)),
    ...inside.missing,
    ...unseen,
  ];
  return {
    found: [...inside.found.map(({ row, value }) => ({ id: row.id, value })), ...elsewhere],
    missing:
      unread.length === 0
        ? []
        : [noAddress(id, 'not all public IP addresses of the cluster were read'), ...unread],
  };
}

/** Public IP addresses of load balancer frontends that have rules; the others only lead out. */
function publicIpsServing(reader: RowReader, nodeGroup: ResourceId): ReadonlySet<ResourceId> {
  const ids = new Set<ResourceId>();
  for (const { value } of reader.all(loadBalancerRow, balancersType, nodeGroup).found) {
    const { frontendIPConfigurations, loadBalancingRules } = value.properties;
    const serving = new Set(
      loadBalancingRules.map((rule) => rule.properties.frontendIPConfiguration),
    );
    for (const { id, properties } of frontendIPConfigurations) {
      const publicIp = properties?.publicIPAddress;
      if (publicIp !== undefined && serving.has(id)) ids.add(publicIp);
    }
  }
  return ids;
}

function onlineEndpoints(
  endpoints: ReturnType<typeof endpointsOf>['found'],
  computes: readonly Compute[],
  publicIps: readonly FoundIp[],
): Known<Sighting>[] {
  const ids = new Set(computes.map(({ id }) => id));
  const sightings: Known<Sighting>[] = [];
  for (const { row, value } of endpoints) {
    const { compute, scoringUri } = value.properties;
    if (compute === undefined || !ids.has(compute) || scoringUri === undefined) continue;
    const uri = /^(https?):\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/?#]+))/i.exec(scoringUri);
    const host = (uri?.[2] ?? uri?.[3])?.replace(/\.$/, '').toLowerCase();
    const address = host === undefined ? undefined : addressOfHost(host, publicIps);
    sightings.push(
      address === undefined
        ? unknown(
            noAddress(
              row.id,
              `its scoringUri ${scoringUri} names no address, and no public IP address of the cluster has that name`,
            ),
          )
        : known({
            address,
            at: row.id,
            source: `scoringUri of the online endpoint ${nameOf(row.id)}`,
            plainHttp: uri?.[1]?.toLowerCase() === 'http',
          }),
    );
  }
  return sightings;
}

/** The online endpoints of the computes' workspaces; an endpoint's compute is in its own workspace. */
function endpointsOf(reader: RowReader, computes: readonly Compute[]) {
  const workspaces = [...new Set(computes.map(({ workspaceId }) => workspaceId))];
  const read = workspaces.map((id) => reader.all(onlineEndpointRow, endpointsType, id));
  return {
    found: read.flatMap(({ found }) => found),
    missing: read.flatMap(({ missing }) => missing),
    unread: workspaces.flatMap((id) => missingOf(reader.snapshot.wasReadWithin(endpointsType, id))),
  };
}

function addressOfHost(host: string, publicIps: readonly FoundIp[]): string | undefined {
  const named = publicIps.find(
    ({ value }) => value.properties.dnsSettings?.fqdn?.replace(/\.$/, '') === host,
  );
  return canonical(host) ?? canonical(named?.value.properties.ipAddress);
}

function frontEndsOfV1(computes: readonly Compute[]): Known<Sighting>[] {
  return computes.flatMap((compute) => {
    const inner = compute.row.properties.properties;
    const ssl = inner?.sslConfiguration?.status;
    return (inner?.systemServices ?? [])
      .filter(({ type }) => type === 'scoringfrontend')
      .flatMap(({ address: written }): Known<Sighting>[] => {
        if (written === undefined) return [];
        const address = canonical(written);
        return [
          address === undefined
            ? unknown(noAddress(compute.id, `its front end's address "${written}" is none`))
            : known({
                address,
                at: compute.id,
                source: `scoring front end of the compute ${nameOf(compute.id)}`,
                plainHttp: ssl === undefined ? undefined : ssl === 'disabled',
              }),
        ];
      });
  });
}

function taggedAddresses(publicIps: readonly FoundIp[]): Known<Sighting>[] {
  return publicIps
    .filter(({ value }) => belongsToScoring(value.tags))
    .map(({ id, value }) => {
      const address = canonical(value.properties.ipAddress);
      return address === undefined
        ? unknown(noAddress(id, 'the public IP address of azureml-fe has no address yet'))
        : known({ address, at: id, source: 'public IP address of the service azureml-fe' });
    });
}

function canonical(written: string | undefined): string | undefined {
  const address = written === undefined ? undefined : parseAddress(written);
  return address === undefined ? undefined : formatAddress(address.family, address.value);
}

function firstOf(seen: readonly Sighting[]): { readonly at: ResourceId; readonly source: string } {
  const [first] = seen;
  if (first === undefined) throw new RangeError('A group of sightings is never empty');
  return {
    at: first.at,
    source: [...new Set(seen.map(({ source }) => source))].join('; '),
  };
}

/** Plain HTTP anywhere is plain HTTP; silence says nothing. */
function plainHttpOf(said: readonly (boolean | undefined)[]): { readonly plainHttp?: boolean } {
  if (said.includes(true)) return { plainHttp: true };
  return said.includes(false) ? { plainHttp: false } : {};
}

function visibility(
  address: string,
  side: 'public' | 'private' | undefined,
  subnets: Listing<ClusterSubnet>,
): ScoringEndpoint['visibility'] {
  if (side !== undefined) return side;
  const networks = foundIn(subnets).flatMap((subnet) =>
    subnet.virtualNetwork.known ? subnet.virtualNetwork.value.addressPrefixes : [],
  );
  return holds([...privateRanges, ...rangesOf(networks)], address) ? 'private' : 'public';
}

function holds(ranges: readonly AddressRange[], text: string): boolean {
  const address = parseAddress(text);
  return (
    address !== undefined &&
    ranges.some(
      ({ family, from, to }) =>
        family === address.family && from <= address.value && address.value < to,
    )
  );
}

function rangesOf(prefixes: readonly string[]): AddressRange[] {
  return prefixes.flatMap((prefix) => parsePrefix(prefix) ?? []);
}
