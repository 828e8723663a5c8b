import type { ContainerGroup, Workspace } from '../../../shared/facts/inference-cluster.ts';
import { known } from '../../../shared/model/verdict.ts';
import {
  type CheckCase,
  cluster,
  linked,
  networkResource,
  registry,
  subnet,
  unread,
  workspace,
} from '../build.ts';

const behind = {
  entrance: known(
    linked('Microsoft.MachineLearningServices/workspaces', 'fraud-ws', {
      approvedEndpoints: [networkResource('privateEndpoints', 'ws-pe')],
    }),
  ),
};
const model = (changes: Partial<ContainerGroup> = {}): ContainerGroup => ({
  id: networkResource('containerGroups', 'fraud-aci'),
  networkIds: [subnet().id],
  images: ['fraudacr.azurecr.io/azureml/azureml_1a2b'],
  ...changes,
});
const beside = (groups: readonly ContainerGroup[], changes: Partial<Workspace> = {}) =>
  cluster({
    workspaces: known([workspace({ ...behind, containerGroups: known(groups), ...changes })]),
  });

const cases: readonly CheckCase[] = [
  { name: 'no container group', given: beside([]), expect: 'pass' },
  {
    name: 'a container group in a subnet runs an image of the registry',
    given: beside([model()]),
    expect: 'fail',
    severity: 'medium',
    says: /which is not supported: fraud-aci\. Deploy/,
  },
  {
    name: 'a registry whose row names no login server',
    given: beside([model()], {
      registry: known({
        ...linked('x/registries', 'fraudacr'),
        location: 'westeurope',
        hasDataEndpoint: false,
      }),
    }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a container group of the registry that is on the Internet',
    given: beside([model({ networkIds: [] })]),
    expect: 'pass',
  },
  {
    name: 'a container group in a subnet that runs an image of another registry',
    given: beside([model({ images: ['mcr.microsoft.com/azuredocs/aci-helloworld'] })]),
    expect: 'pass',
  },
  {
    name: 'a registry whose name only ends the same',
    given: beside([model({ images: ['notfraudacr.azurecr.io/azureml/x'] })]),
    expect: 'pass',
  },
  {
    name: 'a sidecar of another registry beside the model',
    given: beside([
      model({ images: ['mcr.microsoft.com/proxy', 'fraudacr.azurecr.io/azureml/x'] }),
    ]),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'no registry yet, so no image of it',
    given: beside([model()], { registry: known(null) }),
    expect: 'pass',
  },
  {
    name: 'the registry was not read, and a container group lies in a subnet',
    given: beside([model()], { registry: unread('container registry') }),
    expect: 'unknown',
    says: /container registry/,
  },
  {
    name: 'the registry was not read, and no container group lies in a subnet',
    given: beside([model({ networkIds: [] })], { registry: unread('container registry') }),
    expect: 'pass',
  },
  {
    name: 'container groups were not read',
    given: beside([], { containerGroups: unread('container groups') }),
    expect: 'unknown',
  },
  {
    name: 'one model was found before the reading broke off',
    given: beside([], {
      containerGroups: { ...unread('container groups'), found: [model()] },
      registry: known(registry()),
    }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'the workspace has no private endpoint',
    given: cluster({
      workspaces: known([workspace({ containerGroups: known([model()]) })]),
    }),
    expect: 'notApplicable',
  },
  {
    name: 'no workspace attaches the cluster',
    given: cluster({ workspaces: known([]) }),
    expect: 'notApplicable',
  },
  {
    name: 'the hub of a project was not read',
    given: beside([model()], { entrance: unread('hub workspace') }),
    expect: 'unknown',
    says: /hub workspace/,
  },
];
export default cases;
