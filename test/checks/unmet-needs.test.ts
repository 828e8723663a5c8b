/** What the checks hand over to whoever plans a repair: the questions behind a fail. */
import { describe, expect, it } from 'vitest';
import { defaultOutboundQuestions } from '../../shared/checks/default-outbound-kept.ts';
import { portsText } from '../../shared/checks/outbound-reach.ts';
import {
  dependencyReaches,
  unreachedDependencies,
} from '../../shared/checks/restricted-outbound-allows-dependencies.ts';
import { unreachedRegistries } from '../../shared/checks/restricted-outbound-allows-registry.ts';
import { matchText } from '../../shared/checks/rule-text.ts';
import { excessOf } from '../../shared/checks/scoring-inbound-no-wider-than-callers.ts';
import { nameOf } from '../../shared/model/resource-id.ts';
import { surroundingsOf } from '../../shared/checks/subnet-rules.ts';
import { foundIn, known } from '../../shared/model/verdict.ts';
import { decide } from '../../shared/network/decide.ts';
import type { ClusterSettings } from '../../shared/settings/cluster-settings.ts';
import {
  adminRule,
  callers,
  cluster,
  defaultRoute,
  endpoint,
  knownFrontend,
  nsg,
  routes,
  rule,
  scoringAddress,
  settings,
  subnet,
  unread,
  withSubnet,
  workspace,
} from './build.ts';

const out = (name: string, priority: number, access: 'Allow' | 'Deny', to: string, port = '*') =>
  rule(name, priority, 'Outbound', access, { to, port });
const denyInternet = out('deny-internet', 400, 'Deny', 'Internet');
const open = subnet({ name: 'open', prefixes: known(['10.1.2.0/24']) });
const pods = subnet({
  name: 'pods',
  usedBy: ['pods'],
  prefixes: known(['10.1.4.0/22']),
  securityGroup: known(nsg('pod-nsg', denyInternet)),
});

/** What is not reached from these subnets of a cluster without workspaces. */
function context(...subnets: readonly ReturnType<typeof subnet>[]) {
  const given = cluster({ subnets: known(subnets), workspaces: known([]) });
  return { cluster: given, settings, all: foundIn(given.subnets) };
}

describe('what the default rules let a subnet send', () => {
  it('is asked of each prefix, past each chain of rules', () => {
    const two = subnet({
      prefixes: known(['10.1.0.0/24', '10.1.1.0/24']),
      nodeSecurityGroups: known([nsg('a'), nsg('b')]),
    });
    const asked = defaultOutboundQuestions(two, [two]);
    expect(
      asked.map(({ question: { source, destination }, chain }) => [
        matchText(source),
        matchText(destination),
        chain.map((list) => (list.kind === 'unread' ? 'unread' : list.name)).join(),
      ]),
    ).toEqual(
      ['10.1.0.0/24', '10.1.1.0/24'].flatMap((prefix) =>
        ['a', 'b'].flatMap((name) =>
          ['VirtualNetwork', 'Internet'].map((tag) => [prefix, tag, name]),
        ),
      ),
    );
    expect(asked[0]?.question).toMatchObject({ direction: 'Outbound', protocols: [] });
  });

  describe('to the platform, by its tags', () => {
    const answers = (named: ReturnType<typeof subnet>) => {
      const surroundings = surroundingsOf(named, cluster(), settings);
      return defaultOutboundQuestions(named, [named])
        .filter(({ question: { destination } }) =>
          matchText(destination).startsWith('AzurePlatform'),
        )
        .map(({ question, chain }) => [
          matchText(question.destination),
          decide(question, chain, surroundings).answer,
          chain.map((list) =>
            list.kind === 'unread' ? list.name : [list.name, ...list.rules.map((one) => one.name)],
          ),
        ]);
    };

    it('is taken only by what names them: all else passes', () => {
      const deny = rule('no-dns', 200, 'Outbound', 'Deny', { to: 'AzurePlatformDNS' });
      const named = subnet({
        adminRules: unread('security admin rules'),
        securityGroup: known(nsg('a', deny, denyInternet)),
        nodeSecurityGroups: known([nsg('b', denyInternet)]),
      });
      expect(answers(named)).toEqual([
        ['AzurePlatformDNS', 'denied', [['a', 'no-dns', '']]],
        ['AzurePlatformIMDS', 'allowed', [['a', 'no-dns', '']]],
      ]);
    });

    it('is taken by admin rules too, which let pass what none of them names', () => {
      const corp = adminRule('corp', 'Outbound', 'Deny', { to: 'AzurePlatformIMDS' });
      const other = adminRule('other', 'Outbound', 'Deny', { to: 'Internet' });
      expect(answers(subnet({ adminRules: known([corp, other]) }))).toEqual([
        ['AzurePlatformDNS', 'allowed', [['security admin rules', 'corp']]],
        ['AzurePlatformIMDS', 'denied', [['security admin rules', 'corp']]],
      ]);
    });

    it('is not asked about where no rule names them', () => {
      expect(answers(subnet({ securityGroup: known(nsg('a', denyInternet)) }))).toEqual([]);
    });
  });

  it('is nothing where its prefixes are not known', () => {
    const unknown = subnet({ prefixes: unread('subnet') });
    expect(defaultOutboundQuestions(unknown, [unknown])).toEqual([]);
  });
});

