/**
 * The four proofs of a plan, held against estates of any kind: its requests are written into the rows
 * as Azure would, the audit looks again, and the packets are read off the rows by a first-match reading
 * that shares nothing with planner and engine.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypeNamed } from '../../shared/inventory/row-type.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  type AuditPlan,
  auditCluster,
  auditScope,
  auditedTypes,
} from '../../shared/pipeline/audit.ts';
import { planFindings } from '../../shared/pipeline/plan-findings.ts';
import type { Row } from '../../shared/ports.ts';
import type { DescribedBox } from '../../shared/packets/describe.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import { planners } from '../../shared/remediation/planners.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import {
  type Body,
  type SmallCluster,
  type SmallEstate,
  ports,
  roles,
  serviceTagPrefixes,
  smallEstateOf,
  smallEstates,
} from './small-estates.ts';
import {
  type PacketChange,
  type TagRanges,
  type WrittenPacket,
  addressesOf,
  changesOf,
  isIn,
  packetText,
  passesGroup,
  portsOf,
  tagRangesIn,
} from './written-packets.ts';
import { afterWrite } from './written-estate.ts';

const isDeep = import.meta.env.MODE === 'deep';
/** Estates come in parts, so that a deep run tells how far it is. */
const parts = isDeep ? 8 : 1;
const runs = isDeep ? 500 : 120;

function auditPlanOn(rows: readonly object[], settings: object): AuditPlan {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return {
    catalogue,
    settings: parsed.settings,
    today: '2026-11-26',
    onDefect: ({ error }) => {
      throw error;
    },
    snapshot: snapshotOf(rows.map(rowOf), undefined, [...auditedTypes, ...ownershipTypes]),
  };
}

function rowOf(body: object): Row {
  const type = resourceTypeNamed(String(Reflect.get(body, 'type')));
  if (type === undefined) throw new RangeError('a row is of a type that no audit reads');
  return { kind: 'row', id: resourceId(String(Reflect.get(body, 'id'))), type, body: { ...body } };
}

/** Every verdict, by `<cluster id> <check id>`. */
function verdictsOn(rows: readonly object[], settings: object): ReadonlyMap<string, string> {
  const plan = auditPlanOn(rows, settings);
  const verdicts = auditScope(plan).ids.flatMap((id) => auditCluster(plan, id)?.verdicts ?? []);
  return new Map(verdicts.map(({ clusterId, checkId, kind }) => [`${clusterId} ${checkId}`, kind]));
}

function plansFor({ rows, settings }: SmallEstate): readonly Plan[] {
  const planned = planFindings(auditPlanOn(rows, settings), '2026-11-27T00:00:00.000Z');
  return [...planned].flatMap((one) => (one.kind === 'plan' ? [one.plan] : []));
}

function applied(rows: readonly object[], { changes }: Pick<Plan, 'changes'>): readonly object[] {
  return changes.reduce<readonly object[]>((before, change) => afterWrite(before, change), rows);
}

/** What a test reads of a plan's cluster in one network. */
interface Asked {
  readonly cluster: SmallCluster;
  readonly tags: TagRanges;
  /** The addresses of its nodes and pods. */
  readonly inside: ReturnType<typeof addressesOf>;
}

function isToEndpoint({ direction, protocol, destination, port }: WrittenPacket, asked: Asked) {
  const { endpoint, subnets } = asked.cluster;
  const at = endpoint.isFloating ? [endpoint.ip] : subnets.map(({ prefix }) => prefix);
  return (
    direction === 'Inbound' &&
    protocol === 'Tcp' &&
    isIn(destination, addressesOf(at, asked.tags)) &&
    port === (endpoint.isFloating ? ports.endpoint : ports.node)
  );
}

function isFromCaller({ source }: WrittenPacket, { cluster, tags }: Asked): boolean {
  return isIn(source, addressesOf(callersOf(cluster), tags));
}

/** Whoever calls from everywhere calls from the Internet. */
function callersOf({ callers }: SmallCluster): readonly string[] {
  return callers === 'none'
    ? []
    : callers.map((text) => (text === '0.0.0.0/0' ? 'Internet' : text));
}

const needed = portsOf(['80', '443', '445', '5831', '8787', '18881']);
const servicesOf = (tags: TagRanges) => addressesOf(Object.keys(serviceTagPrefixes), tags);
const toServices = (packet: WrittenPacket, { inside, tags }: Asked): boolean =>
  packet.direction === 'Outbound' &&
  isIn(packet.source, inside) &&
  isIn(packet.destination, servicesOf(tags)) &&
  isIn(packet.port, needed);

const isToTimeServer = (packet: WrittenPacket, { inside, tags }: Asked): boolean =>
  packet.direction === 'Outbound' &&
  packet.protocol === 'Udp' &&
  packet.port === 123 &&
  isIn(packet.source, inside) &&
  isIn(packet.destination, addressesOf(['Internet'], tags));

