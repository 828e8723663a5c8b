import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startAudit } from '../../shared/compose.ts';
import { ansiPaint } from '../../shared/reports/paint.ts';
import type { VerdictReport } from '../../shared/reports/report.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { type TableOptions, tableReport } from '../../shared/reports/table-report.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { audit, badNight, shard, verdict } from './made-up-scan.ts';

async function printed(running: Audit, options: TableOptions = {}): Promise<string> {
  let text = '';
  for await (const piece of tableReport(running, options)) text += piece;
  return text;
}

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

function fleet(size: number): Audit {
  const name = (index: number) => `cluster-${String(index).padStart(5, '0')}`;
  const verdicts = Array.from({ length: size }, (_, index) => [
    verdict('scoring-inbound-allowed', name(index), 'fail', index === 50 ? 'critical' : 'low'),
    verdict('network-contributor-granted', name(index), 'unknown', 'high', {
      missing: [{ what: `thing ${index}`, scope: '/s', why: 'denied' }],
    }),
  ]);
  return audit(verdicts.map((own, index) => shard({ [name(index)]: own })));
}

describe('the table', () => {
  test.each([60, 80, 100, 119, 120, 160])('no line is longer than %i columns', async (width) => {
    expect(longest(await printed(badNight(), { width }))).toBeLessThanOrEqual(width);
    expect(longest(await printed(fleet(60), { width }))).toBeLessThanOrEqual(width);
  });

  test('is 80 columns wide unless told, and never wider than 160', async () => {
    expect(longest(await printed(badNight()))).toBe(80);
    expect(longest(await printed(badNight(), { width: 500 }))).toBe(160);
  });

  test('says at once how it stands, and once more at the end', async () => {
    const lines = (await printed(badNight())).trimEnd().split('\n');
    const standing = '✗ 2 not compliant   ? 1 unknown   ✓ 1 compliant';
    expect(lines[2]?.trim()).toBe(standing);
    expect(lines[3]).toContain('1 CRITICAL');
    expect(lines.at(-2)).toBe(lines[3]);
    expect(lines.at(-1)?.trim()).toBe(standing);
  });

  test.each([
    [{}, 'live Azure'],
    [{ cloud: 'public' }, 'live Azure'],
    [{ cloud: 'usgov' }, 'live Azure Government'],
    [{ cloud: '127.0.0.1:38211' }, 'simulated Azure at 127.0.0.1:38211'],
    [{ cloud: 'localhost' }, 'simulated Azure at localhost'],
    [{ cloud: 'management.azure.example' }, 'Azure at management.azure.example'],
  ])('names the Azure that it read: %j', async (cloud, says) => {
    const { header, ...rest } = audit([]);
    const running: Audit = { ...rest, header: { ...header, source: 'live', ...cloud } };
    expect(await printed(running)).toContain(`Portcullis · ${says} · 0 clusters · `);
  });

  test('tells failures by severity, with cluster, check, sentence, packet and rule', async () => {
    const text = await printed(badNight());
    const order = [
      'CRITICAL  fraud-prod-weu',
      'HIGH      fraud-prod-weu',
      'MEDIUM    pricing-prod',
    ];
    const at = order.map((title) => text.indexOf(` ${title}`));
    expect(at.every((position) => position > 0)).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(text).toContain('fraud-prod-weu  restricted-outbound-allows-registry');
    expect(text).toContain('203.0.113.9:49152 → 20.1.2.3:443 Tcp, inbound');
    expect(text).toContain('rule deny-all-inbound · nsg-fraud-prod-weu: denies the callers');
    expect(text).toContain('beside it, not read: rules of the appliance at 10.0.0.4');
  });

  test('does not tell an exempt failure, but counts it', async () => {
    const text = await printed(badNight());
    expect(text).not.toContain('HIGH      search-dev');
    expect(text).toContain('9 verdicts: 3 failed, 2 unknown, 1 exempt, 3 passed');
  });

  test('groups what is unknown by what is missing', async () => {
    const text = await printed(badNight());
    expect(text).toContain(' ? address of the scoring endpoint\n');
    expect(text).toMatch(
      /network-contributor-granted, scoring-inbound-allowed on\s+pricing-prod-\S+ and 1\s+more/,
    );
  });

  test('lists clusters from the worst to the best, with gaps, assumptions and remarks', async () => {
    const text = await printed(badNight());
    const table = text.slice(text.indexOf('CLUSTERS'), text.indexOf('NOT READ'));
    const marks = [...table.matchAll(/^ ([✗?✓]) /gm)].map(([, mark]) => mark);
    expect(marks).toEqual(['✗', '✗', '?', '✓']);
    expect(text).toContain('NOT READ  1');
    expect(text).toContain('No security admin rules apply: none were exported.');
    expect(text).toContain('did you mean');
    expect(text).toContain('Incomplete: 1 thing could not be read.');
  });

  test('a long list ends with a count and the way to the rest; the worst is never cut', async () => {
    const text = await printed(fleet(300));
    expect(text).toContain('CRITICAL  cluster-00050');
    expect(text).toContain('… and 280 more failures: all in --format json');
    expect(text).toContain('… and 280 more clusters');
    expect(text.slice(text.indexOf('IN DETAIL')).match(/^ LOW /gm)).toHaveLength(19);
    expect(text.split('\n').length).toBeLessThan(250);
  });

  test('of an estate without clusters says so', async () => {
    const text = await printed(audit([]));
    expect(text).toContain('No inference cluster was found, and everything could be read.');
    const gaps = [{ scope: '/', what: 'clusters', why: 'denied' }];
    expect(await printed(audit([], { gaps }))).toContain('but not everything could be read');
  });

  test('does not say that everything could be read beside an unknown verdict', async () => {
    const own = [verdict('scoring-inbound-allowed', 'a', 'unknown', 'high')];
    const text = await printed(audit([shard({ a: own })]));
    expect(text).not.toMatch(/everything could be read/i);
  });

  test('of a good night is short', async () => {
    const good = shard({ a: [verdict('scoring-inbound-allowed', 'a', 'pass', 'high')] });
    const text = await printed(audit([good]));
    expect(text).not.toMatch(/FAILED|UNKNOWN|NOT READ|ASSUMED/);
    expect(text.split('\n').length).toBeLessThan(15);
    expect(text).toContain('1 verdict: 1 passed.\nEverything could be read.');
  });

  test('of one cluster does not point to it', async () => {
    const own = [1, 2, 3, 4].map((n) => verdict(`c${n}`, 'a', 'fail', 'high'));
    expect(await printed(audit([shard({ a: own })]))).not.toContain('Next:');
    const two = await printed(audit([shard({ a: own, b: own })]));
    expect(two.match(/Next: --cluster a /g)).toHaveLength(2);
  });

  test('of one cluster tells how it stands once where a screen holds it, else twice', async () => {
    const own = [verdict('c', 'a', 'pass', 'high')];
    const lengths = Array.from({ length: 16 }, (_, count) => count);
    const seen = new Set<number>();
    for (const count of lengths) {
      const assumptions = lengths.slice(0, count).map((n) => `assumption ${n}`);
      const text = await printed(audit([shard({ a: own })], { assumptions }), { limit: 40 });
      const times = text.match(/1 compliant$/gm)?.length ?? 0;
      const lines = text.split('\n').length - times;
      expect(times).toBe(lines < 24 ? 1 : 2);
      seen.add(lines);
    }
    expect(seen).toContain(23);
    expect(seen).toContain(24);
    const few = await printed(audit([shard({ a: own, b: [] })]));
    expect(few.split('\n').length).toBeLessThan(24);
    expect(few.match(/2 compliant$/gm)).toHaveLength(2);
  });

  test('colours change no width and no word, and without a painter there are none', async () => {
    const plain = await printed(badNight());
    const painted = await printed(badNight(), { paint: ansiPaint });
    expect(painted).not.toBe(plain);
    expect(stripVTControlCharacters(painted)).toBe(plain);
    expect(stripVTControlCharacters(plain)).toBe(plain);
  });

  test('a name with control characters stays a name', async () => {
    const evil = 'x\u001B[2Jy';
    const own = [verdict('c', evil, 'fail', 'high', { summary: 'a\u001B]0;b\u0007' })];
    const text = await printed(audit([shard({ [evil]: own })]));
    expect(stripVTControlCharacters(text)).toBe(text);
  });
});

