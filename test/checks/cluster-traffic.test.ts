import { describe, expect, it } from 'vitest';
import { type Flow, flowsOf } from '../../shared/checks/cluster-traffic.ts';
import type { PodAddresses } from '../../shared/facts/address-plan.ts';
import type { ClusterSubnet } from '../../shared/facts/inference-cluster.ts';
import { type Known, known } from '../../shared/model/verdict.ts';
import { addressSet, equalAddresses, uniteAddresses } from '../../shared/packets/address.ts';
import { addresses, cluster, nsg, settings, subnet, unread } from './build.ts';

const podRange = '10.244.0.0/16';
const nodes = 'nodes in nodes (10.1.0.0/24)';
const podsText = `pods (${podRange})`;
const podSubnet = subnet({ name: 'pods', usedBy: ['pods'], prefixes: known(['10.1.4.0/22']) });
const apiServer = subnet({ name: 'api', usedBy: ['apiServer'], prefixes: known(['10.1.8.0/28']) });

function flows(subnets: readonly ClusterSubnet[], pods?: Known<PodAddresses>): readonly Flow[] {
  const given = cluster({
    subnets: known(subnets),
    ...(pods === undefined ? {} : { addresses: addresses({ pods }) }),
  });
  return flowsOf(given, settings);
}

const inWords = ({ question: { direction }, text }: Flow): string => `${direction}: ${text}`;
const carried = (from: PodAddresses['from'], cidrs = [podRange]) => known({ from, cidrs });

describe('what a cluster must be able to send itself', () => {
  it('is all between its nodes, out and in', () => {
    const found = flows([subnet()]);
    expect(found.map(inWords)).toEqual([
      `Outbound: ${nodes} to ${nodes}`,
      `Inbound: ${nodes} to ${nodes}`,
    ]);
    expect(found).toMatchObject(
      found.map(() => ({
        isVital: false,
        byAksAlone: false,
        question: { protocols: [], sourcePorts: [], destinationPorts: [] },
      })),
    );
  });

  it('is all between nodes and pods in a subnet of their own', () => {
    const pods = 'pods in pods (10.1.4.0/22)';
    expect(flows([subnet(), podSubnet]).map(inWords).toSorted()).toEqual(
      [
        `Outbound: ${nodes} to ${nodes}`,
        `Outbound: ${nodes} to ${pods}`,
        `Inbound: ${nodes} to ${nodes}`,
        `Inbound: ${pods} to ${nodes}`,
        `Outbound: ${pods} to ${nodes}`,
        `Outbound: ${pods} to ${pods}`,
        `Inbound: ${nodes} to ${pods}`,
        `Inbound: ${pods} to ${pods}`,
      ].toSorted(),
    );
  });

  it.each(['overlay', 'kubenet'] as const)('is all to and from %s pods on its nodes', (from) => {
    const found = flows([subnet(), podSubnet], carried(from, [podRange, 'no prefix']));
    const throughPods = found.filter(({ text }) => text.includes(podsText));
    expect(throughPods.map(inWords)).toEqual([
      `Outbound: ${nodes} to ${podsText}`,
      `Outbound: ${podsText} to ${podsText}`,
      `Inbound: ${nodes} to ${podsText}`,
      `Inbound: pods in pods (10.1.4.0/22) to ${podsText}`,
      `Inbound: ${podsText} to ${podsText}`,
    ]);
    expect(found.filter(({ text }) => text.includes('no prefix'))).toEqual([]);
    expect(found.map(({ byAksAlone }) => byAksAlone)).toEqual(
      found.map((flow) => from === 'overlay' && throughPods.includes(flow)),
    );
  });

  it('counts pods to VirtualNetwork where routes bring them in, and perhaps elsewhere', () => {
    const range = addressSet([podRange]);
    const holds = (set: typeof range | undefined) =>
      set !== undefined && equalAddresses(uniteAddresses(set, range), set);
    const counted = (from: PodAddresses['from']) =>
      flows([subnet()], carried(from, [podRange, 'no prefix'])).map(({ text, surroundings }) => [
        text.includes(podsText),
        holds(surroundings.virtualNetwork?.atLeast),
        holds(surroundings.virtualNetwork?.atMost),
      ]);
    expect(new Set(counted('kubenet').map(String))).toEqual(
      new Set(['false,false,false', 'true,true,true']),
    );
    expect(new Set(counted('overlay').map(String))).toEqual(
      new Set(['false,false,false', 'true,false,true']),
    );
    const unreadNetwork = subnet({ virtualNetwork: unread('virtual network') });
    const found = flows([unreadNetwork], carried('kubenet'));
    expect(found.map(({ surroundings }) => surroundings.virtualNetwork)).toEqual(
      found.map(() => undefined),
    );
  });

  it('is nothing between two address families, and nothing of ranges that are not known', () => {
    const dual = subnet({ prefixes: known(['10.1.0.0/24', 'fd00:1::/64']) });
    const six = 'nodes in nodes (fd00:1::/64)';
    expect(flows([dual], unread('pods')).map(inWords)).toEqual([
      `Outbound: ${nodes} to ${nodes}`,
      `Outbound: ${six} to ${six}`,
      `Inbound: ${nodes} to ${nodes}`,
      `Inbound: ${six} to ${six}`,
    ]);
    expect(flows([subnet({ prefixes: unread('subnet') })])).toEqual([]);
  });

  it('is nothing between a range and text that is none', () => {
    const odd = subnet({ name: 'odd', prefixes: known(['text']) });
    const mixed = flows([subnet(), odd]).filter(({ text }) => text.includes(nodes));
    expect(mixed.map(inWords)).toEqual([
      `Outbound: ${nodes} to ${nodes}`,
      `Inbound: ${nodes} to ${nodes}`,
    ]);
  });

  it('is what an API server in the network serves, and its probes', () => {
    const guarded = { ...apiServer, securityGroup: known(nsg('api-nsg')) };
    const own = subnet({ nodeSecurityGroups: known([nsg('node-nsg')]) });
    const vital = flows([own, guarded]).filter(({ isVital }) => isVital);
    const api = 'the API server in api (10.1.8.0/28)';
    expect(
      vital.map((flow) => ({
        text: inWords(flow),
        protocols: flow.question.protocols,
        ports: flow.question.destinationPorts.map(({ from, to }) => `${from}-${to}`),
        byAksAlone: flow.byAksAlone,
        lists: flow.chains.map((chain) =>
          chain.map((list) => (list.kind === 'unread' ? 'unread' : list.name)),
        ),
      })),
    ).toEqual([
      {
        text: `Outbound: ${nodes} to ${api}`,
        protocols: ['Tcp'],
        ports: ['443-443', '4443-4443'],
        byAksAlone: false,
        lists: [['node-nsg']],
      },
      {
        text: `Inbound: ${nodes} to ${api}`,
        protocols: ['Tcp'],
        ports: ['443-443', '4443-4443'],
        byAksAlone: false,
        lists: [['api-nsg']],
      },
      {
        text: `Inbound: the load balancer's probes of ${api}`,
        protocols: ['Tcp'],
        ports: ['9988-9988'],
        byAksAlone: false,
        lists: [['api-nsg']],
      },
    ]);
  });
});
