import { foundIn, known } from '../../shared/model/verdict.ts';
import { describe, expect, it } from 'vitest';
import type { ScoringEndpoint } from '../../shared/facts/inference-cluster.ts';
import type { InventorySnapshot } from '../../shared/inventory/inventory-snapshot.ts';
import {
  balancer,
  compute,
  estateWith,
  estateWithout,
  extension,
  factsOf,
  gap,
  ids,
  missingIn,
  network,
  onlineEndpoint,
  publicIp,
  row,
  valueOf,
} from './build.ts';

const publicIps = 'microsoft.network/publicipaddresses';
const computes = 'microsoft.machinelearningservices/workspaces/computes';

function endpointsOf(snapshot: InventorySnapshot): readonly ScoringEndpoint[] {
  return valueOf(factsOf(snapshot).scoringEndpoints);
}

function endpointOf(snapshot: InventorySnapshot): ScoringEndpoint {
  const [endpoint, ...others] = endpointsOf(snapshot);
  if (endpoint === undefined || others.length > 0) throw new RangeError('Not one endpoint');
  return endpoint;
}

function missingOf(snapshot: InventorySnapshot): string[] {
  return missingIn(factsOf(snapshot).scoringEndpoints);
}

function v1(inner: Readonly<Record<string, unknown>>) {
  return compute({ computeType: 'AKS', properties: inner });
}

/** The estate with nothing that shows an address. */
const silent = [ids.publicIp, ids.balancer];

