import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import type { GeneratedEstate } from '../../simulator/estate/generate-estate.ts';
import {
  drawConditions,
  generateCluster,
  generateEstate,
} from '../../simulator/estate/generate-estate.ts';
import { grantScenarios } from '../../simulator/estate/grant-scenarios.ts';
import { inboundScenarios } from '../../simulator/estate/inbound-scenarios.ts';
import { layoutScenarios } from '../../simulator/estate/layout-scenarios.ts';
import { everyOutboundScenario } from '../../simulator/estate/dependency-scenarios.ts';
import { postureFamilies } from '../../simulator/estate/posture-scenarios.ts';
import { prefixesOfTag, serviceTagListRow } from '../../simulator/estate/service-tag-list.ts';

const size = import.meta.env.MODE === 'deep' ? 2000 : 200;
const declared = catalogue.flatMap(({ id, kinds }) => kinds.map((kind) => `${id} ${kind}`));
const everythingRead = { tagList: true, managementGroupCoverage: true, unread: [] };

describe('a generated estate', () => {
  it('is the same for the same seed and another for another', () => {
    const first = JSON.stringify(generateEstate(5, 40));
    expect(JSON.stringify(generateEstate(5, 40))).toBe(first);
    expect(JSON.stringify(generateEstate(6, 40))).not.toBe(first);
  });

  it('holds the clusters that are generated one by one', () => {
    const estate = generateEstate(5, 45);
    const alone = generateCluster(5, 44, drawConditions(5, {}));
    expect(estate.truth.slice(-alone.truth.length)).toEqual(alone.truth);
  });

  it.each([
    ['with everything read', generateEstate(1, size, everythingRead)],
    ['without service tags', generateEstate(2, size, { ...everythingRead, tagList: false })],
    ['the demo', demoEstate()],
  ])('has unique ids and refers only to rows or to what is missing on purpose: %s', (_, estate) => {
    const ids = idsOf(estate);
    expect(ids.length).toBe(new Set(ids).size);
    expect(danglingReferences(estate)).toEqual([]);
  });

  it('leaves rows out where a scenario says so', () => {
    const estate = generateEstate(1, size, everythingRead);
    const ids = new Set(idsOf(estate));
    expect(estate.missingIds.length).toBeGreaterThan(10);
    expect(estate.missingIds.filter((id) => ids.has(id))).toEqual([]);
  });

  it('has one truth for each cluster and check, of a cluster that is a row', () => {
    const estate = generateEstate(3, size);
    const ids = new Set(idsOf(estate));
    const pairs = estate.truth.map(({ clusterId, checkId }) => `${clusterId} ${checkId}`);
    expect(pairs.length).toBe(size * catalogue.length);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const { clusterId, checkId, kind, severity } of estate.truth) {
      expect(ids).toContain(clusterId);
      expect(catalogue.map(({ id }) => id)).toContain(checkId);
      expect(severity !== undefined).toBe(kind === 'fail');
    }
  });

  it('shows every kind that a check declares, often enough to score a scan by, and no other', () => {
    const estates = Array.from({ length: 20 }, (_, at) => generateEstate(at + 1, 200));
    const counts = countBy(
      estates.flatMap(({ truth }) => truth.map(({ checkId, kind }) => `${checkId} ${kind}`)),
    );
    expect([...counts.keys()].toSorted()).toEqual(declared.toSorted());
    expect([...counts].filter(([, count]) => count < 50)).toEqual([]);
  });

  it('meets every scenario in one estate or another', () => {
    const estates = [
      generateEstate(1, 1200, everythingRead),
      generateEstate(2, 300, { ...everythingRead, tagList: false }),
      generateEstate(3, 40, {
        ...everythingRead,
        unread: ['microsoft.machinelearningservices/workspaces/computes'],
      }),
    ];
    const met = new Set(
      estates
        .flatMap(({ scenarios }) => Object.values(scenarios))
        .flatMap((names) => Object.values(names).flat()),
    );
    const names = [
      ...inboundScenarios,
      ...everyOutboundScenario,
      ...grantScenarios,
      ...layoutScenarios,
      ...Object.values(postureFamilies).flat(),
    ].map(({ name }) => name);
    expect(names.filter((name) => !met.has(name))).toEqual([]);
  });

  it('never proves a missing grant where management groups or assignments were not read', () => {
    for (const options of [
      { managementGroupCoverage: false },
      { unread: ['microsoft.authorization/roleassignments'] },
    ]) {
      const { truth } = generateEstate(8, 60, { ...everythingRead, ...options });
      const kinds = truth
        .filter(({ checkId }) => checkId === 'network-contributor-granted')
        .map(({ kind }) => kind);
      expect(kinds).not.toContain('fail');
      expect(kinds).toContain('unknown');
    }
  });

  it('leaves out the types that were not read, from rows and manifest', () => {
    const unread = ['microsoft.machinelearningservices/workspaces/computes'];
    const { rows } = generateEstate(9, 40, { ...everythingRead, unread });
    expect(rows.map(typeOf)).not.toContain(unread[0]);
    const manifest = rows.find((row) => typeOf(row) === 'portcullis/manifest');
    expect(JSON.stringify(manifest)).not.toContain(unread[0]);
    expect(JSON.stringify(manifest)).toContain('microsoft.containerservice/managedclusters');
  });

  it('never gives two rules of a security group the same priority in a direction', () => {
    const rule = z.object({
      properties: z.object({ priority: z.int().min(100).max(4096), direction: z.string() }),
    });
    const nsg = z.object({
      id: z.string(),
      properties: z.object({ securityRules: z.array(rule) }),
    });
    const nsgs = generateEstate(10, 1200)
      .rows.filter((row) => typeOf(row) === 'microsoft.network/networksecuritygroups')
      .map((row) => nsg.parse(row));
    expect(nsgs.length).toBeGreaterThan(1200);
    for (const { id, properties } of nsgs) {
      const places = properties.securityRules.map(
        (each) => `${each.properties.direction} ${each.properties.priority}`,
      );
      expect([id, new Set(places).size]).toEqual([id, places.length]);
    }
  });
});

