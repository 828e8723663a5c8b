import type { ClusterDraft, Expected } from './cluster-draft.ts';
import {
  failHigh,
  failMedium,
  nodeSubnets,
  notApplicable,
  pass,
  unknown,
  within,
} from './cluster-draft.ts';
import { computesType } from './inbound-scenarios.ts';
import type { LayoutScenario, Situation } from './layout-scenarios.ts';

/** What AKS keeps for itself. */
const reserved = ['172.30.0.0/16', '172.31.128.0/17', '169.254.0.0/16', '192.0.2.0/24'];

/** The ranges of services and pods: `service-cidr-disjoint`. */
export const rangeScenarios: readonly LayoutScenario[] = [
  ranges('ranges-used-nowhere', pass, ({ layout, random }) => {
    const free = ['10.0.0.0/16', '10.0.0.0/16', '10.2.0.0/16', '172.20.0.0/16', '100.64.0.0/13'];
    layout.serviceCidr = random.pick(free);
  }),
  ranges(
    'service-range-where-no-subnet-is-yet',
    pass,
    (draft) => {
      draft.layout.serviceCidr = `${within(draft, 14, 0)}/24`;
    },
    isOwn,
  ),
  ranges(
    'service-range-of-disconnected-peer',
    pass,
    (draft) => {
      draft.layout.serviceCidr = draft.peers[0]?.addressSpace;
    },
    ({ draft }) => draft.peers[0]?.state === 'Disconnected',
  ),
  ranges('service-range-overlaps-node-subnet', failHigh, (draft) => {
    const node = draft.random.pick(nodeSubnets(draft)).prefix;
    const [a = '', b = ''] = node.split('.');
    draft.layout.serviceCidr = draft.random.pick([
      `${a}.${b}.0.0/16`,
      node,
      node.replace('/24', '/25'),
    ]);
  }),
  ranges(
    'service-range-overlaps-unused-subnet',
    failHigh,
    (draft) => {
      draft.layout.serviceCidr = `${within(draft, 8, 128)}/25`;
    },
    // The demo leaves out subnets that nothing uses.
    ({ draft }) => draft.network === 'own' && !draft.conditions.compact,
  ),
  ranges(
    'service-range-overlaps-peer',
    failMedium,
    (draft) => {
      draft.layout.serviceCidr = draft.peers[0]?.addressSpace.replace('/20', '/21');
    },
    ({ draft }) => draft.peers[0]?.state === 'Connected',
  ),
  ranges('service-range-kept-by-aks', failHigh, ({ layout, random }) => {
    layout.serviceCidr = random.pick(reserved);
  }),
  ranges('service-range-too-large', failHigh, ({ layout }) => {
    layout.serviceCidr = '100.64.0.0/12';
  }),
  ranges('service-range-not-exported', unknown, ({ layout }) => {
    layout.serviceCidr = undefined;
  }),
  ranges(
    'pod-range-kept-by-aks',
    failHigh,
    ({ layout, random }) => {
      layout.podCidr = random.pick(reserved);
    },
    ({ draft }) => draft.plugin === 'overlay' && draft.addressSpace6 === undefined,
  ),
];

/** The address of the cluster's DNS: `dns-service-ip-in-service-cidr`. */
export const dnsScenarios: readonly LayoutScenario[] = [
  dns('dns-at-the-tenth-address', pass, (range) => addressIn(range, 10)),
  dns('dns-at-some-address', pass, (range) => addressIn(range, 100)),
  dns('dns-at-the-first-host', failHigh, (range) => addressIn(range, 1)),
  dns('dns-at-the-network-address', failHigh, (range) => addressIn(range, 0)),
  dns('dns-outside-the-service-range', failHigh, () => '192.168.250.10'),
  dns('dns-not-exported', unknown, () => undefined),
];

/** The Docker bridge of the days of v1: `docker-bridge-disjoint`. */
export const bridgeScenarios: readonly LayoutScenario[] = [
  {
    name: 'no-bridge',
    plant() {},
    truth: (situation) => ({
      'docker-bridge-disjoint': computesUnread(situation) ? unknown : notApplicable,
    }),
  },
  bridge('bridge-of-its-own', pass, () => '172.17.0.1/16'),
  bridge('bridge-overlaps-service-range', failMedium, ({ layout }) => {
    const [a = '', b = ''] = (layout.serviceCidr ?? '').split('.');
    return `${a}.${b}.0.1/16`;
  }),
  bridge('bridge-overlaps-node-subnet', failMedium, (draft) =>
    // An address that no subnet has, of a network that holds them all.
    draft.random.pick([`${within(draft, 15, 1)}/20`, `${within(draft, 0, 1)}/24`]),
  ),
];

function ranges(
  name: string,
  expected: Expected,
  plant: (draft: ClusterDraft) => void,
  needs?: (situation: Situation) => boolean,
): LayoutScenario {
  return {
    name,
    ...(needs === undefined ? {} : { needs }),
    plant,
    truth: ({ hidesNetwork }) => ({
      'service-cidr-disjoint': hidesNetwork && !failsByItself(name) ? unknown : expected,
    }),
  };
}

/** Whether a range is wrong wherever the network is. */
function failsByItself(name: string): boolean {
  return name.endsWith('-kept-by-aks') || name === 'service-range-too-large';
}

function isOwn({ draft }: Situation): boolean {
  return draft.network === 'own';
}

function dns(
  name: string,
  expected: Expected,
  address: (range: string) => string | undefined,
): LayoutScenario {
  return {
    name,
    plant({ layout }) {
      layout.dnsServiceIp = address(layout.serviceCidr ?? '10.0.0.0/16');
    },
    truth: ({ draft }) => ({
      'dns-service-ip-in-service-cidr': draft.layout.serviceCidr === undefined ? unknown : expected,
    }),
  };
}

/** An address so far from the start of a range, which is written as its first address. */
function addressIn(range: string, offset: number): string {
  const [a = '', b = '', c = '', d = ''] = range.replace(/\/.*/, '').split('.');
  return `${a}.${b}.${c}.${Number(d) + offset}`;
}

function bridge(
  name: string,
  expected: Expected,
  cidr: (draft: ClusterDraft) => string,
): LayoutScenario {
  return {
    name,
    needs: (situation) =>
      situation.draft.attachment === 'v1' &&
      !computesUnread(situation) &&
      (situation.draft.layout.serviceCidr !== undefined || expected !== failMedium),
    plant(draft) {
      draft.layout.dockerBridge = cidr(draft);
    },
    truth: ({ draft }) => ({
      'docker-bridge-disjoint': draft.layout.serviceCidr === undefined ? unknown : expected,
    }),
  };
}

function computesUnread({ draft }: Situation): boolean {
  return draft.conditions.unread.includes(computesType);
}
