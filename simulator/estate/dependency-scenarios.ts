import type { ClusterDraft, Expected } from './cluster-draft.ts';
import {
  failHigh,
  failLow,
  failMedium,
  notApplicable,
  pass,
  plant,
  subnetNsgs,
  unknown,
} from './cluster-draft.ts';
import type { OutboundScenario } from './outbound-scenarios.ts';
import {
  addPrivateEndpoint,
  allowRegistry,
  denyInternet,
  outboundRule,
  outboundScenarios,
} from './outbound-scenarios.ts';
import type { LinkDraft } from './posture-draft.ts';
import { isPeered } from './private-link-plan.ts';
import type { RuleDraft } from './security-rules.ts';
import { hubId, storageId } from './workspace-resources.ts';

/** Clusters that are let out to what they need, or to most of it, and nowhere else. */
const dependencyScenarios: readonly OutboundScenario[] = [
  allowing('restricted-to-what-is-needed', failLow, (draft) => [
    ...needed(draft),
    ...optional(draft),
  ]),
  allowing('restricted-without-extras', failLow, needed),
  allowing('restricted-without-sign-in', failHigh, (draft) => [
    ...needed(draft).filter(({ name }) => name !== 'allow-entra'),
    ...optional(draft),
  ]),
  linked('restricted-to-private-endpoints', (draft) => {
    addPrivateEndpoint(draft, 'Approved', 'own');
  }),
  linked('restricted-to-private-endpoints-and-data-endpoint', (draft) => {
    draft.posture.links.registryServesLayers = true;
    plant(subnetNsgs(draft, 'node'), allowRegistry(draft, 'regional'));
  }),
  linked('restricted-to-private-endpoints-without-layers', (draft) => {
    plant(subnetNsgs(draft, 'node'), allowRegistry(draft, 'regional'));
  }),
];

export const everyOutboundScenario: readonly OutboundScenario[] = [
  ...outboundScenarios,
  ...dependencyScenarios,
];

/**
 * What is true of `restricted-outbound-allows-dependencies`. Where nothing but the registry is let
 * through, or a route leads nowhere, it fails whatever else is known.
 */
export function dependencyTruth(
  { name }: OutboundScenario,
  draft: ClusterDraft,
  restricted: boolean,
): Expected {
  const { tagList } = draft.conditions;
  const { outboundType, plugin } = draft;
  const takesNothing = takesNothingOfInternet.includes(name);
  if (takesNothing) return restricted ? pass : notApplicable;
  if (neverTold.includes(name)) return unknown;
  if (takesNothingNeeded.includes(name))
    return tagList || name === 'mail-port-denied' ? pass : unknown;
  if (name === 'azure-cloud-denied') return tagList ? failMedium : unknown;
  // Pods in a subnet of their own have no route to the appliance, and AKS makes no other way out.
  const strandsPods = plugin === 'podSubnet' && outboundType === 'userDefinedRouting';
  if (name === 'route-to-trusted-appliance' && strandsPods) return unknown;
  if (name === 'route-to-trusted-appliance' || name === 'restricted-to-what-is-needed') return pass;
  if (name === 'restricted-to-private-endpoints-without-layers') return failMedium;
  if (name.startsWith('restricted-to-private-endpoints')) return privateTruth(draft);
  return name === 'restricted-without-extras' ? failLow : failMedium;
}

/** What is true where only private endpoints lead to Azure ML, storage and vault. */
function privateTruth(draft: ClusterDraft): Expected {
  const { workspace, storage, vault } = draft.posture.links;
  const isHidden = (id: string): boolean => draft.hidden.has(id.toLowerCase());
  const answers = [
    isHidden(hubId(draft)) ? unknown : endpointTruth(workspace, 'amlworkspace', failMedium, draft),
    ...(isHidden(storageId(draft))
      ? [unknown]
      : [
          endpointTruth(storage, 'blob', failMedium, draft),
          endpointTruth(storage, 'file', failLow, draft),
        ]),
    endpointTruth(vault, 'vault', failLow, draft),
  ];
  return [failMedium, failLow, unknown].find((one) => answers.includes(one)) ?? pass;
}