/** What each check asks to be let through, at the most. */
const openable: Readonly<Record<string, (packet: WrittenPacket, asked: Asked) => boolean>> = {
  'scoring-inbound-allowed': (packet, asked) =>
    isToEndpoint(packet, asked) && isFromCaller(packet, asked),
  'load-balancer-probe-allowed': (packet, { tags, cluster }) =>
    packet.direction === 'Inbound' &&
    packet.protocol === 'Tcp' &&
    packet.port === ports.probe &&
    isIn(packet.source, addressesOf(['AzureLoadBalancer'], tags)) &&
    isIn(
      packet.destination,
      addressesOf(
        cluster.subnets.map(({ prefix }) => prefix),
        tags,
      ),
    ),
  'intra-network-traffic-allowed': (packet, { inside }) =>
    isIn(packet.source, inside) && isIn(packet.destination, inside),
  'default-outbound-kept': (packet, { inside, tags }) =>
    packet.direction === 'Outbound' &&
    isIn(packet.source, inside) &&
    isIn(packet.destination, addressesOf(['VirtualNetwork', 'Internet'], tags)),
  'restricted-outbound-allows-registry': toServices,
  'restricted-outbound-allows-dependencies': (packet, asked) =>
    toServices(packet, asked) || isToTimeServer(packet, asked),
  'scoring-inbound-no-wider-than-callers': () => false,
};

/** What a plan that narrows may deny: strangers at the endpoint. */
function isStranger(packet: WrittenPacket, asked: Asked): boolean {
  return (
    isToEndpoint(packet, asked) &&
    !isFromCaller(packet, asked) &&
    !isIn(packet.source, asked.inside) &&
    !isIn(packet.source, addressesOf(['VirtualNetwork', 'AzureLoadBalancer'], asked.tags))
  );
}

function isShown(packet: WrittenPacket, boxes: readonly DescribedBox[], tags: TagRanges): boolean {
  return boxes.some(
    (box) =>
      box.protocols.includes(packet.protocol) &&
      isIn(packet.source, addressesOf(box.sources.filter(isIpv4), tags)) &&
      isIn(packet.destination, addressesOf(box.destinations.filter(isIpv4), tags)) &&
      (packet.protocol === 'Icmp' || isIn(packet.port, portsOf(box.destinationPorts))),
  );
}

const isIpv4 = (text: string): boolean => !text.includes(':');

/** Every packet whose fate a plan changes, in each network that a group of it is in, as texts of what is wrong. */
function wrongPackets(
  estate: SmallEstate,
  plan: Plan,
  after: readonly object[],
): readonly string[] {
  const cluster = clusterOf(estate, plan);
  return changedGroups(estate.rows, after).flatMap(({ before, now }) => {
    const id = String(before['id']);
    const networks = new Set(
      estate.clusters
        .filter(({ subnets }) => subnets.some(({ groupId }) => groupId === id))
        .map(({ network }) => network),
    );
    return [...networks].flatMap((network) => {
      const tags = tagRangesIn(estate.spaces[network] ?? [], serviceTagPrefixes);
      const own = cluster.subnets.map(({ prefix }) => prefix);
      const pods = cluster.podCidr === undefined ? [] : [cluster.podCidr];
      const asked: Asked = { cluster, tags, inside: addressesOf([...own, ...pods], tags) };
      const also = {
        addresses: addressesOf([...own, ...pods, ...callersOf(cluster), cluster.endpoint.ip], tags),
        ports: portsOf(['443', String(ports.node), String(ports.probe)]),
      };
      return changesOf(before, now, tags, also).flatMap((change) => {
        const because = wrongIn(change, plan, asked);
        return because === undefined ? [] : [`${because}: ${packetText(change.packet)}`];
      });
    });
  });
}

function wrongIn({ packet, isAllowed }: PacketChange, plan: Plan, asked: Asked) {
  const { newlyAllowed, newlyDenied } = plan.diff;
  if (isAllowed) {
    if (openable[plan.checkId]?.(packet, asked) !== true) return 'opened, and not asked for';
    return isShown(packet, newlyAllowed, asked.tags) ? undefined : 'opened, and not shown';
  }
  const mayDeny = plan.checkId === 'scoring-inbound-no-wider-than-callers';
  if (!mayDeny || !isStranger(packet, asked)) return 'denied, and not in excess';
  return isShown(packet, newlyDenied, asked.tags) ? undefined : 'denied, and not shown';
}

function clusterOf({ clusters }: SmallEstate, { clusterId }: Plan): SmallCluster {
  const cluster = clusters.find(({ id }) => resourceId(id) === clusterId);
  if (cluster === undefined) throw new RangeError(`${clusterId} is no cluster of the estate`);
  return cluster;
}

function changedGroups(before: readonly object[], after: readonly object[]) {
  return before.flatMap((row) => {
    const id = Reflect.get(row, 'id');
    const now = after.find((one) => Reflect.get(one, 'id') === id);
    return now === row || now === undefined ? [] : [{ before: row as Body, now: now as Body }];
  });
}