describe('a proof', () => {
  const at =
    '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/nsg-1';
  const summary = 'The rules keep 10.0.0.0/24 out: rule deny-office of nsg-1 denies it.';
  async function proofs(...evidence: VerdictReport['evidence'][number][]): Promise<string[]> {
    const changes = { summary, evidence };
    const own = [verdict('scoring-inbound-allowed', 'a', 'fail', 'high', changes)];
    const text = await printed(audit([shard({ a: own })]));
    const block = text.slice(text.indexOf('denies it.\n') + 'denies it.\n'.length);
    return block.slice(0, block.indexOf('\n\n')).split('\n');
  }

  test.each([
    'rule deny-office (priority 206) of nsg-1 denies it',
    'rule deny-office (priority 206) of NSG-1 denies it',
    'rule deny-office (priority 206) denies it',
    'priority 206',
  ])('that the summary gave is its rule, place and priority: %s', async (says) => {
    expect(await proofs({ at, rule: 'deny-office', says })).toEqual([
      '     rule deny-office · nsg-1 · priority 206',
    ]);
  });

  test('is told once; what a second one adds follows', async () => {
    const rule = 'deny-office';
    const says = 'rule deny-office of nsg-1 denies it';
    const more = 'rule deny-office of nsg-1 takes port 53 too';
    expect(await proofs({ at, rule, says }, { at, rule, says }, { at, rule, says: more })).toEqual([
      '     rule deny-office · nsg-1',
      '     rule deny-office takes port 53 too',
    ]);
  });

  test('that is a near miss, a route or a role assignment stays a sentence', async () => {
    const near = 'near miss: rule allow-x allows 10.0.0.9; the scoring endpoint is now 10.0.0.8';
    const route = '/subscriptions/s/resourcegroups/g/providers/microsoft.network/routetables/rt-1';
    const role = 'role Reader is assigned to x at /subscriptions/s/resourcegroups/rg-net';
    const guid = 'ecbb3874-e0b3-4acf-af41-663bdcd7a2df';
    expect(
      await proofs(
        { at: `${at}9`, rule: 'allow-x', says: near },
        { at: route, rule: 'r', says: 'route r leads 0.0.0.0/0 to nowhere' },
        { at: route, rule: guid, says: role },
      ),
    ).toEqual([
      '     near miss: rule allow-x allows 10.0.0.9; the scoring endpoint is now',
      '     10.0.0.8 (nsg-19)',
      '     route r · rt-1: leads 0.0.0.0/0 to nowhere',
      '     role Reader is assigned to x at resourcegroups/rg-net',
    ]);
  });

  test('keeps a priority on one line', async () => {
    const long = `${at.slice(0, -1)}${'x'.repeat(44)}`;
    const says = 'rule deny-office (priority 206) denies it';
    expect(await proofs({ at: long, rule: 'deny-office', says })).toEqual([
      `     rule deny-office · nsg-${'x'.repeat(44)} ·`,
      '     priority 206',
    ]);
  });
});

