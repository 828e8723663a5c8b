import { describe, expect, it } from 'vitest';
import {
  askableTag,
  registryTag,
  requiredOutbound,
} from '../../shared/checks/required-outbound.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { known } from '../../shared/model/verdict.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { cluster, registry, unread, workspace } from './build.ts';

/** The regions of the registries among what a cluster has to reach. */
function registriesOf(given: InferenceCluster): readonly string[] {
  return requiredOutbound(given)
    .map(({ serviceTag }) => serviceTag)
    .filter((tag) => tag.startsWith('AzureContainerRegistry'));
}

describe('what must be reached', () => {
  it('is all that no cluster does without, at its ports', () => {
    expect(
      requiredOutbound(cluster()).map(
        ({ serviceTag, protocol, ports }) =>
          `${serviceTag} ${protocol} ${ports.map(({ from, to }) => `${from}-${to}`).join()}`,
      ),
    ).toEqual([
      'AzureContainerRegistry.westeurope Tcp 443-443',
      'AzureActiveDirectory Tcp 80-80,443-443',
      'AzureMachineLearning Tcp 443-443',
      'AzureMachineLearning Tcp 8787-8787,18881-18881',
      'AzureMachineLearning Udp 5831-5831',
      'AzureResourceManager Tcp 443-443',
      'Storage.westeurope Tcp 443-443',
      'MicrosoftContainerRegistry Tcp 443-443',
      'AzureFrontDoor.FirstParty Tcp 443-443',
      'AzureMonitor Tcp 443-443',
    ]);
  });

  it.each<[string, Parameters<typeof cluster>[0], readonly string[]]>([
    [
      'the cluster, without a workspace',
      { workspaces: known([]), location: 'uksouth' },
      ['uksouth'],
    ],
    [
      'the registries, each once',
      {
        workspaces: known([
          workspace({ registry: known(registry({ location: 'North Europe' })) }),
          workspace({ registry: known(registry({ location: 'North Europe' })) }),
          workspace({ registry: known(registry()), location: 'uksouth' }),
        ]),
      },
      ['northeurope', 'westeurope'],
    ],
    [
      'a workspace that has no registry, or one that was not read',
      {
        workspaces: known([
          workspace({ registry: known(null), location: 'uksouth' }),
          workspace({ registry: unread('registry'), location: 'norwayeast' }),
        ]),
      },
      ['uksouth', 'norwayeast'],
    ],
  ])('is a registry in the region of %s', (_, changes, regions) => {
    expect(registriesOf(cluster(changes))).toEqual(regions.map(registryTag));
  });
});

describe('the tag to ask about', () => {
  const { serviceTags } = cluster();

  it.each([
    ['AzureContainerRegistry.westeurope', serviceTags, 'AzureContainerRegistry.westeurope'],
    ['AzureContainerRegistry.uksouth', serviceTags, 'AzureContainerRegistry'],
    ['Unheard.uksouth', serviceTags, 'Unheard.uksouth'],
    ['AzureContainerRegistry.westeurope', noServiceTags, 'AzureContainerRegistry.westeurope'],
  ])('for %s is one of the list, where there is any: %#', (tag, list, name) => {
    expect(askableTag(tag, list)).toEqual({ kind: 'serviceTag', name });
  });
});