/** What becomes of rows that a plan may never touch, as texts. */
function wrongRows(estate: SmallEstate, plan: Plan, after: readonly object[]): readonly string[] {
  const cluster = clusterOf(estate, plan);
  const groups = new Set(cluster.subnets.map(({ groupId }) => groupId));
  const touched = changedGroups(estate.rows, after).flatMap(({ before }) =>
    groups.has(String(before['id'])) ? [] : [`${String(before['id'])} is not the cluster's`],
  );
  const gone = estate.rows.filter((row) => {
    return !after.some((one) => Reflect.get(one, 'id') === row['id']);
  });
  const granted = after.filter((row) => {
    return !estate.rows.some(({ id }) => id === Reflect.get(row, 'id'));
  });
  return [
    ...touched,
    ...gone.map(({ id }) => `${String(id)} is gone`),
    ...granted.flatMap((row) => {
      const given = Reflect.get(row, 'properties') as Body;
      const isDeployer = plan.checkId === 'deployers-can-join-network';
      const principal = isDeployer ? estate.deployer : cluster.principalId;
      const scope = cluster.subnets[0]?.id.replace(
        isDeployer ? /\/subnets\/.*/ : /\/providers\/.*/,
        '',
      );
      const isAsked =
        given['principalId'] === principal &&
        String(given['roleDefinitionId']).endsWith(`/${roles.networkContributor}`) &&
        String(given['scope']).toLowerCase() === scope?.toLowerCase();
      return isAsked ? [] : [`${JSON.stringify(given)} was given`];
    }),
  ];
}

/** What a fulfilled wish looks like to those who wished, as far as the rows tell it: packets that are still kept out. */
function keptOut(estate: SmallEstate, plan: Plan, after: readonly object[]): readonly string[] {
  const isInbound = ['scoring-inbound-allowed', 'load-balancer-probe-allowed'].includes(
    plan.checkId,
  );
  if (!isInbound) return [];
  const cluster = clusterOf(estate, plan);
  const tags = tagRangesIn(estate.spaces[cluster.network] ?? [], serviceTagPrefixes);
  const isProbe = plan.checkId === 'load-balancer-probe-allowed';
  // Whoever is inside reaches no public address as who they are.
  const outside = callersOf(cluster).filter((text) => !text.startsWith('10.'));
  const sources = addressesOf(isProbe ? ['AzureLoadBalancer'] : outside, tags);
  const toNodes = isProbe || !cluster.endpoint.isFloating;
  const port = isProbe ? ports.probe : cluster.endpoint.isFloating ? ports.endpoint : ports.node;
  return cluster.subnets.flatMap(({ prefix, groupId }) => {
    const group = after.find((row) => Reflect.get(row, 'id') === groupId);
    if (group === undefined) return [];
    const [destination] = addressesOf([toNodes ? prefix : cluster.endpoint.ip], tags);
    return sources
      .flatMap(([from, to]) => [from, Math.floor((from + to) / 2), to])
      .map((source): WrittenPacket => ({
        direction: 'Inbound',
        protocol: 'Tcp',
        source,
        destination: destination?.[0] ?? 0,
        port,
      }))
      .filter((packet) => !passesGroup(group as Body, packet, tags))
      .map((packet) => `still kept out: ${packetText(packet)}`);
  });
}

const isWell = (kind: string | undefined): boolean => kind === 'pass' || kind === 'notApplicable';

describe('a plan for any small estate', () => {
  const met = new Map<string, number>();

  it.for(Array.from({ length: parts }, (_, part) => part + 1))(
    'puts its check right, opens what is asked, denies nothing else and breaks no other check (part %i)',
    () => {
      fc.assert(
        fc.property(smallEstates, (draft) => {
          const estate = smallEstateOf(draft);
          const before = verdictsOn(estate.rows, estate.settings);
          const plans = plansFor(estate);
          for (const plan of plans) {
            met.set(plan.checkId, (met.get(plan.checkId) ?? 0) + 1);
            const after = applied(estate.rows, plan);
            const verdicts = verdictsOn(after, estate.settings);
            expect(plan.changes.map(({ method }) => method)).not.toContain('DELETE');
            expect(verdicts.get(`${plan.clusterId} ${plan.checkId}`)).toBe('pass');
            expect(keptOut(estate, plan, after)).toEqual([]);
            expect(wrongPackets(estate, plan, after)).toEqual([]);
            expect(wrongRows(estate, plan, after)).toEqual([]);
            const broken = [...before].filter(([key, kind]) => {
              return kind === 'pass' && !isWell(verdicts.get(key));
            });
            expect(broken).toEqual([]);
          }
        }),
        { numRuns: runs },
      );
    },
  );

  it('was for every check that a plan can put right', () => {
    const estates = parts * runs;
    expect([...met.values()].reduce((sum, plans) => sum + plans, 0)).toBeGreaterThan(estates);
    // Some checks fail so that they can be planned for in one estate of a hundred only.
    const common = ['scoring-inbound-allowed', 'scoring-inbound-no-wider-than-callers'];
    const wanted = [...(isDeep ? planners.keys() : common)];
    expect(wanted.filter((checkId) => (met.get(checkId) ?? 0) <= estates / 400)).toEqual([]);
  });
});