describe('a scoring endpoint', () => {
  it('is the public IP address of azureml-fe with its frontend', () => {
    expect(endpointOf(estateWith())).toEqual({
      address: '20.1.2.3',
      visibility: 'public',
      at: ids.publicIp.toLowerCase(),
      source: 'public IP address of the service azureml-fe',
      frontend: {
        known: true,
        value: {
          loadBalancerId: ids.balancer.toLowerCase(),
          rules: [
            {
              name: 'a1-TCP-443',
              protocol: 'Tcp',
              frontendPort: 443,
              backendPort: 443,
              floatingIp: true,
              probePort: known(31_000),
            },
          ],
          backendSubnetIds: { known: true, value: [ids.nodes.toLowerCase()] },
        },
      },
    });
  });

  it.each([
    ['has no probe', null, undefined],
    ['has a probe that its load balancer does not list', { id: `${ids.balancer}/probes/q` }, false],
  ])('%s where the rule says so', (_, probe, isKnown) => {
    const endpoint = endpointOf(estateWith(balancer({ probe })));
    const [rule] = valueOf(endpoint.frontend).rules;
    expect(rule?.probePort?.known).toBe(isKnown);
  });

  it.each([
    ['http://20.1.2.3:80/api/v1/endpoint/ep/score', true],
    ['https://20.1.2.3/score', false],
    ['https://Models.contoso.com./score', false],
  ])('is merged by address with the host of %s', (uri, plainHttp) => {
    const named = publicIp({ dnsSettings: { fqdn: 'models.contoso.com' } });
    const endpoint = endpointOf(estateWith(named, onlineEndpoint(uri)));
    expect(endpoint).toMatchObject({ address: '20.1.2.3', plainHttp });
    expect(endpoint.source).toBe(
      'scoringUri of the online endpoint ep; public IP address of the service azureml-fe',
    );
  });

  it('keeps the list unknown where its name leads to no address, whatever else is known', () => {
    expect(missingOf(estateWith(onlineEndpoint('https://models.contoso.com/score')))).toEqual([
      'address of the scoring endpoint: its scoringUri https://models.contoso.com/score names no address, and no public IP address of the cluster has that name',
    ]);
  });

  it('is not of this cluster where the compute is not', () => {
    const elsewhere = onlineEndpoint('https://models.contoso.com/score', `${ids.compute}2`);
    expect(endpointsOf(estateWith(elsewhere))).toHaveLength(1);
  });

  it.each(['systemServiceType', 'serviceType'])('is what a v1 compute names by %s', (member) => {
    const front = v1({
      systemServices: [
        { [member]: 'ScoringFrontEnd', publicIpAddress: '10.1.0.9' },
        { [member]: 'Tiller', publicIpAddress: '10.1.0.8' },
      ],
      sslConfiguration: { status: 'Disabled' },
    });
    const internal = balancer({}, {}, { privateIPAddress: '10.1.0.9' });
    const endpoint = endpointOf(estateWithout([ids.publicIp], front, internal));
    expect(endpoint).toMatchObject({ address: '10.1.0.9', visibility: 'private', plainHttp: true });
    expect(endpoint.frontend.known).toBe(true);
  });

  it('serves plain HTTP where the extension allows it', () => {
    const settings = { AllowInsecureConnections: 'True' };
    expect(endpointOf(estateWith(extension(settings))).plainHttp).toBe(true);
    expect(endpointOf(estateWith(extension({}))).plainHttp).toBeUndefined();
  });

  it.each([
    ['10.200.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00::1', 'private'],
    ['20.1.9.9', 'public'],
    ['20.200.0.1', 'private'],
    ['2603:1010::1', 'public'],
  ])('at %s is %s', (address, visibility) => {
    const host = address.includes(':') ? `[${address}]` : address;
    const own = network({ addressSpace: { addressPrefixes: ['10.1.0.0/16', '20.200.0.0/24'] } });
    const snapshot = estateWithout(
      silent,
      own,
      publicIp({}, {}),
      onlineEndpoint(`http://${host}/score`),
    );
    expect(endpointOf(snapshot)).toMatchObject({ address, visibility });
  });

  it('is found by canonical text', () => {
    const uri = onlineEndpoint('http://[FD00:0:0:0:0:0:0:1]/score');
    const frontend = balancer({}, {}, { privateIPAddress: 'fd00:0::1' });
    const endpoint = endpointOf(estateWithout([], uri, publicIp({}, {}), frontend));
    expect(endpoint.address).toBe('fd00::1');
    expect(endpoint.frontend.known).toBe(true);
  });

  it('is unknown while its public IP address has no address', () => {
    expect(missingOf(estateWith(publicIp({ ipAddress: null })))[0]).toMatch(
      /^address of the scoring endpoint: the public IP address of azureml-fe has no address/,
    );
  });

  it('counts public IP addresses elsewhere that a frontend with rules uses', () => {
    const other = `${ids.groupOfNetwork}/providers/Microsoft.Network/publicIPAddresses/own`;
    const frontend = balancer({}, {}, { publicIPAddress: { id: other } });
    const owned = row(publicIps, other, {
      tags: { 'K8S-Azure-Service': 'x/y, default/azureml-fe' },
      properties: { ipAddress: '20.9.9.9' },
    });
    expect(endpointOf(estateWithout([ids.publicIp], frontend, owned)).address).toBe('20.9.9.9');
    const named = onlineEndpoint('http://20.9.9.9/score');
    expect(missingOf(estateWithout([ids.publicIp], frontend, named))).toContain(
      'public IP address own: it is referred to, and it is not among the rows that were read',
    );
  });

  it('may hide in online endpoints that nobody read, where only v1 names another', () => {
    const type = 'microsoft.machinelearningservices/workspaces/onlineendpoints';
    const front = row(computes, `${ids.compute}1`, {
      properties: {
        computeType: 'AKS',
        resourceId: ids.cluster,
        properties: {
          systemServices: [{ serviceType: 'ScoringFrontEnd', publicIpAddress: '10.1.0.9' }],
        },
      },
    });
    expect(endpointsOf(estateWithout(silent, front))).toHaveLength(1);
    expect(missingOf(estateWithout(silent, front, gap(type, '/')))).toEqual([
      `rows of ${type}: not authorised`,
    ]);
    expect(endpointsOf(estateWith(front, gap(type, '/')))).toHaveLength(2);
  });

  it('is on the side of the load balancer that has it, whatever the address looks like', () => {
    const odd = publicIp({ ipAddress: '100.64.9.9' });
    expect(endpointOf(estateWith(odd)).visibility).toBe('public');
    const internal = balancer({}, {}, { privateIPAddress: '20.7.7.7' });
    const named = onlineEndpoint('http://20.7.7.7/score');
    expect(endpointOf(estateWithout([ids.publicIp], internal, named)).visibility).toBe('private');
  });

  it('may hide among public IP addresses that nobody read', () => {
    const front = v1({
      systemServices: [{ serviceType: 'ScoringFrontEnd', publicIpAddress: '10.1.0.9' }],
    });
    expect(missingOf(estateWithout(silent, front, gap(publicIps, ids.groupOfNodes)))).toContain(
      `rows of ${publicIps}: not authorised`,
    );
  });
});

describe('no scoring endpoint', () => {
  it('is proven where computes were read and none points here', () => {
    expect(endpointsOf(estateWithout([...silent, ids.compute]))).toEqual([]);
  });

  it('is not proven where computes were not read', () => {
    expect(missingOf(estateWithout([...silent, ids.compute], gap(computes, '/')))).toEqual([
      'address of the scoring endpoint: nothing names it',
      `rows of ${computes}: not authorised`,
    ]);
  });

  it('is not proven where a compute serves inference', () => {
    expect(missingOf(estateWithout(silent))[0]).toMatch(
      /^address of the scoring endpoint: k8s serves/,
    );
  });

  it.each(['ClusterIP', 'nodeport'])('is what the extension says with %s', (type) => {
    const own = extension({ inferenceRouterServiceType: type });
    expect(endpointsOf(estateWithout(silent, own))).toEqual([]);
    expect(endpointsOf(estateWithout([...silent, ids.compute], own, gap(computes, '/')))).toEqual(
      [],
    );
    expect(factsOf(estateWithout(silent, own, v1({}))).scoringEndpoints.known).toBe(false);
  });

  it('is proven where the extension only trains', () => {
    const trains = extension({ enableInference: 'False' });
    expect(endpointsOf(estateWithout(silent, trains))).toEqual([]);
    expect(factsOf(estateWithout(silent, trains, v1({}))).scoringEndpoints.known).toBe(false);
  });
});

