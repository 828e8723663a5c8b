import { jsonText } from './json-text.ts';
import { type RuledCheck, notification, resultOf, ruleBook, sarifDriver } from './sarif-report.ts';
import { type VerdictChange, type WhatIf, isTold, kindText } from './what-if.ts';

/**
 * What a proposed change would do as SARIF 2.1.0, for a pull request: a result for every verdict that
 * would break or no longer be known, with what it would be, and a notification for every change of
 * which nothing can be said. What stays as it is, and what is mended, is no result.
 */
export function whatIfSarif(
  found: WhatIf,
  { checks, version }: { readonly checks: readonly RuledCheck[]; readonly version: string },
): string {
  const rules = ruleBook(checks);
  const results = found.clusters
    .flatMap(({ verdicts }) => verdicts)
    .flatMap((change): readonly object[] => {
      const { effect, after } = change;
      if (after === null || (effect !== 'breaks' && effect !== 'doubts')) return [];
      const { id, index } = rules.ruleOf(after);
      const summary = `${wouldText(change)} ${after.summary}`;
      return [resultOf({ ...after, summary, baselineState: 'new' }, id, index)];
    });
  const unjudged = found.unjudged
    .filter(({ matters }) => matters)
    .map(({ id, because }) =>
      notification({ scope: id, what: 'what would become of it', why: because }),
    );
  const run = {
    tool: { driver: sarifDriver(version, rules) },
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: unjudged }],
    results,
    properties: {
      complete: isTold(found),
      clusters: found.clusters.length,
      examined: found.examined,
    },
  };
  return `${jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  })}\n`;
}

function wouldText({ effect, before, after }: VerdictChange): string {
  const kinds = `${kindText(before)} → ${kindText(after)}`;
  return effect === 'breaks'
    ? `This change would break it (${kinds}).`
    : `With this change it would no longer be known (${kinds}).`;
}