describe('the service tags of the estates', () => {
  const names = z
    .object({ values: z.array(z.object({ name: z.string() })) })
    .parse(serviceTagListRow('00000000-0000-0000-0000-000000000000'))
    .values.map(({ name }) => name);

  it('lie within their global tags, and the registries within AzureCloud', () => {
    for (const name of names.filter(
      (each) => each.includes('.') && !each.startsWith('AzureFrontDoor'),
    )) {
      const [service = ''] = name.split('.');
      expect([name, uncovered(name, service)]).toEqual([name, []]);
    }
    expect(uncovered('AzureContainerRegistry', 'AzureCloud')).toEqual([]);
    expect(uncovered('AzureContainerRegistry.GermanyWestCentral', 'AzureCloud.germanywc')).toEqual(
      [],
    );
    expect(uncovered('AzureContainerRegistry.WestEurope', 'AzureCloud.northeurope')).not.toEqual(
      [],
    );
  });

  it('share no address between services, nor between regions of one service', () => {
    const disjoint = names.filter((name) => !name.startsWith('AzureCloud'));
    for (const one of disjoint) {
      for (const other of disjoint) {
        const nested = one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
        if (one === other || nested) continue;
        const shared = prefixesOfTag(one).filter((prefix) =>
          prefixesOfTag(other).some((against) => covers(against, prefix)),
        );
        expect([one, other, shared]).toEqual([one, other, []]);
      }
    }
  });

  it('leave out addresses that only perhaps belong to the Internet', () => {
    const uncertain = [
      '4.128.0.0/12',
      '13.96.0.0/13',
      '20.128.0.0/16',
      '20.144.0.0/14',
      '20.176.0.0/13',
      '52.132.0.0/14',
    ];
    for (const name of names) {
      const doubtful = prefixesOfTag(name).filter((prefix) =>
        uncertain.some((block) => covers(block, prefix)),
      );
      expect([name, doubtful]).toEqual([name, []]);
    }
  });
});

