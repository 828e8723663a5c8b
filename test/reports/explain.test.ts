/** The explanation of one cluster: true to the verdicts, honest about what was not read, fit for a terminal. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLines } from '../../shared/reports/command-lines.ts';
import { explanationText } from '../../shared/reports/explain-text.ts';
import { parseExplanation } from '../../shared/reports/explanation.ts';
import type { ExplainedPath, Explanation } from '../../shared/reports/explanation.ts';
import { ansiPaint, plainPaint } from '../../shared/reports/paint.ts';
import { withRule } from '../../scripts/apply-fix.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { auditRows } from '../pipeline/audit-rows.ts';
import { explainedEstate } from './explained-estate.ts';

const demo = demoEstate();
const all = await explainedEstate(demo.rows, demo.settings);
const generated = generateEstate(import.meta.env.MODE === 'deep' ? 11 : 3, 60);
const others = await explainedEstate(generated.rows, generated.settings);
const everything = [...all, ...others];

function named(name: string): Explanation {
  const found = all.find(({ cluster }) => cluster.name === name);
  if (found === undefined) throw new Error(`the demo has no cluster ${name}`);
  return found;
}

function verdictOf({ verdicts }: Explanation, checkId: string) {
  const found = verdicts.find((verdict) => verdict.checkId === checkId);
  if (found === undefined) throw new Error(`no verdict of ${checkId}`);
  return found;
}

function isThrough({ verdict, asks }: ExplainedPath): boolean {
  return verdict === 'allowed' || (asks === 'some' && verdict === 'partial');
}

const plain = (explanation: Explanation, width = 80): string =>
  explanationText(explanation, { width });

describe('the drawing of callers', () => {
  it('says of every cluster what the verdict says', () => {
    const lies = everything.flatMap((explanation) => {
      const { kind, summary } = verdictOf(explanation, 'scoring-inbound-allowed');
      const { inbound } = explanation;
      const drawn = inbound.some((path) => !isThrough(path) && path.witness.denied !== null)
        ? 'fail'
        : inbound.every(isThrough)
          ? 'pass'
          : 'unknown';
      const expected = inbound.length === 0 ? 'notApplicable' : drawn;
      return kind === expected ? [] : [{ name: explanation.cluster.name, kind, drawn, summary }];
    });
    expect(lies).toEqual([]);
  });

  it('blames the rule that the verdict blames, with the same packet', () => {
    const failing = everything.filter(
      (one) => verdictOf(one, 'scoring-inbound-allowed').kind === 'fail',
    );
    expect(failing.length).toBeGreaterThan(10);
    for (const explanation of failing) {
      const blamed = verdictOf(explanation, 'scoring-inbound-allowed').evidence;
      const rules = explanation.inbound.flatMap(({ hops }) => hops.flatMap((hop) => hop.rules));
      const witnesses = explanation.inbound.map(({ witness }) => JSON.stringify(witness.denied));
      for (const { rule, witness } of blamed) {
        if (witness === undefined) continue;
        expect(rules.map(({ name }) => name)).toContain(rule);
        expect(witnesses).toContain(JSON.stringify(witness));
      }
    }
  });

  it('never draws a place that was not read as one that lets packets pass', () => {
    const hops = everything.flatMap(({ inbound, outbound }) =>
      [...inbound, ...outbound].flatMap((path) => path.hops),
    );
    const unread = hops.filter(({ missing }) => missing.length > 0);
    expect(unread.length).toBeGreaterThan(5);
    const honest = ['unknown', 'notReached', 'denied'];
    expect(unread.filter(({ state }) => !honest.includes(state))).toEqual([]);
  });

  it('keeps a way with an unread place from being open', () => {
    const paths = everything.flatMap(({ inbound, outbound }) => [...inbound, ...outbound]);
    const has = (path: ExplainedPath, wanted: string): boolean =>
      path.hops.some(({ state }) => state === wanted);
    expect(paths.filter((path) => has(path, 'unknown') && path.verdict === 'allowed')).toEqual([]);
    expect(paths.filter((path) => has(path, 'denied') && path.verdict !== 'denied')).toEqual([]);
  });

  it('shows what is missing in the place of the unread rules, and that it is not known', () => {
    const text = plain(named('subnet-nsg-not-exported'));
    expect(text).toMatch(
      /\n {3}├ \? subnet NSG: not read\n {3}┊ {5}missing: network security group/,
    );
    expect(text).toContain('? 20.4.0.91:443: whether it arrives is not known');
  });

  it('shows a near miss beside the rule that decides', () => {
    expect(plain(named('allow-names-yesterdays-ip'), 120)).toMatch(
      /✗ subnet NSG \S+: stops all of it\n +65500 {2}Deny {2}DenyAllInBound\n +▸ 203\.0\.113\.1:49152 → 20\.4\.0\.28:443 Tcp, inbound\n +near miss: rule allow-office \(priority \d+\) allows 20\.4\.0\.29, not 20\.4\.0\.28\n/,
    );
  });
});

describe('the drawing of what is outside', () => {
  it('says of every tag what the verdict says', () => {
    const lies = everything.filter((explanation) => {
      const services = explanation.needs.filter(({ what }) => !/registr(?:y|ies) /.test(what));
      const isFailing = services.some(({ kind }) => kind === 'fail');
      const { kind } = verdictOf(explanation, 'restricted-outbound-allows-dependencies');
      return isFailing !== (kind === 'fail');
    });
    expect(lies).toEqual([]);
  });

  it('names the rule that keeps a needed tag out', () => {
    const text = plain(named('restricted-without-sign-in'));
    expect(text).toMatch(/\n ✗ AzureActiveDirectory \(TCP 80, 443\) +deny-internet\n/);
  });

  it('shows where a route leads, and that an unknown appliance may do anything', () => {
    expect(plain(named('route-to-nowhere'), 120)).toMatch(
      /✗ route table rt-\S+: stops all of it\n +route default leads 0\.0\.0\.0\/0 to nowhere/,
    );
    expect(plain(named('route-to-unknown-appliance'), 120)).toMatch(
      /\? route table rt-\S+: unknown/,
    );
  });
});

describe('the drawing of permissions', () => {
  it('says of every cluster what the verdict says', () => {
    const lies = everything.filter((explanation) => {
      const { kind } = verdictOf(explanation, 'network-contributor-granted');
      const verdicts = explanation.access.map(({ verdict }) => verdict);
      if (kind === 'pass') return verdicts.some((verdict) => verdict !== 'granted');
      return kind === 'fail' && !verdicts.includes('notGranted');
    });
    expect(lies).toEqual([]);
  });

  it('shows the groups between identity and role, and where the role is assigned', () => {
    expect(plain(named('granted-through-group'))).toMatch(
      /\n {3}│ member of group [\da-f-]{36}\n {3}├ role Network Contributor, assigned at resource group/,
    );
  });

  it('shows the deny assignment that cuts a role', () => {
    expect(plain(named('grant-cut-by-deny-assignment'), 160)).toMatch(
      /┊ ✗ deny assignment protect-\S+ at resource group \S+ takes Microsoft\.Network\/\* away/,
    );
  });
});

describe('a fix', () => {
  const fixes = all.flatMap((explanation) => {
    const { fix } = verdictOf(explanation, 'scoring-inbound-allowed');
    return fix === null || fix.commands.length === 0 ? [] : [{ explanation, fix }];
  });

  it('is offered for most of those who keep their callers out', () => {
    expect(fixes.length).toBeGreaterThan(4);
  });

  it('makes the check pass, and changes no other verdict', async () => {
    const commands = fixes.flatMap(({ fix }) => fix.commands);
    const before = await auditRows(demo.rows, demo.settings);
    const after = await auditRows(commands.reduce(withRule, demo.rows), demo.settings);
    const changed = [...after.verdicts].flatMap(([key, { kind }]) => {
      const was = before.verdicts.get(key)?.kind;
      return kind === was ? [] : [[key, was, kind]];
    });
    const mended = fixes.map(({ explanation }) => [
      `${explanation.cluster.id} scoring-inbound-allowed`,
      'fail',
      'pass',
    ]);
    expect(new Set(changed.map(String))).toEqual(new Set(mended.map(String)));
  });

  it('comes before the rule that denies, in the reserved band only where that does', () => {
    const priorityOf = (name: string) =>
      /--priority (\d+)/.exec(
        verdictOf(named(name), 'scoring-inbound-allowed').fix?.commands[0] ?? '',
      )?.[1];
    // The one is denied by DenyAllInBound, the other by a rule of priority 198.
    expect(priorityOf('allow-names-yesterdays-ip')).toBe('3000');
    expect(priorityOf('one-of-two-subnets-denies')).toBe('197');
  });

  it('is none where AKS manages the group, or an unread one stands in the way', () => {
    const { fix } = verdictOf(named('caller-denied-by-node-nsg'), 'scoring-inbound-allowed');
    expect(fix?.commands).toEqual([]);
    expect(fix?.says).toContain('managed by AKS');
  });
});

describe('the text', () => {
  const escape = '\u001B';
  const shown = (text: string): readonly string[] =>
    text.replaceAll(new RegExp(`${escape}\\[[\\d;]*m`, 'g'), '').split('\n');

  it.each([60, 80, 160])('keeps to %i columns', (width) => {
    for (const explanation of everything) {
      const wide = shown(plain(explanation, width)).filter((line) => line.length > width);
      // A name that no line holds, and a command, which is broken before its flags only.
      expect(wide.filter((line) => !/^ +(?:--|az )/.test(line))).toEqual([]);
    }
  });

  it('has the same words with colours and without', () => {
    for (const explanation of everything) {
      const painted = explanationText(explanation, { width: 80, paint: ansiPaint });
      expect(shown(painted).join('\n')).toBe(plain(explanation));
    }
  });

  it.each([
    ['80 columns', 80, plainPaint, 'explain-80.txt'],
    ['160 columns', 160, plainPaint, 'explain-160.txt'],
    ['80 columns in colour', 80, ansiPaint, 'explain-80-colour.txt'],
    ['160 columns in colour', 160, ansiPaint, 'explain-160-colour.txt'],
  ])('is as it was at %s', async (_, width, paint, file) => {
    const names = [
      'allow-names-yesterdays-ip',
      'subnet-nsg-not-exported',
      'restricted-without-sign-in',
    ];
    const text = names.map((name) => explanationText(named(name), { width, paint })).join('\n');
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'golden', file));
  });

  it('lets no name steer the terminal', async () => {
    const evil = `${escape}]0;owned\u0007${escape}[2J\u202E`;
    const rows = JSON.stringify(demo.rows)
      .replaceAll('allow-office', `allow${JSON.stringify(evil).slice(1, -1)}office`)
      .replaceAll('snet-nodes-a', `snet${JSON.stringify(evil).slice(1, -1)}nodes-a`);
    const [explanation] = await explainedEstate(JSON.parse(rows) as object[], demo.settings, [
      'allow-names-yesterdays-ip',
    ]);
    if (explanation === undefined) throw new Error('not explained');
    expect(JSON.stringify(explanation)).toContain(String.raw`\u001b`);
    expect(plain(explanation)).not.toMatch(/[^\n\P{Cc}]|\u202E/u);
  });

  it('puts no name into a command that a shell would take for anything else', async () => {
    const rows = JSON.stringify(demo.rows).replaceAll(
      'nsg-allow-names-yesterdays-ip-snet-nodes-a',
      'nsg-$(touch x)-;rm',
    );
    const [explanation] = await explainedEstate(JSON.parse(rows) as object[], demo.settings, [
      'allow-names-yesterdays-ip',
    ]);
    if (explanation === undefined) throw new Error('not explained');
    const { fix } = verdictOf(explanation, 'scoring-inbound-allowed');
    expect(fix?.commands).toHaveLength(1);
    expect(fix?.commands[0]).toContain("--nsg-name 'nsg-$(touch x)-;rm' ");
  });

  it('breaks a command where a shell joins it again', () => {
    const command = 'az network nsg rule create --resource-group rg --name n --priority 3000';
    const lines = commandLines(command, 40);
    expect(lines.every((line) => line.length <= 45)).toBe(true);
    const joined = lines.map((line) => line.trim()).join('\n');
    expect(joined.replaceAll(' \\\n', ' ')).toBe(command);
  });
});

describe('the JSON', () => {
  it('is as its schema says', () => {
    for (const explanation of everything) {
      expect(parseExplanation(JSON.parse(JSON.stringify(explanation)))).toEqual(explanation);
    }
  });
});
