/** Time of what is asked of whole lists: what a change changes, what is odd, how long reading takes. */
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import type { Question } from '../../shared/network/decide.ts';
import { diffRules } from '../../shared/network/diff-rules.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { repair } from '../../shared/remediation/repair.ts';
import { line, time, timing, verdict } from './measure.ts';
import type { Tags, Workload } from './random-groups.ts';

const widths = [34, 10, 10, 10, 12, 40];

/** A heading for the rows of {@link measureDiff}, {@link measureLint} and {@link measureRepair}. */
export const comparisonHeads = line(['\nwhole lists', 'least', 'median', 'target', '', ''], widths);

/** Targets in milliseconds by the size in a workload's name. */
const targets: Readonly<Record<'diff' | 'lint' | 'repair', Readonly<Record<string, number>>>> = {
  diff: { small: 0.04, medium: 0.15, worst: 0.7 },
  lint: { small: 0.8, medium: 25, worst: 300 },
  repair: { small: 0.04, medium: 0.05, worst: 0.05 },
};

function row(
  kind: keyof typeof targets,
  { name }: Workload,
  what: string,
  ask: (i: number) => unknown,
  found: string,
): void {
  const most = targets[kind][name.split('-')[0] ?? ''];
  const { least, median } = timing(ask, 1500);
  console.log(
    line(
      [
        `${name} ${what}`,
        time(least),
        time(median),
        most === undefined ? '' : `≤ ${time(most)}`,
        most === undefined ? '' : verdict(median, most, true),
        found,
      ],
      widths,
    ),
  );
}

function rulesOf({ rules }: Workload): readonly SecurityRule[] {
  return parseNetworkSecurityGroup({ id: '/nsg', properties: { securityRules: rules } }).rules;
}

/** Q4: one rule turned round, one less, one more. */
export function measureDiff(workload: Workload, around: Surroundings): void {
  const before = rulesOf(workload);
  const turned = (rule: SecurityRule): SecurityRule => ({
    ...rule,
    access: rule.access === 'Allow' ? 'Deny' : 'Allow',
  });
  const edits = Array.from({ length: 8 }, (_, i): readonly SecurityRule[] => {
    const at = (i * 7 + 3) % workload.rules.length;
    if (i % 3 === 0) return before.map((rule, place) => (place === at ? turned(rule) : rule));
    if (i % 3 === 1) return before.filter((_rule, place) => place !== at);
    const more = before[(at + 1) % before.length];
    return more === undefined ? before : [{ ...turned(more), priority: 99 }, ...before];
  });
  const ask = (i: number) =>
    diffRules(before, edits[i % edits.length] ?? before, workload.direction, around);
  const complete = edits.filter((_, i) => ask(i).isComplete).length;
  row('diff', workload, 'Q4 one rule changed', ask, `${complete} of ${edits.length} complete`);
}

/** Every rule of a list turned round, which hostile lists cannot be told apart from. */
export function measureRewrite(workload: Workload, around: Surroundings): void {
  const before = rulesOf(workload);
  const after = before.map((rule, i): SecurityRule =>
    i % 3 === 0 ? { ...rule, access: rule.access === 'Allow' ? 'Deny' : 'Allow' } : rule,
  );
  const start = performance.now();
  const { isComplete, isDifferent } = diffRules(before, after, workload.direction, around);
  const found = isDifferent ? 'different' : 'not decided';
  console.log(
    line(
      [
        `${workload.name} every third changed`,
        time(performance.now() - start),
        '',
        '',
        '',
        isComplete ? found : `${found}, too complex`,
      ],
      widths,
    ),
  );
}

/** Q5, with every other kind of finding; the target is for shadowed and redundant rules alone. */
export function measureLint(workload: Workload, around: Surroundings): void {
  const rules = rulesOf(workload);
  const kinds = Map.groupBy(lintRules(rules, around), ({ kind }) => kind);
  const found = [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(', ');
  row('lint', workload, 'Q5 lint, all kinds', () => lintRules(rules, around), found);
}

/** Q6: the rules that would let all of a question through and open nothing else. */
export function measureRepair(
  workload: Workload,
  asked: readonly Question[],
  around: Surroundings,
): void {
  const rules = rulesOf(workload);
  const at = resourceId('/nsg');
  const chain = [{ kind: 'securityGroup', at, name: 'nsg', rules }] as const;
  const taken = new Map([[at, rules]]);
  const band = { from: 3000, to: 3999 };
  const [first] = asked;
  if (first === undefined) return;
  const ask = (i: number) => {
    const question = asked[i % asked.length] ?? first;
    return repair({ question, chain, surroundings: around }, taken, band);
  };
  const answers = asked.map((_, i) => ask(i));
  const made = answers.filter(({ kind }) => kind === 'insertions').length;
  row('repair', workload, 'Q6 the rules to add', ask, `${made} of ${asked.length} can be mended`);
}

/** Time to read a prefix into a set, on the longest tag there is. */
export function measureReading(tags: Tags): void {
  const prefixes = tags.get('azurecloud') ?? [];
  for (const [family, most] of [
    ['IPv4', 100],
    ['IPv6', 350],
  ] as const) {
    const own = prefixes.filter((text) => text.includes(':') === (family === 'IPv6'));
    if (own.length === 0) continue;
    const { least, median } = timing(() => addressSet(own), 1000);
    const each = (milliseconds: number): number => (milliseconds * 1e6) / own.length;
    console.log(
      line(
        [
          `reading AzureCloud, ${family}`,
          `${each(least).toFixed(0)} ns`,
          `${each(median).toFixed(0)} ns`,
          `≤ ${most} ns`,
          verdict(each(median), most, true),
          `a prefix, of ${own.length.toLocaleString('en-US')}`,
        ],
        widths,
      ),
    );
  }
}
