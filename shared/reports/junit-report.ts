import { type ReportOutcome, type Spool, drainShards } from './json-report.ts';
import { missingText, proofText } from './proof-text.ts';
import type { ClusterReport, VerdictReport } from './report.ts';
import type { Audit, Tail } from './scan.ts';
import { counted, plainText } from './text-layout.ts';
import { xmlAttribute, xmlContent } from './xml-text.ts';

/** What becomes of a verdict in a test run. */
interface TestCase {
  readonly result: 'passed' | 'failures' | 'errors' | 'skipped';
  readonly xml: string;
}

type Counts = Readonly<Record<TestCase['result'], number>>;

/** So many things that could not be read are told; JSON has all. */
const mostGaps = 100;

/**
 * The report as JUnit XML for the test views of build servers: a suite for each cluster and a test for
 * each check, with the counts of every suite and of the whole. A suite of its own holds the test that
 * everything could be read, so that no run is empty and none hides a gap. Nothing appears before the
 * audit has come to its end.
 *
 * What fails a build here are failures that are low or worse, that nobody exempted and that no
 * baseline holds already, and unknown verdicts, which no baseline holds. Unknown is an error, for the test could
 * not be carried out; the others are skipped, with the reason: a skipped test is no passed one either.
 */
export async function* junitReport(
  audit: Audit,
  spool: Spool,
): AsyncGenerator<string, ReportOutcome> {
  const total = { passed: 0, failures: 0, errors: 0, skipped: 0 };
  function add(counts: Counts): void {
    for (const result of ['passed', 'failures', 'errors', 'skipped'] as const) {
      total[result] += counts[result];
    }
  }
  const { startedAt } = audit.header;
  const outcome = await drainShards(audit, async ({ clusters, verdicts }) => {
    const byCluster = Map.groupBy(verdicts, ({ clusterId }) => clusterId);
    for (const cluster of clusters) {
      const cases = (byCluster.get(cluster.id) ?? []).map((verdict) => caseOf(cluster, verdict));
      const counts = countsOf(cases);
      add(counts);
      await spool.write(suite(cluster.name, cluster.id, startedAt, counts, cases));
    }
  });
  const reading = readingCase(outcome.tail);
  const readingCounts = countsOf([reading]);
  add(readingCounts);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  const { passed, failures, errors, skipped } = total;
  const tests = passed + failures + errors + skipped;
  yield `<testsuites name="Portcullis" tests="${tests}" failures="${failures}" errors="${errors}">\n`;
  yield suite('Portcullis', '/', startedAt, readingCounts, [reading]);
  yield* spool.read();
  yield '</testsuites>\n';
  return outcome;
}

function countsOf(cases: readonly TestCase[]): Counts {
  const counts = { passed: 0, failures: 0, errors: 0, skipped: 0 };
  for (const { result } of cases) counts[result] += 1;
  return counts;
}

function suite(
  name: string,
  id: string,
  startedAt: string,
  { failures, errors, skipped }: Counts,
  cases: readonly TestCase[],
): string {
  const attributes = attributesOf({
    name,
    id,
    tests: String(cases.length),
    failures: String(failures),
    errors: String(errors),
    skipped: String(skipped),
    // Without fractions and zone, as most readers want it.
    timestamp: startedAt.slice(0, 19),
  });
  const body = cases.map(({ xml }) => xml).join('');
  return `  <testsuite${attributes}>\n${body}  </testsuite>\n`;
}

function caseOf(cluster: ClusterReport, verdict: VerdictReport): TestCase {
  const { subscriptionId, resourceGroup, name } = cluster;
  const attributes = attributesOf({
    // Some views show the name alone, others build a tree of the class.
    name: `${verdict.checkId} on ${name}`,
    classname: [subscriptionId, resourceGroup, name].join('.'),
  });
  const told = telling(verdict);
  const inner = told === undefined ? '' : elementOf(told, verdict);
  return {
    result: told?.result ?? 'passed',
    xml:
      inner === ''
        ? `    <testcase${attributes}/>\n`
        : `    <testcase${attributes}>\n${inner}    </testcase>\n`,
  };
}

interface Telling {
  readonly result: 'failures' | 'errors' | 'skipped';
  /** Why it is skipped. */
  readonly because?: string;
}

function telling({ kind, exempt, severity, baselineState }: VerdictReport): Telling | undefined {
  if (kind === 'pass') return undefined;
  if (kind === 'notApplicable') return { result: 'skipped', because: 'does not apply' };
  if (exempt !== null) {
    const until = exempt.expiresOn === null ? '' : ` until ${exempt.expiresOn}`;
    return { result: 'skipped', because: `${kind}, exempt${until} (${exempt.reason})` };
  }
  if (severity === 'info') return { result: 'skipped', because: `${kind}, for information` };
  if (kind === 'unknown') return { result: 'errors' };
  return baselineState === 'unchanged'
    ? { result: 'skipped', because: `fail, ${severity}, as in the baseline` }
    : { result: 'failures' };
}

function elementOf({ result, because }: Telling, verdict: VerdictReport): string {
  const { severity, summary, evidence, missing, fingerprint } = verdict;
  const lines = [
    summary,
    ...evidence.map((proof) => `- ${proofText(proof)}`),
    ...(missing ?? []).map((one) => `? not read: ${missingText(one)}`),
    `fingerprint ${fingerprint}`,
  ].map(plainText);
  // The schema knows no message of what is skipped.
  if (result === 'skipped') {
    const [first = '', ...others] = lines;
    const text = [`${plainText(because ?? '')}: ${first}`, ...others].join('\n');
    return `      <skipped>${xmlContent(text)}</skipped>\n`;
  }
  const element = result === 'failures' ? 'failure' : 'error';
  const attributes = attributesOf({
    type: result === 'failures' ? severity : 'unknown',
    message: summary,
  });
  return `      <${element}${attributes}>${xmlContent(lines.join('\n'))}</${element}>\n`;
}

function readingCase({ gaps }: Tail): TestCase {
  const attributes = attributesOf({ name: 'everything could be read', classname: 'portcullis' });
  if (gaps.length === 0) return { result: 'passed', xml: `    <testcase${attributes}/>\n` };
  const more = gaps.length - mostGaps;
  const lines = [
    ...gaps.slice(0, mostGaps).map((gap) => `- ${missingText(gap)}`),
    ...(more > 0 ? [`… and ${counted(more, 'more thing')}: all in --format json`] : []),
  ];
  const error = attributesOf({
    type: 'gap',
    message: `${counted(gaps.length, 'thing')} could not be read`,
  });
  return {
    result: 'errors',
    xml: `    <testcase${attributes}>\n      <error${error}>${xmlContent(lines.join('\n'))}</error>\n    </testcase>\n`,
  };
}

function attributesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(plainText(value))}"`)
    .join('');
}
