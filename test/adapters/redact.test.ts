/** A redacted estate gives the same verdicts as the estate, and tells nothing of whose it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redaction } from '../../shared/adapters/files/redact-words.ts';
import { redactRow } from '../../shared/adapters/files/redact-rows.ts';
import { redactSettings } from '../../shared/adapters/files/redact-settings.ts';
import { AddressRedaction } from '../../shared/adapters/files/redact-addresses.ts';
import {
  platformAddresses,
  privateAddresses,
  sometimesOmittedFromInternet,
  specialUse,
} from '../../shared/network/address-bounds.ts';
import {
  addressSet,
  equalAddresses,
  isAddressSubset,
  isEmptyAddresses,
  intersectAddresses,
} from '../../shared/packets/address.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { auditRows } from '../pipeline/audit-rows.ts';

const key = new Uint8Array(32).fill(7);
const deep = import.meta.env.MODE === 'deep';

const estates: readonly (readonly [string, { rows: readonly object[]; settings: object }])[] = [
  ['the demo', demoEstate()],
  ...(deep ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [2, 5, 8]).map(
    (seed) => [`the estate of seed ${seed}`, generateEstate(seed, deep ? 200 : 60)] as const,
  ),
];

function settingsOf(json: object) {
  const parsed = parseSettings(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

describe.each(estates)('%s', (_, { rows, settings }) => {
  const redaction = new Redaction(key);
  const redacted = rows.map((row) => redactRow({ ...row }, redaction));
  const redactedSettings = redactSettings(settingsOf(settings), redaction);

  it('gets the same verdict for every cluster and check when it is redacted', async () => {
    const before = await auditRows(rows, settings);
    const after = await auditRows(redacted, redactedSettings);
    const wrong = [...before.verdicts.values()].flatMap(({ clusterId, checkId, ...verdict }) => {
      const other = after.verdicts.get(`${redaction.id(clusterId)} ${checkId}`);
      const [was, is] = [verdict, other].map(
        (one) => one && `${one.kind} ${one.severity} ${one.exempt === null ? '' : 'exempt'}`,
      );
      return was === is
        ? []
        : [{ checkId, clusterId, was, is, summary: verdict.summary, other: other?.summary }];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(after.verdicts.size).toBe(before.verdicts.size);
    expect(after.tail.gaps.length).toBe(before.tail.gaps.length);
    expect(after.clusters.length).toBe(before.clusters.length);
  });

  it('tells no name, no id and no address of its own', () => {
    const text = `${JSON.stringify(redacted)}${JSON.stringify(redactedSettings)}`.toLowerCase();
    const parts = new Set(text.split(/[^\w.:-]+/));
    const told = secretsIn(rows).filter((secret) => parts.has(secret));
    expect(told).toEqual([]);
  });
});

/** Whatever stands in an estate where a person or Azure puts a name, and every GUID of its own. */
function secretsIn(rows: readonly object[]): readonly string[] {
  const secrets = new Set<string>();
  const isPublic =
    /^(?:default|gatewaysubnet|\d+|public|kubernetes|azureml|ipconfig\d*|inference)$/;
  for (const row of rows) {
    const { id, name, type } = row as Readonly<Record<string, unknown>>;
    if (typeof type !== 'string' || /servicetags|roledefinitions|portcullis/i.test(type)) continue;
    for (const part of [name, ...(typeof id === 'string' ? id.split('/').slice(-1) : [])]) {
      if (typeof part === 'string' && part.length > 5) secrets.add(part.toLowerCase());
    }
    const subscription = typeof id === 'string' ? /^\/subscriptions\/([^/]+)/i.exec(id)?.[1] : '';
    if (subscription !== undefined && subscription !== '') secrets.add(subscription.toLowerCase());
    const address = /"ipAddress":"([\d.]+)"/.exec(JSON.stringify(row))?.[1];
    if (address !== undefined) secrets.add(address);
  }
  return [...secrets].filter((secret) => !isPublic.test(secret));
}