describe('the overview', () => {
  const many = (checks: number, clusters: number) =>
    audit(
      Array.from({ length: clusters }, (_, c) =>
        shard({
          [`cluster-${c}`]: Array.from({ length: checks }, (_, check) =>
            verdict(`check-${check}`, `cluster-${c}`, 'fail', check === 3 ? 'critical' : 'low'),
          ),
        }),
      ),
    );

  test.each([
    [1, 4],
    [1, 400],
    [4, 25],
    [13, 3],
    [14, 3],
    [40, 2],
  ])('of %i checks on %i clusters is a first screen of 24 lines', async (checks, clusters) => {
    const screen = (await printed(many(checks, clusters))).split('\n').slice(0, 24).join('\n');
    expect(screen).toContain(`FAILED  ${checks * clusters} verdicts of ${checks} check`);
    expect(screen).toContain(' Next: --cluster cluster-0 · everything: --format json');
    const worst = checks > 3 ? /^ CRITICAL  check-3 / : /^ LOW  check-0 /;
    expect(screen.split('\n')[7]).toMatch(worst);
  });

  test('names clusters of the worst severity first, each with the rule to blame', async () => {
    const text = await printed(many(5, 20));
    const lines = text.slice(0, text.indexOf('IN DETAIL')).split('\n');
    const start = lines.findIndex((line) => line.includes('CRITICAL  check-3'));
    expect(lines[start]).toBe(' CRITICAL  check-3  20 clusters, 9 shown');
    expect(lines[start + 1]).toBe('    cluster-0   deny-all-inbound · nsg-cluster-0');
    expect(lines[start + 10]).toBe(' LOW       check-0  20 clusters');
  });

  test('is left out where the failures themselves fit', async () => {
    expect(await printed(many(3, 1))).not.toContain('IN DETAIL');
    expect(await printed(many(4, 1))).toContain('IN DETAIL');
  });
});

