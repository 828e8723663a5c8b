import { clipped, markdownText } from './markdown-text.ts';
import { proofText } from './proof-text.ts';
import { counted, lastSegment } from './text-layout.ts';
import { type ChangedCluster, type Effect, type WhatIf, isTold, kindText } from './what-if.ts';

/** A comment on a pull request holds 65,536 characters at most. */
const mostCharacters = 60_000;
const mostOfText = 600;
const mostLines = 6;

const marks = { breaks: '✗', doubts: '?', mends: '✓', alters: '·' } as const;
const order: readonly Effect[] = ['breaks', 'doubts', 'mends', 'alters'];

/**
 * What a proposed change would do as GitHub Flavored Markdown, for a comment on its pull request: what
 * breaks first, then what would no longer be known, the packets folded below, and what is not judged.
 * Cut to fit a comment, and says so. Texts of the estate mean nothing as Markdown.
 */
export function whatIfMarkdown(found: WhatIf): string {
  const rows = found.clusters
    .flatMap(({ name, verdicts }) => verdicts.map((change) => ({ name, ...change })))
    .toSorted((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect))
    .map(({ name, checkId, effect, before, after }) => {
      const [proof] = effect === 'breaks' ? (after?.evidence ?? []) : [];
      const says = [after?.summary ?? '', ...(proof === undefined ? [] : [proofText(proof)])];
      return `| ${marks[effect]} | ${text(name, 80)} | ${text(checkId, 80)} | ${kindText(before)} → ${kindText(after)} | ${says.map((one) => text(one)).join('<br>')} |`;
    });
  const packets = found.clusters.flatMap(packetItems);
  const unjudged = found.unjudged.map(
    ({ id, because, matters }) => `- ${matters ? '?' : '·'} ${text(id)}: ${text(because)}`,
  );
  const top = `## Portcullis: ${titleOf(found)}\n\n${opening(found)}\n`;
  let room = mostCharacters - top.length;
  const sections = [
    section('What would change', false, verdictHead, rows),
    section('Packets', true, [], packets),
    section('Not judged', false, [], unjudged),
    section(
      'Assumed',
      true,
      [],
      found.assumptions.map((one) => `- ${text(one)}`),
    ),
  ].map((write) => {
    // No section takes the room of all that come after it.
    const written = write(room / 2);
    room -= written.length;
    return written;
  });
  return [top, ...sections].join('');
}

const verdictHead = ['| | cluster | check | verdict | says |', '| --- | --- | --- | --- | --- |'];

function titleOf(found: WhatIf): string {
  const broken = countOf(found, 'breaks');
  if (broken > 0) return `✗ this change would break ${counted(broken, 'verdict')}`;
  return isTold(found)
    ? '✓ this change breaks nothing'
    : '? not everything that this change would do can be told';
}

function opening(found: WhatIf): string {
  const { clusters, examined, stillUnknown, hiding, unjudged } = found;
  const untold = unjudged.filter(({ matters }) => matters).length;
  return [
    `${counted(clusters.length, 'cluster')} of ${examined} would change: ${counted(countOf(found, 'breaks'), 'verdict')} would break, ${countOf(found, 'mends')} would be mended, ${countOf(found, 'doubts')} would no longer be known.`,
    ...(stillUnknown === 0
      ? []
      : [
          `Not known either way: ${counted(stillUnknown, 'verdict')} of clusters that depend on it.`,
        ]),
    ...(hiding.length === 0
      ? []
      : [
          `Clusters may be missing: ${counted(hiding.length, 'thing')} that may show them could not be read.`,
        ]),
    ...(untold === 0 ? [] : [`Of ${counted(untold, 'change')} nothing can be said.`]),
    ...(isTold(found) ? [] : ['What is not known is not fine.']),
    'Nothing was changed.',
  ].join(' ');
}

function countOf({ clusters }: WhatIf, effect: Effect): number {
  return clusters.flatMap(({ verdicts }) => verdicts.filter((one) => one.effect === effect)).length;
}

function packetItems({ name, packets }: ChangedCluster): readonly string[] {
  return packets.map(({ subnetId, before, after, diff }) => {
    const group = (id: string | null): string => (id === null ? 'no group' : lastSegment(id));
    const groups = before === after ? group(after) : `${group(before)} → ${group(after)}`;
    const changes = diff
      .texts(mostLines)
      .flatMap(({ direction, access, isCertain, packets: what }) => [
        `  - ${direction}, ${isCertain ? '' : 'perhaps '}newly ${access === 'Allow' ? 'allowed' : 'denied'}: ${what.lines.map((line) => text(line)).join('; ')}${what.isWhole ? '' : '; and more'}`,
      ]);
    const none =
      diff.answer.verdict === 'equivalent'
        ? ['  - other rules, the same packets']
        : [`  - ${text(diff.answer.reason ?? 'whether anything changes is not known')}`];
    return [
      `- ${text(name, 80)}, ${text(groups, 200)} on ${text(lastSegment(subnetId), 80)}`,
      ...(changes.length === 0 ? none : changes),
    ].join('\n');
  });
}

function section(
  title: string,
  isFolded: boolean,
  head: readonly string[],
  items: readonly string[],
): (room: number) => string {
  return (room) => {
    let left = room - 250;
    const shown = items.filter((item) => (left -= item.length + 1) >= 0);
    if (shown.length === 0) return '';
    const count =
      shown.length === items.length ? `${items.length}` : `${shown.length} of ${items.length}`;
    const body = [...head, ...shown].join('\n');
    return isFolded
      ? `\n<details><summary>${title} (${count})</summary>\n\n${body}\n\n</details>\n`
      : `\n### ${title} (${count})\n\n${body}\n`;
  };
}

function text(of: string, most = mostOfText): string {
  return markdownText(clipped(of, most));
}
