import type { ExplainedAccess, ExplainedHop, ExplainedPath } from './explanation.ts';
import { scopeText } from './explain-access.ts';
import type { Tone } from './paint.ts';
import { packetText } from './proof-text.ts';
import type { Sheet } from './table-sheet.ts';
import { placeText } from './table-unknowns.ts';
import { counted, hang, plainText, shortIds } from './text-layout.ts';
import { resourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';

/** How an answer is marked, and in which colour. */
export interface Mark {
  readonly sign: string;
  readonly tone: Tone;
}

const good: Mark = { sign: '✓', tone: 'compliant' };
const bad: Mark = { sign: '✗', tone: 'nonCompliant' };
const open: Mark = { sign: '?', tone: 'unknown' };
const some: Mark = { sign: '~', tone: 'medium' };
const beside: Mark = { sign: '·', tone: 'faint' };

const hopMarks: Readonly<Record<ExplainedHop['state'], Mark>> = {
  allowed: good,
  absent: good,
  denied: bad,
  partial: some,
  unknown: open,
  notReached: beside,
};

/** Whether the packets that must pass do: some of them are enough where only some are asked for. */
export function markOf({ verdict, asks }: Pick<ExplainedPath, 'verdict' | 'asks'>): Mark {
  if (verdict === 'unknown') return open;
  if (verdict === 'allowed' || (verdict === 'partial' && asks === 'some')) return good;
  return verdict === 'partial' ? some : bad;
}

const hopNames: Readonly<Record<ExplainedHop['place'], string>> = {
  loadBalancer: 'load balancer',
  admin: 'admin rules',
  subnet: 'subnet NSG',
  node: 'node NSG',
  route: 'route table',
};

const does: Readonly<Record<ExplainedHop['state'], string>> = {
  allowed: 'lets all of it pass',
  absent: 'none',
  denied: 'stops all of it',
  partial: 'stops some of it',
  unknown: 'unknown',
  notReached: 'nothing comes this far',
};

const mostRules = 5;

/** One way of packets: where they start, what each place does with them and by which rule, the end. */
export function drawPath(path: ExplainedPath, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  let way: Way = 'open';
  const hops = path.hops.flatMap((hop) => {
    const lines = hopLines(hop, way, sheet);
    way = after(way, hop.state);
    return lines;
  });
  const ends = endings[path.hops.length === 0 ? 'unknown' : path.verdict];
  const mark = markOf(path);
  const packet = path.verdict === 'denied' ? null : path.witness.allowed;
  const missing = path.hops.some((hop) => hop.missing.length > 0) ? [] : path.missing;
  return [
    ...hang('   ', path.from, width).map((line) => paint(line, 'strong')),
    ...hops,
    ...missing.flatMap((one) => drawMissing(bars.perhaps, one, sheet)),
    ...hang(`   ${ends.sign} `, `${path.to}${ends.says}`, width).map((line) =>
      paint(line, mark.tone),
    ),
    ...(packet === null
      ? []
      : hang('     ▸ ', packetText(packet), width).map((line) => paint(line, 'faint'))),
  ];
}

/** Whether packets still come this far. */
type Way = 'open' | 'perhaps' | 'shut';

const bars: Readonly<Record<Way, string>> = { open: '│', perhaps: '┊', shut: ' ' };
const joints: Readonly<Record<Way, string>> = { open: '├', perhaps: '┊', shut: ' ' };

const endings: Readonly<
  Record<ExplainedPath['verdict'], { readonly sign: string; readonly says: string }>
> = {
  allowed: { sign: '▼', says: '' },
  partial: { sign: '▽', says: ': some of it arrives' },
  denied: { sign: '✗', says: ': nothing arrives' },
  unknown: { sign: '?', says: ': whether it arrives is not known' },
};

function after(way: Way, state: ExplainedHop['state']): Way {
  if (way === 'shut' || state === 'denied') return 'shut';
  return state === 'unknown' || state === 'partial' ? 'perhaps' : way;
}

function hopLines(hop: ExplainedHop, way: Way, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const { sign, tone } = hopMarks[hop.state];
  const first = `   ${joints[way]} ${sign} `;
  const bar = `   ${bars[after(way, hop.state)]}`;
  const isReached = hop.state !== 'notReached';
  const title = hang(first, hopTitle(hop), width).map((line, index) => {
    const text = line.slice(first.length);
    const shown = isReached ? text : paint(text, 'faint');
    return index === 0 ? `   ${joints[way]} ${paint(sign, tone)} ${shown}` : `${bar}   ${shown}`;
  });
  return [...title, ...(isReached ? detailLines(hop, `${bar}     `, sheet) : [])];
}

function hopTitle({ place, state, name, says, at, missing }: ExplainedHop): string {
  if (state === 'absent') return `${hopNames[place]}: ${says ?? 'none'}`;
  // What could not be read has no name of its own; the line below says what is missing.
  const isNamed = place !== 'admin' && at !== null;
  const what = isNamed ? `${hopNames[place]} ${plainText(name)}` : hopNames[place];
  return `${what}: ${at === null && missing.length > 0 && says === null ? 'not read' : does[state]}`;
}

/** At most so many rules, those that deny before the others, in the order of the packets. */
function shownRules({ rules }: ExplainedHop): ExplainedHop['rules'] {
  const denies = rules.filter(({ access }) => access === 'Deny').slice(0, mostRules - 1);
  const others = rules.filter(({ access }) => access !== 'Deny');
  const shown = new Set([...denies, ...others.slice(0, mostRules - denies.length)]);
  return rules.filter((rule) => shown.has(rule));
}

function detailLines(hop: ExplainedHop, follow: string, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const note = (text: string, tone: Tone = 'faint', first = ''): string[] =>
    hang(' '.repeat(follow.length) + first, text, width).map(
      (line) => follow + paint(line.slice(follow.length), tone),
    );
  const rules = shownRules(hop);
  const priorities = Math.max(0, ...rules.map(({ priority }) => String(priority).length));
  const accesses = Math.max(0, ...rules.map(({ access }) => access.length));
  return [
    ...(hop.says === null || hop.state === 'absent' ? [] : note(shortIds(hop.says))),
    ...rules.flatMap(({ name, access, priority }) =>
      note(
        name,
        access === 'Deny' && hop.state !== 'allowed' ? 'strong' : 'faint',
        `${String(priority).padStart(priorities)}  ${access.padEnd(accesses)}  `,
      ),
    ),
    ...(hop.rules.length > rules.length
      ? note(`… and ${counted(hop.rules.length - rules.length, 'more rule')}`)
      : []),
    ...(hop.witness === null || hop.state === 'allowed'
      ? []
      : note(packetText(hop.witness), 'nonCompliant', '▸ ')),
    ...hop.nearMisses.flatMap(({ rule, priority, allows, wanted }) =>
      note(
        `near miss: rule ${rule} (priority ${priority}) allows ${allows.join(', ')}, not ${wanted}`,
        'medium',
      ),
    ),
    ...hop.missing.flatMap(({ what, scope, why }) =>
      note(missingText({ what, scope, why }), 'unknown'),
    ),
  ];
}

function drawMissing(bar: string, missing: Missing, { width, paint }: Sheet): string[] {
  const first = `   ${bar}     `;
  return hang(first, missingText(missing), width).map(
    (line) => `   ${bar}     ${paint(line.slice(first.length), 'unknown')}`,
  );
}

/** `not read: the rules of x (in rg-y): it was not exported`. */
export function missingText({ what, scope, why }: Missing): string {
  const place = placeText(scope, what);
  return shortIds(`missing: ${what}${place === '' ? '' : ` (${place})`}: ${why}`);
}

/** A way in one line: who decides, where it leads. */
export function pathLine(path: ExplainedPath, sheet: Sheet): string[] {
  const { sign, tone } = markOf(path);
  const ways = path.hops.flatMap(({ state, rules, name, place, says }) => {
    if (state === 'absent' || state === 'notReached') return [];
    if (place === 'route') return says === null ? [] : [says];
    return rules.map((rule) => `${rule.name} of ${name}`);
  });
  const by = ways.length === 0 ? 'no rule stands in the way' : [...new Set(ways)].join(', ');
  return marked(sign, tone, `${path.from} → ${path.to}: ${shortIds(by)}`, sheet);
}

/** A text after a mark. */
export function marked(sign: string, tone: Tone, text: string, { width, paint }: Sheet): string[] {
  const [head = '', ...others] = hang('   ', text, width);
  return [` ${paint(sign, tone)} ${head.slice(3)}`, ...others];
}

const accessMarks: Readonly<Record<ExplainedAccess['verdict'], Mark>> = {
  granted: good,
  notGranted: bad,
  unknown: open,
};

/** From an identity over the roles it holds to a scope. */
export function drawAccess(access: ExplainedAccess, who: string, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const { verdict, grants, lacking, cutBy, missing } = access;
  const { tone } = accessMarks[verdict];
  const scope = scopeText(resourceId(access.scope));
  const way = verdict === 'granted' ? '│' : '┊';
  const line = (first: string, text: string, tint: Tone): string[] =>
    hang(first, text, width).map((one, index) => {
      const joint = index === 0 ? first.slice(0, 5) : `   ${way} `;
      return joint + paint(one.slice(5), tint);
    });
  const end = { granted: '▼', notGranted: '✗', unknown: '?' }[verdict];
  const answer = { granted: 'holds', notGranted: 'does not hold', unknown: 'perhaps holds' };
  return [
    ...hang('   ', who, width).map((one) => paint(one, 'strong')),
    ...grants
      .slice(0, 3)
      .flatMap(({ role, scope: at, inheritedFrom, groups, gives }) => [
        ...groups.map((group) => `   ${way} member of group ${plainText(group)}`),
        ...line(
          `   ├ `,
          `role ${role}, assigned at ${scopeText(resourceId(at))}${inheritedFrom === 'here' ? '' : ', inherited from there'}`,
          'strong',
        ),
        ...line(`   ${way}     `, `gives ${gives.join(', ')}`, 'faint'),
      ]),
    ...(grants.length > 3
      ? [`   ${way}     … and ${counted(grants.length - 3, 'more role')}`]
      : []),
    ...(grants.length === 0 ? line('   ┊ ', 'no role is known to give any of it', 'faint') : []),
    ...(lacking === null
      ? []
      : line(
          `   ${way} `,
          verdict === 'unknown' ? `? not certain: ${lacking}` : `✗ lacks ${lacking}`,
          tone,
        )),
    ...(cutBy === null
      ? []
      : line(
          `   ${way} `,
          `✗ deny assignment ${cutBy.name} at ${scopeText(resourceId(cutBy.scope))} takes ${cutBy.pattern} away`,
          'nonCompliant',
        )),
    ...missing.flatMap((one) => drawMissing('┊', one, sheet)),
    ...hang(`   ${end} `, `${answer[verdict]} ${access.asks.join(', ')} on ${scope}`, width).map(
      (one) => paint(one, tone),
    ),
  ];
}

/** A permission in one line. */
export function accessLine(access: ExplainedAccess, sheet: Sheet): string[] {
  const { sign, tone } = accessMarks[access.verdict];
  const roles = [...new Set(access.grants.map(({ role }) => role))].join(', ');
  const by = roles === '' ? '' : ` (${roles})`;
  const asks = access.asks.map(shortAction).join(', ');
  const lacking = access.lacking === null ? '' : `; lacks ${shortAction(access.lacking)}`;
  const open = access.verdict === 'unknown' ? '; not certain' : lacking;
  return marked(sign, tone, `${scopeText(resourceId(access.scope))}: ${asks}${by}${open}`, sheet);
}

function shortAction(action: string): string {
  return action.replace(/^Microsoft\.Network\//i, '');
}
