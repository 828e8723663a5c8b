import type { Scan } from '../api/api-types.ts';
import { FactList } from '../shell/fact-list.tsx';
import { lengthText, momentText } from '../wording/moments.ts';
import { counted, numberText } from '../wording/numbers.ts';

export const scanWords: Readonly<Record<Scan['state'], string>> = {
  cutting: 'Finding out what there is',
  running: 'Running',
  complete: 'Complete',
  incomplete: 'Ended, with parts that failed',
  abandoned: 'Abandoned',
};

/** One scan: when, how long, and what it cost. */
export function ScanFacts({ scan }: { readonly scan: Scan }) {
  const { state, startedAt, finishedAt, durationMs, clusters, gaps, cost } = scan;
  return (
    <FactList
      facts={[
        ['State', scanWords[state]],
        ['Began', momentText(startedAt)],
        ['Ended', finishedAt === null ? 'not yet' : momentText(finishedAt)],
        ['Took', durationMs === null ? 'not known' : lengthText(durationMs)],
        ['Clusters', numberText(clusters)],
        ['Not read', gaps === null ? 'not kept' : counted(gaps, 'thing')],
        ['Calls to Azure', cost === null ? 'not known' : costText(cost)],
      ]}
    />
  );
}

function costText(cost: NonNullable<Scan['cost']>): string {
  const { resourceGraphCalls, armReads, graphCalls, armWrites, throttled } = cost;
  const parts = [
    `${numberText(resourceGraphCalls)} Resource Graph`,
    `${numberText(armReads)} reads of resources`,
    `${numberText(graphCalls)} Microsoft Graph`,
    ...(armWrites === 0 ? [] : [counted(armWrites, 'write')]),
    ...(throttled === 0 ? [] : [`${numberText(throttled)} throttled`]),
  ];
  return parts.join(', ');
}