describe('the list of clusters', () => {
  const names = fc
    .array(fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 61 }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((texts) => texts.map((text) => `c${text}z`));

  test('cuts no name at 80 columns or more: other columns go first', async () => {
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 80, max: 160 }), async (all, width) => {
        const shards = all.map((name) =>
          shard({
            [name]: [verdict('c', name, 'fail', 'high'), verdict('d', name, 'unknown', 'low')],
          }),
        );
        const text = await printed(audit(shards), { width });
        const table = text.slice(text.indexOf('CLUSTERS'));
        for (const name of all) expect(table).toContain(` ✗ ${name} `);
        expect(longest(text)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('has the columns that fit', async () => {
    const titles = async (name: string, width: number) => {
      const own = [verdict('c', name, 'fail', 'high')];
      const text = await printed(audit([shard({ [name]: own })]), { width });
      const lines = text.slice(text.indexOf('CLUSTERS')).split('\n');
      return lines[2]?.trim().split(/ {2,}/);
    };
    const short = 'fraud-prod-weu';
    const all = ['cluster', 'location', 'worst', 'API server', 'scoring endpoints'];
    expect(await titles(short, 120)).toEqual([...all, 'fail', 'unknown', 'pass']);
    expect(await titles(short, 80)).toEqual([
      'cluster',
      'location',
      'worst',
      'fail',
      'unknown',
      'pass',
    ]);
    expect(await titles(short.repeat(3), 80)).toEqual([
      'cluster',
      'worst',
      'fail',
      'unknown',
      'pass',
    ]);
    expect(await titles('x'.repeat(62), 80)).toEqual(['cluster', 'fail', 'unknown']);
    expect(await titles('x'.repeat(63), 60)).toEqual(['cluster', 'fail']);
  });
});

test('the counts of the last lines sum up to the verdicts', async () => {
  const exempt = {
    reason: 'x',
    approvedBy: null,
    ticket: null,
    expiresOn: null,
    source: 'settings',
  };
  const kinds = fc.constantFrom('fail', 'unknown', 'pass', 'notApplicable');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(kinds, fc.boolean()), { minLength: 1 }), async (all) => {
      const own = all.map(([kind, isExempt], index) =>
        verdict(`c${index}`, 'a', kind, 'high', {
          exempt:
            isExempt && (kind === 'fail' || kind === 'unknown')
              ? { ...exempt, source: 'settings' }
              : null,
        }),
      );
      const text = await printed(audit([shard({ a: own })]));
      const line = /^(\d+) verdicts?: (.*)\.$/m.exec(text);
      const parts = [...(line?.[2] ?? '').matchAll(/\d+/g)].map(([part]) => Number(part));
      expect(Number(line?.[1])).toBe(all.length);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(all.length);
    }),
  );
});

