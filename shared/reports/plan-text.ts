import type { DescribedBox } from '../packets/describe.ts';
import type { Plan, Planned, Unplanned } from '../remediation/plan.ts';
import { idIn } from '../remediation/without-writes.ts';
import type { Paint } from './paint.ts';
import { counted, hang, lastSegment, plainText, wrap } from './text-layout.ts';

/** What plans are printed on. */
interface Sheet {
  readonly width: number;
  readonly paint: Paint;
}

/** How many boxes of packets are shown of a plan; the JSON has them all. */
const mostBoxes = 6;

/** Plans for a person to read before anybody approves them, what no plan puts right, and what they rest on. */
export function plansText(
  planned: readonly Planned[],
  sheet: Sheet,
  assumptions: readonly string[] = [],
): string {
  const plans = planned.flatMap((one) => (one.kind === 'plan' ? [one.plan] : []));
  const unplanned = planned.flatMap((one) => (one.kind === 'unplanned' ? [one.unplanned] : []));
  const { paint, width } = sheet;
  const title = (text: string, count: number): string => paint(`${text}  ${count}`, 'strong');
  return [
    ...(plans.length === 0 ? [] : [title('PLANS', plans.length), '']),
    ...plans.flatMap((plan) => [...planLines(plan, sheet), ...snippetLines(plan.snippets.az), '']),
    ...(unplanned.length === 0 ? [] : [title('NOT PLANNED', unplanned.length), '']),
    ...unplanned.flatMap((one) => [...unplannedLines(one, sheet), '']),
    ...assumptions.flatMap((text) => hang('Assumed  ', text, width)),
    ...(assumptions.length === 0 ? [] : ['']),
    ...wrap(
      planned.length === 0
        ? 'Nothing fails that a plan could put right.'
        : `${counted(plans.length, 'plan')}, ${counted(unplanned.length, 'finding')} without one. Nothing was changed.`,
      width,
    ),
    '',
  ].join('\n');
}

/** A plan as somebody reads it who is to approve it. */
export function planLines(plan: Plan, { paint, width }: Sheet): readonly string[] {
  const { diff, approval, hash, expiresAt } = plan;
  return [
    ` ${paint('▸', 'compliant')} ${paint(plainText(lastSegment(plan.clusterId)), 'strong')}  ${plainText(plan.checkId)}`,
    ...hang('   ', plan.summary, width),
    ...packetLines('opens', diff.newlyAllowed, width),
    ...packetLines('closes', diff.newlyDenied, width),
    ...diff.newlyGranted.flatMap(({ principalId, role, scope }) =>
      hang('   grants  ', `${role} on ${scope} to ${principalId}`, width),
    ),
    ...hang(
      '   proven  ',
      'the check passes with it, it changes nothing but this, and no check that passes comes to fail',
      width,
    ),
    ...hang(
      '   plan    ',
      `${hash.slice(0, 16)}, until ${expiresAt}${approval ? ', needs approval' : ''}`,
      width,
    ).map((line) => paint(line, 'faint')),
  ];
}

/** What taking a plan back removes, by what is sent and not by the words of the plan. */
export function rollbackLines({ clusterId, checkId, changes, diff }: Plan, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  return [
    ` ${paint('▸', 'nonCompliant')} ${paint(plainText(lastSegment(clusterId)), 'strong')}  ${plainText(checkId)}`,
    ...changes.toReversed().flatMap((change) => hang('   removes ', idIn(change), width)),
    ...packetLines('closes', diff.newlyAllowed, width),
    ...packetLines('opens', diff.newlyDenied, width),
    ...diff.newlyGranted.flatMap(({ principalId, role, scope }) =>
      hang('   revokes ', `${role} on ${scope} of ${principalId}`, width),
    ),
  ];
}

function unplannedLines(one: Unplanned, { paint, width }: Sheet): readonly string[] {
  return [
    ` ${paint('✗', 'nonCompliant')} ${paint(plainText(lastSegment(one.clusterId)), 'strong')}  ${plainText(one.checkId)}`,
    ...hang('   ', one.because, width),
    ...(one.snippets === undefined
      ? []
      : [
          ...hang('   ', 'What a person could do all the same:', width),
          ...snippetLines(one.snippets.az),
        ]),
  ];
}

/** A command is never wrapped: it is there to be copied. */
function snippetLines(text: string): readonly string[] {
  return text.split('\n').map((line) => `     ${line.trimEnd() === '' ? '' : plainIndented(line)}`);
}

function plainIndented(line: string): string {
  const [indent = ''] = /^ */.exec(line) ?? [];
  return `${indent}${plainText(line)}`;
}

function packetLines(
  verb: 'opens' | 'closes',
  boxes: readonly DescribedBox[],
  width: number,
): readonly string[] {
  const first = `   ${verb.padEnd(7)} `;
  const shown = boxes.slice(0, mostBoxes).flatMap((box) => hang(first, boxText(box), width));
  const left = boxes.length - mostBoxes;
  return left > 0 ? [...shown, ...hang(first, `and ${counted(left, 'more')}`, width)] : shown;
}

function boxText(box: DescribedBox): string {
  const ports = (texts: readonly string[]): string =>
    texts.length === 1 && texts[0] === '0-65535' ? '' : `:${few(texts)}`;
  return `${few(box.protocols)} ${few(box.sources)}${ports(box.sourcePorts)} → ${few(box.destinations)}${ports(box.destinationPorts)}`;
}

function few(texts: readonly string[]): string {
  const most = 4;
  const more = texts.length - most;
  return more > 0
    ? `${texts.slice(0, most).join(',')} (+${more}${shareText(texts)})`
    : texts.join(',');
}

/** How much of IPv4 a list of prefixes is, where one would not see that it is much. */
function shareText(texts: readonly string[]): string {
  const share = texts.reduce((sum, text) => {
    const [, length] = /^[\d.]+\/(\d+)$/.exec(text) ?? [];
    return length === undefined ? sum : sum + 2 ** -Number(length);
  }, 0);
  return share < 0.01 ? '' : `, ${Math.round(share * 100)} % of IPv4`;
}
