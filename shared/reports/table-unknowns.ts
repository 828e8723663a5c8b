import type { VerdictReport } from './report.ts';
import { compareText } from './table-kept.ts';
import { type Sheet, heading, rest } from './table-sheet.ts';
import { counted, grouped, hang, lastSegment, shortId, shortIds } from './text-layout.ts';

/** Unknown verdicts that lack the same thing. */
export interface Blank {
  readonly what: string;
  readonly why: string;
  readonly scopes: Set<string>;
  readonly checks: Set<string>;
  readonly firstCluster: string;
  clusters: number;
}

/** So many are told apart; the others count as one, so that memory does not grow. */
const maxBlanks = 200;

/** Adds what the unknown verdicts of one cluster lack. */
export function addBlanks(blanks: Map<string, Blank>, verdicts: readonly VerdictReport[]): void {
  const seen = new Set<Blank>();
  for (const { kind, exempt, missing, checkId, clusterId } of verdicts) {
    if (kind !== 'unknown' || exempt !== null) continue;
    const lacking = missing ?? [{ what: 'something the check does not name', scope: '', why: '' }];
    for (const { what, scope, why } of lacking) {
      const key = blanks.has(what) || blanks.size < maxBlanks ? what : 'other things';
      const blank = blanks.get(key) ?? {
        what: key,
        why,
        scopes: new Set<string>(),
        checks: new Set<string>(),
        firstCluster: lastSegment(clusterId),
        clusters: 0,
      };
      blanks.set(key, blank);
      if (blank.scopes.size < 1000 && scope !== '') blank.scopes.add(scope);
      blank.checks.add(checkId);
      if (!seen.has(blank)) blank.clusters += 1;
      seen.add(blank);
    }
  }
}

/** The blanks of the most clusters, as many as are printed. */
export function shownBlanks(
  blanks: Iterable<Blank>,
  { limit }: Pick<Sheet, 'limit'>,
): readonly Blank[] {
  return [...blanks]
    .sort((a, b) => b.clusters - a.clusters || compareText(a.what, b.what))
    .slice(0, Math.max(4, Math.floor(limit / 2)));
}

/** What is missing, where, why, and what to do about it. */
export function blankLines(
  shown: readonly Blank[],
  total: number,
  isLive: boolean,
  sheet: Sheet,
): string[] {
  if (total === 0) return [];
  const { width, paint } = sheet;
  return [
    heading('UNKNOWN', `for want of ${counted(total, 'thing')}`, sheet),
    ...shown.flatMap((blank) => {
      const { what, scopes, clusters, checks, firstCluster } = blank;
      const [scope = '', ...more] = scopes;
      const others = more.length === 0 ? '' : `and ${counted(more.length, 'place')} more`;
      const where = [placeText(scope, what), others].filter((part) => part !== '').join(' ');
      const on =
        clusters === 1 ? firstCluster : `${firstCluster} and ${grouped(clusters - 1)} more`;
      const { why, next } = whyAndNext(blank, isLive);
      return [
        '',
        ...hang(' ? ', what, width).map((line) => paint(line, 'unknown')),
        ...hang('   ', [where, shortIds(why)].filter((part) => part !== '').join(': '), width),
        ...(next === undefined ? [] : hang('   → ', next, width)),
        ...hang('   ', `${[...checks].sort().join(', ')} on ${on}`, width).map((line) =>
          paint(line, 'faint'),
        ),
      ];
    }),
    ...rest(total - shown.length, 'missing thing', 'all in --format json', sheet),
  ];
}

/** Where a scope lies, without what `what` says already: `networksecuritygroups/nsg-1 in rg-net`. */
export function placeText(scope: string, what: string): string {
  const group = /\/resourcegroups\/([^/]+)(\/)?/i.exec(scope);
  // A whole collection, such as all management groups, is named by `what`.
  if (/^\/providers\/[^/]+\/[^/]+$/.test(scope)) return '';
  const name = lastSegment(scope);
  if (group !== null && group[2] === undefined) return `in ${name}`;
  const own = name === '' || what.split(' ').includes(name) ? '' : shortId(scope);
  return [own, ...(group === null ? [] : [`in ${group[1] ?? ''}`])]
    .filter((part) => part !== '')
    .join(' ');
}

/** Why it is missing, and what a person can do so that the next scan knows, where that can be told. */
export function whyAndNext(
  { what, why }: Pick<Blank, 'what' | 'why'>,
  isLive: boolean,
): { why: string; next?: string } {
  const condition = /^(.*); (if .*)$/.exec(why);
  if (condition !== null) return { why: condition[1] ?? '', next: condition[2] ?? '' };
  const found = nextSteps.find(([text]) => text.test(`${what}: ${why}`));
  return found === undefined ? { why } : { why, next: isLive ? found[2] : found[1] };
}

/** What a missing thing reads like, and what to do about it offline and live. */
const nextSteps: readonly (readonly [RegExp, string, string])[] = [
  [
    /no role of the reader/,
    'grant the reader that role and export again',
    'grant the reader that role; portcullis doctor prints the command',
  ],
  [
    /members of application security group/,
    'export the group and the network interfaces in it too',
    'let the reader see the group and the network interfaces in it',
  ],
  [
    /service tag list/,
    'export the service tag list too (microsoft.network/servicetags)',
    'let the reader list the service tags',
  ],
  [
    /members of the group|is a group/,
    'export the group and its members too (microsoft.graph/groups)',
    'let the reader see the group in Microsoft Graph',
  ],
  [
    /Microsoft Graph/,
    'export the service principal too (microsoft.graph/serviceprincipals)',
    'let the reader see the service principal in Microsoft Graph',
  ],
  [
    /a gateway, a route or a peering widens/,
    'name the networks behind gateways in onPremises; what they do not hold is then certain',
    'name the networks behind gateways in onPremises; what they do not hold is then certain',
  ],
  [
    /serve this region and its pair/,
    'admit all of AzureMachineLearning, or bind the workspace by Trusted Access',
    'admit all of AzureMachineLearning, or bind the workspace by Trusted Access',
  ],
  [
    /properties\.\w+ .*absent/,
    'export the resource whole, with all its properties',
    'read it again; a resource in the making does not tell everything yet',
  ],
  [
    /no load balancer that was read/,
    'export the load balancers of this resource group too',
    'let the reader see the load balancers of this resource group',
  ],
  [
    /properties\.[\w.]+ .*absent/,
    'export the resource whole, with all its properties',
    'read it again; a resource in the making does not tell everything yet',
  ],
  [
    /not among the rows|was read\b|refers to it/,
    'export it too',
    "let the reader's identity see it",
  ],
];