describe('what could not be read', () => {
  const scope =
    '/subscriptions/s/resourcegroups/rg-net/providers/microsoft.network/networksecuritygroups/nsg-1';
  const missing = {
    what: 'network security group nsg-1',
    scope,
    why: 'it is referred to, and it is not among the rows that were read',
  };
  const own = (...lacking: (typeof missing)[]) => [
    shard({ a: [verdict('c', 'a', 'unknown', 'high', { missing: lacking })] }),
  ];

  test('names the resource group once and what to do next', async () => {
    const text = await printed(audit(own(missing)));
    expect(text).toContain(
      [
        ' ? network security group nsg-1',
        '   in rg-net: it is referred to, and it is not among the rows that were read',
        '   → export it too',
        '   c on a',
      ].join('\n'),
    );
  });

  test('live, asks for the right to read', async () => {
    const running = audit(own(missing));
    const live = { ...running, header: { ...running.header, source: 'live' as const } };
    expect(await printed(live)).toContain("   → let the reader's identity see it");
  });

  test('a condition in the reason is what to do next', async () => {
    const why = 'route default sends it there; if it may pass, name it in egress.trustedAppliances';
    const text = await printed(audit(own({ what: 'rules of 10.0.0.4', scope: `${scope}x`, why })));
    expect(text).toContain(
      'networksecuritygroups/nsg-1x in rg-net: route default sends it there\n',
    );
    expect(text).toContain('   → if it may pass, name it in egress.trustedAppliances');
  });

  test('stands under UNKNOWN or under NOT READ, not under both', async () => {
    const all = await printed(audit(own(missing), { gaps: [missing] }));
    expect(all).toContain('NOT READ  1, named under UNKNOWN\n');
    const gap = { what: 'rows of a type', scope: '/subscriptions/s', why: 'denied' };
    const some = await printed(audit(own(missing), { gaps: [missing, gap] }));
    expect(some).toContain(
      'NOT READ  2, 1 of them under UNKNOWN\n\n - rows of a type (subscriptions/s): denied',
    );
    expect(some.match(/referred to/g)).toHaveLength(1);
  });
});

test.each([80, 160])(
  'the demo at %i columns: no full id, and a next step for what is unknown',
  async (width) => {
    const text = await printed(
      await startAudit({
        source: { kind: 'demo' },
        settings: defaultSettings(),
        strict: false,
        now: () => new Date('2026-11-23T03:12:00Z'),
      }),
      { width, limit: 60 },
    );
    // A command is there to be copied: it is whole, and holds full ids.
    const commands = /^ {5}az (?:.* \\\n)*.*$/gm;
    expect(text.match(commands)?.length).toBeGreaterThan(0);
    const prose = text.replaceAll(commands, '');
    expect(longest(prose)).toBeLessThanOrEqual(width);
    expect(prose).not.toContain('/subscriptions/');
    const unknown = text
      .slice(text.indexOf('UNKNOWN  '), text.indexOf('CLUSTERS  '))
      .split('\n\n')
      .slice(1, -1);
    const silent = unknown.filter((block) => !block.includes('   → '));
    // Nobody can tell how a name that Azure does not know resolves.
    expect(silent.map((block) => block.split('\n')[0])).toEqual([
      ' ? address of the scoring endpoint',
    ]);
  },
);

describe('evidence without a rule or a packet', () => {
  const scope = '/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-net';
  const command = `az role assignment create --assignee-object-id a --role 'Network Contributor' --scope '${scope}'`;

  test('is told where it adds something, its command to be copied, on lines that no word is parted by', async () => {
    const evidence = [
      { at: scope, says: 'no rule admits the subnet' },
      { at: scope, says: `the least that gives it; ${command}` },
    ];
    const own = [verdict('c', 'a', 'fail', 'high', { summary: 'No rule admits it.', evidence })];
    const text = await printed(audit([shard({ a: own })]));
    expect(text).toContain(
      '\n     no rule admits the subnet\n     the least that gives it\n     az',
    );
    const copied = text.slice(text.indexOf('az role'), text.indexOf('\n\nCLUSTERS'));
    expect(copied.split('\n').length).toBeGreaterThan(1);
    expect(copied.replaceAll(/ \\\n +/g, ' ')).toBe(command);
  });
});

test('more than three proofs end with a count', async () => {
  const evidence = [1, 2, 3, 4, 5].map((n) => ({ at: '/x', rule: `rule-${n}`, says: 'denies' }));
  const own = [verdict('scoring-inbound-allowed', 'a', 'fail', 'high', { evidence })];
  const text = await printed(audit([shard({ a: own })]));
  expect(text.match(/rule-\d/g)).toEqual(['rule-1', 'rule-2', 'rule-3']);
  expect(text).toContain('… and 2 more proofs');
});