describe('an address', () => {
  const addresses = new AddressRedaction(key);
  const moved = (text: string): string => addresses.prefix(text) ?? 'none';
  const ipv4 = fc.ipV4();
  const cidr4 = fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([ip, n]) => `${ip}/${n}`);
  const cidr6 = fc
    .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
    .map(([ip, n]) => `${ip}/${n}`);
  const cidr = fc.oneof(cidr4, cidr6).filter((text) => !text.includes('.') || !text.includes(':'));

  it('keeps every containment and every overlap of two prefixes', () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const relation = (x: string, y: string) => {
          const [one, two] = [addressSet([x]), addressSet([y])];
          return [
            isAddressSubset(one, two),
            isAddressSubset(two, one),
            isEmptyAddresses(intersectAddresses(one, two)),
          ];
        };
        expect(relation(moved(a), moved(b))).toEqual(relation(a, b));
      }),
      { numRuns: deep ? 3000 : 300 },
    );
  });

  it('keeps as many leading bits in common with another as it had', () => {
    const bits = (text: string): string =>
      text
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('');
    const common = (a: string, b: string): number => {
      const [x, y] = [bits(a), bits(b)];
      const at = x.split('').findIndex((bit, index) => bit !== y[index]);
      return at < 0 ? 32 : at;
    };
    fc.assert(
      fc.property(ipv4, ipv4, (a, b) => {
        expect(common(moved(a), moved(b))).toBe(common(a, b));
      }),
      { numRuns: deep ? 3000 : 300 },
    );
  });

  it.each([
    ['special use', specialUse],
    ['blocks that are sometimes left out', sometimesOmittedFromInternet],
    ['private addresses', privateAddresses],
    ['the platform', platformAddresses],
  ])('stays inside or outside of %s', (_, block) => {
    fc.assert(
      fc.property(ipv4, (address) => {
        expect(isAddressSubset(addressSet([moved(address)]), block)).toBe(
          isAddressSubset(addressSet([address]), block),
        );
      }),
      { numRuns: deep ? 3000 : 300 },
    );
  });

  it.each(['168.63.129.16', '169.254.169.254', '0.0.0.0/0', '::/0', '10.0.0.0/8', '0.0.0.0/32'])(
    'that means something stays: %s',
    (text) => {
      expect(moved(text)).toBe(text);
    },
  );

  it('goes elsewhere, and elsewhere again with another key', () => {
    const other = new AddressRedaction(new Uint8Array(32).fill(8));
    const some = ['203.0.113.9', '20.4.0.28', '10.13.0.4', '2001:4860::8888'];
    for (const text of some) {
      expect(moved(text)).not.toBe(text);
      expect(other.prefix(text)).not.toBe(moved(text));
    }
  });

  it('of a range is told by prefixes that hold as many', () => {
    const parts = addresses.prefixes('203.0.113.5-203.0.113.9') ?? [];
    const size = (text: string): number => 2 ** (32 - Number(text.split('/')[1] ?? 32));
    expect(parts.map(size).reduce((a, b) => a + b, 0)).toBe(5);
    const whole = addressSet([moved('203.0.113.0/24')]);
    expect(isAddressSubset(addressSet(parts), whole)).toBe(true);
    expect(equalAddresses(addressSet(parts), whole)).toBe(false);
  });

  it('that is none is said to be none', () => {
    expect(addresses.prefix('10.0.0.0/33')).toBeUndefined();
    expect(addresses.prefixes('somewhere')).toBeUndefined();
  });
});

describe('a name', () => {
  const redaction = new Redaction(key);

  it('is the same wherever and however it is written', () => {
    expect(redaction.name('Fraud-Prod')).toBe(redaction.name('fraud-prod'));
    const id = '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/Fraud-Prod';
    expect(redaction.id(id).endsWith(`/resourceGroups/${redaction.name('fraud-prod')}`)).toBe(true);
  });

  it('that Azure gave stays', () => {
    for (const name of ['GatewaySubnet', 'AllowVnetInBound', 'Network Contributor']) {
      expect(redaction.name(name)).toBe(name);
    }
    expect(redaction.guid('4d97b98b-1d4f-4787-a291-c67834d212e7')).toBe(
      '4d97b98b-1d4f-4787-a291-c67834d212e7',
    );
  });

  it('in a condition is replaced, and what the condition asks is not', () => {
    const condition =
      "(!(ActionMatches{'Microsoft.Network/*'})) OR (@Resource[x:name] StringEquals 'spoke')";
    const redacted = redaction.condition(condition);
    expect(redacted).toContain("ActionMatches{'Microsoft.Network/*'}");
    expect(redacted).not.toContain('spoke');
  });
});

describe('a row', () => {
  it('loses what no verdict needs: free text, foreign tags, members nobody knows', () => {
    const row = {
      id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/n',
      type: 'microsoft.network/networksecuritygroups',
      tags: { owner: 'ada@bank.example', costCentre: '4711' },
      properties: {
        description: 'the secret project',
        annotations: { 'team-x': 1 },
        securityRules: [{ name: 'r', properties: { description: 'for ada', access: 'Allow' } }],
      },
    };
    const text = JSON.stringify(redactRow(row, new Redaction(key)));
    expect(text).not.toMatch(/ada|4711|secret|team-x|annotations|description/);
    expect(text).toContain('"access":"Allow"');
  });
});