describe('the demo estate', () => {
  const file = (name: string): string =>
    readFileSync(new URL(`../../demo/${name}`, import.meta.url), 'utf8');

  it('is committed as it is generated', () => {
    const { rows, settings, truth } = demoEstate();
    const lines = file('estate.jsonl').trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      JSON.parse(JSON.stringify(rows)),
    );
    expect(JSON.parse(file('portcullis.settings.json'))).toEqual(settings);
    expect(JSON.parse(file('truth.json'))).toEqual(truth);
  });

  it('stays small and shows every kind of every check', () => {
    const { truth, scenarios } = demoEstate();
    const perCluster = file('estate.jsonl').length / Object.keys(scenarios).length;
    expect(perCluster).toBeLessThan(21_000);
    const shown = new Set(truth.map(({ checkId, kind }) => `${checkId} ${kind}`));
    // Computes that were not read would hide every workspace of their subscription.
    const elsewhere = 'ml-compute-supported unknown';
    expect([...shown].toSorted()).toEqual(declared.filter((kind) => kind !== elsewhere).toSorted());
  });
});

function typeOf(row: object): string {
  return String('type' in row ? row.type : '').toLowerCase();
}

function idsOf({ rows }: GeneratedEstate): string[] {
  return rows.map((row) => String('id' in row ? row.id : '').toLowerCase());
}

function countBy(values: readonly string[]): Map<string, number> {
  return values.reduce(
    (counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1),
    new Map<string, number>(),
  );
}

/** Resources that rows name by id, that are of a type the estates hold, and that are nowhere. */
function danglingReferences(estate: GeneratedEstate): string[] {
  const known = new Set([...idsOf(estate), ...estate.missingIds].map(withoutRoleScope));
  const types = new Set(estate.rows.map(typeOf));
  const quoted = [...JSON.stringify(estate.rows).matchAll(/"(\/subscriptions\/[^"]+)"/g)];
  return quoted
    .map((match) => topResource(String(match[1]).toLowerCase()))
    .filter(({ id, type }) => types.has(type) && !known.has(withoutRoleScope(id)))
    .map(({ id }) => id);
}

/** A built-in role is named within each subscription; only its own GUID tells which it is. */
function withoutRoleScope(id: string): string {
  return id.replace(/^.*(\/providers\/microsoft.authorization\/roledefinitions\/)/, '$1');
}

/** The tracked resource that an id names or lies within. */
function topResource(id: string): { id: string; type: string } {
  const [, path = '', rest = ''] = /^(.*\/providers\/)([^/]+\/.*)$/.exec(id) ?? [];
  const [namespace = '', kind = '', name = '', childKind, childName] = rest.split('/');
  const child = childKind === 'computes' || childKind === 'onlineendpoints';
  return child
    ? {
        id: `${path}${namespace}/${kind}/${name}/${childKind}/${childName}`,
        type: `${namespace}/${kind}/${childKind}`,
      }
    : { id: `${path}${namespace}/${kind}/${name}`, type: `${namespace}/${kind}` };
}

/** The prefixes of one tag that no prefix of the other covers. */
function uncovered(inner: string, outer: string): string[] {
  return prefixesOfTag(inner).filter(
    (prefix) => !prefixesOfTag(outer).some((against) => covers(against, prefix)),
  );
}

/** Whether one prefix lies within another; IPv6 prefixes are compared by their written groups. */
function covers(outer: string, inner: string): boolean {
  if (outer.includes(':') !== inner.includes(':')) return false;
  const [outerBits, innerBits] = [bitsOf(outer), bitsOf(inner)];
  return innerBits.startsWith(outerBits);
}

function bitsOf(prefix: string): string {
  const [address = '', length = ''] = prefix.split('/');
  const bits = address.includes(':')
    ? address
        .split('::')[0]
        ?.split(':')
        .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
        .join('')
        .padEnd(128, '0')
    : address
        .split('.')
        .map((octet) => Number(octet).toString(2).padStart(8, '0'))
        .join('');
  return (bits ?? '').slice(0, Number(length));
}
