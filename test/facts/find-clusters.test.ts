import { describe, expect, it } from 'vitest';
import { findClusters } from '../../shared/facts/find-clusters.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import type { Row } from '../../shared/ports.ts';
import {
  cluster,
  compute,
  estate,
  extension,
  factsOf,
  ids,
  onlineEndpoint,
  publicIp,
  row,
} from './build.ts';

const arc = `${ids.groupOfNodes}/providers/Microsoft.Kubernetes/connectedClusters/edge`;

function kindsOf(...rows: Row[]): string[] {
  const [found] = findClusters(snapshotOf([cluster(), ...rows]), 'inference').clusters;
  return found?.knownBy.map(({ kind }) => kind) ?? [];
}

describe('a cluster serves Azure ML where', () => {
  it.each(['AKS', 'kubernetes'])('a compute of type %s points at it', (computeType) => {
    expect(kindsOf(compute({ computeType }))).toEqual(['mlCompute']);
  });

  it('an online endpoint is on such a compute', () => {
    expect(kindsOf(compute(), onlineEndpoint('http://10.0.0.1'))).toEqual([
      'mlCompute',
      'onlineEndpoint',
    ]);
  });

  it('the extension is on it, as Resource Graph or Resource Manager writes it', () => {
    expect(kindsOf(extension({}))).toEqual(['extension']);
    const arm = row('microsoft.kubernetesconfiguration/extensions', ids.extension, {
      properties: { extensionType: 'microsoft.azureml.kubernetes' },
    });
    expect(kindsOf(arm)).toEqual(['extension']);
  });

  it('not where another extension is on it', () => {
    const flux = row('microsoft.kubernetesconfiguration/extensions', ids.extension, {
      properties: { extensionType: 'microsoft.flux' },
    });
    expect(kindsOf(flux)).toEqual([]);
  });

  it.each([
    ['k8s-azure-service', 'azureml/azureml-fe', true],
    ['Service', 'default/azureml-fe', true],
    ['k8s-azure-service', 'web/shop, azureml/azureml-fe-v2', true],
    ['k8s-azure-service', 'web/azureml-feed', false],
    ['k8s-azure-service', 'azureml-fe', false],
    ['k8s-azure-service', 'web/azureml-fe/x', false],
    ['k8s-azure-service', '/azureml-fe', false],
    ['k8s-azure-service', 'a/b/azureml-fe', false],
    ['owner', 'azureml/azureml-fe', false],
  ])('a public IP address of its node resource group is tagged %s=%s: %s', (tag, value, serves) => {
    expect(kindsOf(publicIp({}, { [tag]: value }))).toEqual(serves ? ['publicIp'] : []);
  });

  it('its tag says so', () => {
    const tagged = cluster({}, { tags: { 'Portcullis:Inference': 'True' } });
    expect(kindsOf(tagged)).toEqual(['tag']);
    expect(kindsOf(cluster({}, { tags: { 'portcullis:inference': 'false' } }))).toEqual([]);
  });

  it('nothing says so: not, unless settings ask for every cluster', () => {
    const snapshot = snapshotOf([cluster()]);
    expect(findClusters(snapshot, 'inference').clusters).toEqual([]);
    expect(findClusters(snapshot, 'all').clusters.map(({ knownBy }) => knownBy[0]?.kind)).toEqual([
      'scope',
    ]);
    expect(factsOf(snapshot).knownBy).toEqual([{ kind: 'scope', id: ids.cluster.toLowerCase() }]);
  });
});

describe('what is not audited', () => {
  it('is a compute on an Arc-enabled cluster, and it is counted', () => {
    const { clusters, outOfScope } = findClusters(
      snapshotOf([compute({ resourceId: arc })]),
      'inference',
    );
    expect(clusters).toEqual([]);
    expect(outOfScope).toEqual([
      {
        id: ids.compute.toLowerCase(),
        why: `runs on ${arc.toLowerCase()}, which is no AKS cluster`,
      },
    ]);
  });

  it('is a cluster that a compute points at and nobody read, and it is missing', () => {
    expect(findClusters(snapshotOf([compute()]), 'inference').missing).toMatchObject([
      { what: 'AKS cluster scoring', scope: ids.cluster.toLowerCase() },
    ]);
  });
});

it('a bad row hides no other cluster', () => {
  const bad = row('Microsoft.ContainerService/managedClusters', `${ids.cluster}-2`, {
    properties: 7,
    tags: { 'portcullis:inference': 'true' },
  });
  const snapshot = snapshotOf([...estate(), bad]);
  const { clusters } = findClusters(snapshot, 'inference');
  expect(clusters.map(({ id }) => id)).toEqual(
    [ids.cluster, `${ids.cluster}-2`].map((id) => id.toLowerCase()),
  );
  expect(factsOf(snapshot).scoringEndpoints.known).toBe(true);
});
