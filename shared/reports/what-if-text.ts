import type { ChangeText } from '../network/diff.ts';
import { packetLine } from '../packets/packet-line.ts';
import type { Paint } from './paint.ts';
import { proofsOf } from './table-proofs.ts';
import { counted, hang, plainText, shortId, wrap } from './text-layout.ts';
import {
  type ChangedCluster,
  type Effect,
  type PacketChange,
  type VerdictChange,
  type WhatIf,
  isTold,
  kindText,
} from './what-if.ts';

interface Sheet {
  readonly width: number;
  readonly paint: Paint;
}

const marks = { breaks: '✗', mends: '✓', doubts: '?', alters: '·' } as const;
const tones = {
  breaks: 'nonCompliant',
  mends: 'compliant',
  doubts: 'unknown',
  alters: 'faint',
} as const;

/** So many lines of packets for each kind of change; the JSON has them all. */
const mostLines = 4;
const mostNames = 4;

/** What a proposed change would do, for a person: what breaks first, and what nobody can tell. */
export function whatIfText(found: WhatIf, sheet: Sheet): string {
  const { clusters, changes, unjudged, assumptions } = found;
  const { width, paint } = sheet;
  const title = (text: string) => paint(text, 'strong');
  const made = changes.filter(({ change }) => change !== 'none');
  const same = changes.length - made.length;
  return [
    title(`WHAT IF  ${counted(made.length, 'change')}`),
    '',
    ...made.flatMap(({ id, change, clusters: on }) =>
      hang(`   ${change.padEnd(6)}  `, `${shortId(id)}: ${bearsOn(on)}`, width),
    ),
    ...(same === 0 ? [] : [`   same    ${counted(same, 'resource')}`]),
    '',
    ...(unjudged.length === 0 ? [] : [title(`NOT JUDGED  ${unjudged.length}`), '']),
    ...unjudged.flatMap(({ id, because, matters }) =>
      hang(` ${matters ? paint('?', 'unknown') : '·'} `, `${shortId(id)}: ${because}.`, width),
    ),
    ...(unjudged.length === 0 ? [] : ['']),
    ...clusters.toSorted(byEffect).flatMap((cluster) => [...clusterLines(cluster, sheet), '']),
    ...assumptions.flatMap((text) => hang('Assumed  ', text, width)),
    ...(assumptions.length === 0 ? [] : ['']),
    ...wrap(summaryOf(found), width),
    '',
  ].join('\n');
}

function bearsOn(clusters: WhatIf['changes'][number]['clusters']): string {
  if (clusters === null) return 'may bear on any cluster';
  if (clusters.length === 0) return 'no cluster that was looked at depends on it';
  const names = clusters.slice(0, mostNames).map((id) => shortId(id).split('/').at(-1) ?? id);
  const more = clusters.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}`;
}

const order: readonly Effect[] = ['breaks', 'doubts', 'mends', 'alters'];

function byEffect(a: ChangedCluster, b: ChangedCluster): number {
  return rankOf(a) - rankOf(b) || (a.id < b.id ? -1 : 1);
}

function rankOf({ verdicts }: ChangedCluster): number {
  return Math.min(order.length, ...verdicts.map(({ effect }) => order.indexOf(effect)));
}

function clusterLines(
  { name, verdicts, packets }: ChangedCluster,
  sheet: Sheet,
): readonly string[] {
  return [
    sheet.paint(plainText(name), 'strong'),
    ...verdicts
      .toSorted((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect))
      .flatMap((change) => verdictLines(change, sheet)),
    ...(verdicts.length === 0 ? ['   no verdict changes'] : []),
    ...packets.flatMap((change) => packetLines(change, sheet)),
  ];
}

function verdictLines({ checkId, effect, before, after }: VerdictChange, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const kinds = `${kindText(before)} → ${kindText(after)}`;
  const exempt = (after ?? before)?.exempt === null ? '' : ', exempt';
  const missing = effect === 'doubts' ? (after?.missing ?? []) : [];
  return [
    ` ${paint(marks[effect], tones[effect])} ${checkId}  ${paint(`${kinds}${exempt}`, tones[effect])}`,
    ...(after === null ? [] : hang('   ', after.summary, width)),
    ...missing
      .slice(0, 1)
      .flatMap(({ what, why }) => hang('   ', `missing ${what}: ${why}`, width)),
    ...(effect === 'breaks' && after !== null
      ? (proofsOf(after, { ...sheet, limit: 1 })[0] ?? [])
      : []),
  ];
}

function packetLines({ subnetId, before, after, diff }: PacketChange, sheet: Sheet): string[] {
  const { width } = sheet;
  const group = (id: string | null): string =>
    id === null ? 'no group' : (id.split('/').at(-1) ?? id);
  const groups = before === after ? group(after) : `${group(before)} → ${group(after)}`;
  const { verdict, reason } = diff.answer;
  const texts = diff.texts(mostLines);
  const says =
    verdict === 'equivalent'
      ? ': other rules, the same packets'
      : texts.length === 0
        ? `: ${reason ?? 'whether anything changes is not known'}`
        : '';
  return [
    ...hang('   ', `${groups} · ${subnetId.split('/').at(-1) ?? subnetId}${says}`, width),
    ...texts.flatMap((text) => changeLines(text, sheet)),
  ];
}

function changeLines(
  { direction, access, isCertain, packets, witness }: ChangeText,
  { width, paint }: Sheet,
): string[] {
  const what = `${isCertain ? '' : 'perhaps '}newly ${access === 'Allow' ? 'allowed' : 'denied'}`;
  const tone = isCertain ? (access === 'Allow' ? 'compliant' : 'nonCompliant') : 'unknown';
  return [
    `     ${paint(`${direction}, ${what}`, tone)}`,
    ...packets.lines.flatMap((line) => hang('       ', line, width)),
    ...(packets.isWhole ? [] : ['       … and more: all in --format json']),
    ...(witness === null ? [] : hang('       for instance ', packetLine(witness), width)),
  ];
}

function summaryOf(found: WhatIf): string {
  const { clusters, examined, stillUnknown, hiding, unjudged } = found;
  const count = (effect: Effect): number =>
    clusters.flatMap(({ verdicts }) => verdicts.filter((one) => one.effect === effect)).length;
  const doubts = count('doubts');
  const untold = unjudged.filter(({ matters }) => matters).length;
  const parts = [
    `${counted(clusters.length, 'cluster')} of ${examined} would change: ${counted(count('breaks'), 'verdict')} would break, ${count('mends')} would be mended.`,
    ...(doubts === 0 ? [] : [`${counted(doubts, 'verdict')} would no longer be known.`]),
    ...(stillUnknown === 0
      ? []
      : [
          `Not known now, and would not be: ${counted(stillUnknown, 'verdict')} of these clusters.`,
        ]),
    ...(hiding.length === 0
      ? []
      : [
          `Clusters may be missing: ${counted(hiding.length, 'thing')} that may show them could not be read.`,
        ]),
    ...(untold === 0 ? [] : [`Of ${counted(untold, 'change')} nothing can be said.`]),
    ...(isTold(found) ? [] : ['What is not known is not fine.']),
    'Nothing was changed.',
  ];
  return parts.join(' ');
}