describe('the frontend of an endpoint', () => {
  it('is unknown where no load balancer has the address', () => {
    const snapshot = estateWithout([ids.balancer], gap('microsoft.network/loadbalancers', '/'));
    expect(missingIn(endpointOf(snapshot).frontend)).toEqual([
      'load balancer frontend of 20.1.2.3: no load balancer that was read has it',
      'rows of microsoft.network/loadbalancers: not authorised',
    ]);
  });

  it('says where floating IP is off, and at which port the nodes listen', () => {
    const frontend = valueOf(
      endpointOf(
        estateWith(balancer({ enableFloatingIP: false, backendPort: 31_443, probe: null })),
      ).frontend,
    );
    expect(frontend.rules).toEqual([
      {
        name: 'a1-TCP-443',
        protocol: 'Tcp',
        frontendPort: 443,
        backendPort: 31_443,
        floatingIp: false,
      },
    ]);
  });

  it.each([
    [
      'an interface of a scale set',
      {
        backendIPConfigurations: [
          {
            id: `${ids.scaleSet}/virtualMachines/0/networkInterfaces/nic/ipConfigurations/ipconfig1`,
          },
        ],
      },
    ],
    [
      'a bare address',
      { loadBalancerBackendAddresses: [{ properties: { ipAddress: '10.1.5.4' } }] },
    ],
  ])('leads to the subnets of %s', (_, pool) => {
    const other = balancer({
      backendAddressPool: null,
      backendAddressPools: [{ id: `${ids.pool}2` }],
    });
    const pools = {
      ...other.body,
      properties: {
        ...Object(other.body['properties']),
        backendAddressPools: [{ id: `${ids.pool}2`, properties: pool }],
      },
    };
    const facts = factsOf(
      estateWith(
        { ...other, body: pools },
        row('Microsoft.ContainerService/managedClusters', ids.cluster, {
          properties: {
            nodeResourceGroup: 'mc_aks',
            agentPoolProfiles: [{ vnetSubnetID: ids.nodes, podSubnetID: ids.pods }],
          },
        }),
      ),
    );
    const [endpoint] = valueOf(facts.scoringEndpoints);
    expect(endpoint && valueOf(valueOf(endpoint.frontend).backendSubnetIds)).toHaveLength(1);
  });

  it('takes what the rule leaves out from Azure: no floating IP, the same port', () => {
    const rule = balancer({ enableFloatingIP: null, backendPort: null });
    expect(valueOf(endpointOf(estateWith(rule)).frontend).rules).toMatchObject([
      { floatingIp: false, backendPort: 443 },
    ]);
  });

  it('has its own rules only', () => {
    const other = balancer({ frontendIPConfiguration: { id: `${ids.frontend}2` } });
    const frontend = valueOf(endpointOf(estateWith(other)).frontend);
    expect(frontend.rules).toEqual([]);
    expect(frontend.backendSubnetIds.known).toBe(false);
  });

  it('keeps the subnets that were read, where interfaces in another node subnet were not', () => {
    const two = row('Microsoft.ContainerService/managedClusters', ids.cluster, {
      properties: {
        nodeResourceGroup: 'mc_aks',
        agentPoolProfiles: [{ vnetSubnetID: ids.nodes }, { vnetSubnetID: ids.pods }],
      },
    });
    const { backendSubnetIds } = valueOf(endpointOf(estateWith(two)).frontend);
    expect(foundIn(backendSubnetIds)).toEqual([ids.nodes.toLowerCase()]);
    expect(missingIn(backendSubnetIds)).toEqual([
      expect.stringContaining('network interfaces of the nodes'),
    ]);
  });

  it('has unknown subnets where pools name nobody, or one that was not read', () => {
    const nobody = valueOf(endpointOf(estateWithout([ids.scaleSet])).frontend);
    expect(nobody.backendSubnetIds.known).toBe(false);
    const unread = {
      backendIPConfigurations: [
        { id: `${ids.scaleSet}2/virtualMachines/0/networkInterfaces/n/ipConfigurations/i` },
      ],
    };
    const one = valueOf(endpointOf(estateWith(balancer({}, unread))).frontend);
    expect(one.backendSubnetIds.known).toBe(false);
  });
});
