import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failMedium, notApplicable, pass, unknown } from './cluster-draft.ts';
import type { EstateRow } from './network-rows.ts';
import { resource } from './network-rows.ts';
import { registryId } from './outbound-scenarios.ts';
import type { ContainerGroupDraft } from './posture-draft.ts';
import type { PostureScenario } from './posture-scenarios.ts';
import { isBehindEndpoint } from './private-link-scenarios.ts';
import { hasWorkspace, hubId } from './workspace-resources.ts';
import { withoutWorkspace } from './without-workspace.ts';

const checkId = 'no-container-instances-with-private-workspace';
const model: ContainerGroupDraft = { inNetwork: true, ofRegistry: true, beside: true };

/** Ways for container instances to be models of the workspace, or only to look like them. */
export const containerInstanceScenarios: readonly PostureScenario[] = [
  scenario('no-container-instances', [], pass),
  scenario('model-on-container-instances', [model], failMedium),
  scenario(
    'model-beside-other-container-instances',
    [{ ...model, ofRegistry: false }, model],
    failMedium,
  ),
  scenario('container-instances-on-the-internet', [{ ...model, inNetwork: false }], pass),
  scenario('container-instances-of-another-registry', [{ ...model, ofRegistry: false }], pass),
  scenario('container-instances-in-another-group', [{ ...model, beside: false }], pass),
  withoutWorkspace('no-workspace-for-container-instances', checkId),
];

function scenario(
  name: string,
  groups: readonly ContainerGroupDraft[],
  expected: Expected,
): PostureScenario {
  return {
    name,
    fits: hasWorkspace,
    plant({ posture }) {
      posture.containerGroups.push(...groups);
    },
    truth: (draft) => ({ [checkId]: truthOf(draft, expected) }),
  };
}

function truthOf(draft: ClusterDraft, expected: Expected): Expected {
  const isHidden = (id: string): boolean => draft.hidden.has(id.toLowerCase());
  if (isHidden(hubId(draft))) return unknown;
  if (!isBehindEndpoint(draft)) return notApplicable;
  // Whose image a group runs, only the registry's row tells.
  const asked = draft.posture.containerGroups.some(({ inNetwork, beside }) => inNetwork && beside);
  return asked && isHidden(registryId(draft)) ? unknown : expected;
}

/** The container groups around the workspace. */
export function containerGroupRows(draft: ClusterDraft): EstateRow[] {
  const registry = registryId(draft);
  const host = `${registry.slice(registry.lastIndexOf('/') + 1)}.azurecr.io`;
  const [subnet] = draft.subnets.filter(({ role }) => role === 'callers');
  const subnetId = (subnet ?? draft.subnets[0])?.id ?? '';
  return draft.posture.containerGroups.map(({ inNetwork, ofRegistry, beside }, at) => {
    const group = beside ? draft.groupId : `${draft.groupId}-tools`;
    const id = `${group}/providers/Microsoft.ContainerInstance/containerGroups/aci-${draft.name}-${at}`;
    const image = ofRegistry
      ? `${host}/azureml/azureml_${draft.random.hex(8)}`
      : 'mcr.microsoft.com/azuredocs/aci-helloworld';
    return resource(id, 'Microsoft.ContainerInstance/containerGroups', draft.region.location, {
      properties: {
        provisioningState: 'Succeeded',
        osType: 'Linux',
        containers: [
          {
            name: 'scoring',
            properties: { image, ports: [{ port: 5001 }], resources: { requests: { cpu: 1 } } },
          },
        ],
        ipAddress: { type: inNetwork ? 'Private' : 'Public', ports: [{ port: 80 }] },
        ...(inNetwork
          ? { subnetIds: [{ id: subnetId }] }
          : draft.random.pick([{}, { subnetIds: [] }])),
      },
    });
  });
}