describe('what is not reached', () => {
  it('is each service and the time servers, from each subnet of nodes or pods', () => {
    const needs = unreachedDependencies(context(open, pods));
    expect(needs.map((one) => nameOf(one.subnet.id))).toEqual(needs.map(() => 'pods'));
    expect(
      needs.map(
        ({ need, destination }) =>
          `${need.severity}: ${matchText(destination)} ${portsText(need)}, ${need.label}`,
      ),
    ).toEqual([
      'medium: AzureActiveDirectory TCP 80, 443, the service',
      'medium: AzureMachineLearning TCP 443, the service',
      'medium: AzureMachineLearning TCP 8787, 18881, the service',
      'medium: AzureMachineLearning UDP 5831, the service',
      'medium: AzureResourceManager TCP 443, the service',
      'medium: Storage.westeurope TCP 443, the service',
      'medium: MicrosoftContainerRegistry TCP 443, the service',
      'medium: AzureFrontDoor.FirstParty TCP 443, the service',
      'medium: AzureMonitor TCP 443, the service',
      'low: AzureFrontDoor.Frontend TCP 443, the service',
      'low: BatchNodeManagement.westeurope TCP 443, the service',
      'low: Storage.westeurope TCP 445, the service',
      'low: AzureKeyVault.westeurope TCP 443, the service',
      'low: Internet UDP 123, the service',
    ]);
  });

  it('is nothing of what is reached, or may be', () => {
    expect(unreachedDependencies(context(open))).toEqual([]);
    expect(unreachedDependencies(context(subnet({ prefixes: unread('subnet') })))).toEqual([]);
    expect(
      unreachedDependencies(context(subnet({ securityGroup: unread('security group') }))),
    ).toEqual([]);
  });

  it('is each registry, from each subnet of nodes', () => {
    const closed = subnet({ securityGroup: known(nsg('n', denyInternet)) });
    const [need, ...others] = unreachedRegistries(context(open, closed, pods));
    expect(others).toEqual([]);
    expect(need).toMatchObject({
      destination: { kind: 'serviceTag', name: 'AzureContainerRegistry.westeurope' },
      subnet: { id: closed.id },
      need: { label: 'the registries of westeurope', protocol: 'Tcp', ports: [443] },
    });
    const unreadRegistry = cluster({
      subnets: known([closed]),
      workspaces: known([workspace({ registry: unread('registry') })]),
    });
    expect(
      unreachedRegistries({
        cluster: unreadRegistry,
        settings,
        all: foundIn(unreadRegistry.subnets),
      }),
    ).toEqual([]);
  });
});

describe('time servers', () => {
  const asked = (one: ReturnType<typeof subnet>) => {
    const reaches = dependencyReaches([one], context(one));
    return reaches.find(({ text }) => text === 'time servers (UDP 123)')?.part.kind;
  };

  it('are reached, or it is not known from where', () => {
    expect(asked(open)).toBe('pass');
    expect(asked(subnet({ prefixes: unread('subnet') }))).toBe('unknown');
  });

  it('are beside the point where routes count the whole Internet to the network', () => {
    const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((addressPrefix) => ({
      ...defaultRoute('VirtualAppliance', '10.0.0.4'),
      name: addressPrefix,
      addressPrefix,
    }));
    expect(asked(subnet(routes(...halves)))).toBe('notApplicable');
  });
});

describe('who is let in beside the callers', () => {
  const web = rule('web', 300, 'Inbound', 'Allow', {
    from: 'Internet',
    to: scoringAddress,
    port: '443',
  });
  const bank = rule('bank', 300, 'Inbound', 'Allow', {
    from: '203.0.113.0/24',
    to: scoringAddress,
    port: '443',
  });
  const listed: ClusterSettings = { ...settings, ...callers('203.0.113.0/24') };
  const none: ClusterSettings = { ...settings, callers: { kind: 'none' } };
  const behind = (one: typeof web) => withSubnet({ securityGroup: known(nsg('n', one)) });

  it('is told by each chain of rules that lets in some', () => {
    const [excess, ...others] = excessOf(behind(web), listed);
    expect(others).toEqual([]);
    expect(excess?.excess.isEmpty()).toBe(false);
    expect(excess?.place.endpoint.address).toBe(scoringAddress);
    expect(excess?.question).toMatchObject({ direction: 'Inbound', protocols: ['Tcp'] });
  });

  it('is nobody where the rules let in the callers alone, and the callers where there are none', () => {
    expect(excessOf(behind(bank), listed)).toEqual([]);
    expect(excessOf(behind(bank), none)).toHaveLength(1);
  });

  it('is nobody where the endpoint’s target is not known', () => {
    const unknown = { ...behind(web), scoringEndpoints: known([endpoint()]) };
    const noPrefix = { ...unknown, subnets: known([subnet({ prefixes: unread('subnet') })]) };
    expect(excessOf(noPrefix, listed).filter(({ excess }) => excess.isEmpty())).toEqual([]);
    const directly = {
      rules: knownFrontend(endpoint()).rules.map((one) => ({ ...one, floatingIp: false })),
    };
    const nowhere = { ...noPrefix, scoringEndpoints: known([endpoint({}, directly)]) };
    expect(excessOf(nowhere, listed)).toEqual([]);
  });
});