function endpointTruth(
  { endpoints }: LinkDraft,
  group: string,
  without: Expected,
  draft: ClusterDraft,
): Expected {
  const place = endpoints[group];
  if (place === 'own' || (place === 'peer' && isPeered(draft))) return pass;
  // One that nobody may look at may lead to any part of the resource.
  return Object.values(endpoints).includes('unread') ? unknown : without;
}

const takesNothingOfInternet = [
  'outbound-untouched',
  'outbound-only-allowed-again',
  'deny-shadowed-by-earlier-allow',
  'deny-for-other-sources-only',
  'deny-of-what-was-never-allowed',
  'virtual-network-denied',
];

const neverTold = ['subnet-nsg-not-exported', 'route-to-unknown-appliance', 'route-to-gateway'];

/** Only the list of tags says so, but for a port that nothing needs. */
const takesNothingNeeded = [
  'registry-tag-denied',
  'mail-port-denied',
  'one-foreign-block-denied',
  'storage-of-another-region-denied',
];

function allowing(
  name: string,
  kept: Expected,
  rules: (draft: ClusterDraft) => readonly RuleDraft[],
): OutboundScenario {
  return {
    name,
    truth: () => ({ kept, registry: pass }),
    restricted: 'perhaps',
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node'),
        // Without the list, another service might be meant by its other ports.
        { ...allowRegistry(draft, 'regional'), ports: ['443'] },
        ...rules(draft),
        denyInternet(),
      );
    },
  };
}

/** Everything is let out to but Azure ML itself, storage and vault, which private endpoints may lead to. */
function linked(name: string, plantMore: (draft: ClusterDraft) => void): OutboundScenario {
  return {
    name,
    truth: () => ({ kept: failHigh, registry: pass }),
    restricted: 'perhaps',
    workspace: 'needed',
    // Without the list, what is denied by its own tag may be allowed by another's.
    possible: ({ tagList }) => tagList,
    plant(draft) {
      const except = ['allow-azureml', 'allow-storage', 'allow-files', 'allow-vault'];
      plant(
        subnetNsgs(draft, 'node'),
        ...[...needed(draft), ...optional(draft)].filter((rule) => !except.includes(rule.name)),
        allow('allow-azureml-others', 'AzureMachineLearning', ['8787', '18881']),
      );
      plantMore(draft);
      plant(subnetNsgs(draft, 'node'), denyInternet());
    },
  };
}

function needed({ region }: ClusterDraft): readonly RuleDraft[] {
  return [
    allow('allow-entra', 'AzureActiveDirectory', ['80', '443']),
    allow('allow-azureml', 'AzureMachineLearning', ['443', '8787', '18881']),
    { ...allow('allow-azureml-udp', 'AzureMachineLearning', ['5831']), protocol: 'Udp' },
    allow('allow-arm', 'AzureResourceManager', ['443']),
    allow('allow-storage', `Storage.${region.tagSuffix}`, ['443']),
    allow('allow-mcr', 'MicrosoftContainerRegistry', ['443']),
    allow('allow-mcr-front-door', 'AzureFrontDoor.FirstParty', ['443']),
    allow('allow-monitor', 'AzureMonitor', ['443']),
  ];
}

function optional({ region }: ClusterDraft): readonly RuleDraft[] {
  return [
    allow('allow-studio', 'AzureFrontDoor.Frontend', ['443']),
    allow('allow-batch', `BatchNodeManagement.${region.tagSuffix}`, ['443']),
    allow('allow-files', `Storage.${region.tagSuffix}`, ['445']),
    allow('allow-vault', `AzureKeyVault.${region.tagSuffix}`, ['443']),
    { ...allow('allow-time', 'Internet', ['123']), protocol: 'Udp' },
  ];
}

function allow(name: string, tag: string, ports: readonly string[]): RuleDraft {
  return outboundRule(name, 'Allow', [tag], ports);
}
