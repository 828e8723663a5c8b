/** What Resource Graph refuses, what the simulator does not evaluate, and how either says so. */
import { describe, expect, it } from 'vitest';

import { diagnosticsOf } from '../../../simulator/kql/query-diagnostics.ts';
import { ask, now, resourcesOnly } from './sample-tables.ts';
import { runQuery } from '../../../simulator/kql/run-query.ts';

/** `count` joins of resources with themselves. */
function joins(count: number): string {
  return `resources${' | join kind=inner (resources | project id) on id'.repeat(count)}`;
}

function unions(count: number): string {
  return `resources${' | union (resources)'.repeat(count)}`;
}

function expansions(count: number): string {
  return `resources${' | mv-expand zones'.repeat(count)}`;
}

/** The details of a refusal beyond the first, which is always the same. */
function detailsOf(query: string): readonly { code: string; message: string }[] {
  const answer = ask(query);
  return answer.kind === 'refused' ? answer.details.slice(1) : [];
}

describe('a diagnostic', () => {
  it.each([
    ['resources | where foo == 1', 'KS142', 18, /'foo' does not refer/],
    ['where foo == 1', 'KS142', 6, /'foo' does not refer/],
    ['resources | where Name == 1', 'KS142', 18, /'Name' does not refer/],
    ['nosuchtable | take 1', 'KS204', 0, /'nosuchtable' does not refer/],
    ['resources | where name ==', 'KS006', 25, /Missing expression/],
    ['resources | where (name == 1', 'KS005', 28, /Expected/],
    ['', 'ParserFailure', 0, /empty/],
    ['resources | where nosuch(name)', 'KS211', 18, /nosuch/],
    ['resources | order by properties', 'KS116', 21, /dynamic/],
    ['resources | summarize count() by properties', 'KS116', 33, /dynamic/],
    ['let a = 1; resources', 'InvalidQueryLanguage', 0, /'let'/],
    ['resources; resources', 'InvalidQueryLanguage', 11, /'resources'/],
    ['print 1', 'InvalidQueryLanguage', 0, /'print'/],
    ['range x from 1 to 3 step 1', 'InvalidQueryLanguage', 0, /'range'/],
    ['datatable(a:string)["x"]', 'InvalidQueryLanguage', 0, /'datatable'/],
    ['resources | lookup (resources) on id', 'InvalidQueryLanguage', 12, /'lookup'/],
    ['resources | evaluate bag_unpack(tags)', 'InvalidQueryLanguage', 12, /'evaluate'/],
    ['resources | serialize', 'InvalidQueryLanguage', 12, /'serialize'/],
    [
      'resources | where name in ((resources | sample 1 | project name))',
      'InvalidQueryLanguage',
      40,
      /'sample'/,
    ],
    ['resources | join kind=leftanti (resources) on id', 'UnsupportedJoinFlavor', 12, /"leftanti"/],
    [
      'resources | join hint.strategy=broadcast (resources) on id',
      'InvalidQuery',
      12,
      /hint.strategy/,
    ],
    [joins(4), 'DisallowedMaxNumberOfRemoteTables', 159, /at most 3 joins and unions, not 4/],
    [unions(4), 'DisallowedMaxNumberOfRemoteTables', 72, /at most 3 joins and unions, not 4/],
    [
      `${joins(2)} | union (resources) | union (resources)`,
      'DisallowedMaxNumberOfRemoteTables',
      130,
      /not 4/,
    ],
    [expansions(4), 'InvalidQuery', 66, /at most 3 mv-expand, not 4/],
    ['resources | mv-expand zones limit 401', 'InvalidQuery', 28, /at most 400, not 401/],
    ['resources | union resources, resourcecontainers', 'InvalidQuery', 12, /single table/],
    ['resources | union isfuzzy=true (resources)', 'InvalidQuery', 12, /Fuzzy/],
    ['project id | join (resources) on id', 'InvalidQuery', 13, /left out/],
    [
      'resources | join (securityresources) on id | union (policyresources)',
      'DisallowedMaxNumberOfRemoteTables',
      45,
      /at most once/,
    ],
  ])('of %s', (query, code, start, message) => {
    const [first] = diagnosticsOf(query);
    expect(first).toMatchObject({ code, start });
    expect(first?.message).toMatch(message);
    expect(ask(query).kind).toBe('refused');
  });

  it.each([
    joins(3),
    unions(3),
    `${joins(2)} | union (resources)`,
    expansions(3),
    'resources | mv-expand zones limit 400',
    'resources | join (resourcecontainers) on subscriptionId | join (resourcecontainers) on subscriptionId',
    'resources | join (securityresources) on id',
    "RESOURCES | where ['kind'] == 'x'",
    "// a comment\nresources // another\n| where name == 'a | b'",
  ])('is not made of %s', (query) => {
    expect(diagnosticsOf(query)).toEqual([]);
    expect(ask(query)).toMatchObject({ kind: 'answer' });
  });
});

describe('a refusal', () => {
  it('has the shape recorded for syntax errors', () => {
    expect(ask('where where')).toEqual({
      kind: 'refused',
      code: 'BadRequest',
      message:
        'Please provide below info when asking for support: timestamp = 2026-11-25T12:00:00.000Z, correlationId = 00000000-0000-0000-0000-000000000000.',
      details: [
        {
          code: 'InvalidQuery',
          message:
            'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
        },
        ...Array(3).fill({ code: 'ParserFailure', message: 'ParserFailure' }),
      ],
    });
  });

  it('carries the parser’s sentence for errors of meaning', () => {
    expect(detailsOf('resources | where foo == 1')).toEqual([
      { code: 'InvalidQuery', message: expect.stringContaining("'foo'") },
    ]);
  });

  it('names a table that the tables do not have', () => {
    expect(detailsOf('spotresources')).toEqual([
      { code: 'InvalidQuery', message: 'Table spotresources is invalid or not supported.' },
    ]);
  });

  it.each([
    ['resources | where hash(name) == 1', 'hash()'],
    ["resources | parse id with * '/providers/' rest", "the operator 'parse'"],
    ['resources | mv-apply z = zones on (take 1)', "the operator 'mv-apply'"],
    ['resources | summarize percentile(strlen(name), 50)', 'percentile()'],
    ['resources | summarize x = count() + 1', "'count() + 1' in summarize"],
    ['resources | where name in ((resources | project name))', '(PipeExpression)'],
    ['resources | where name in (location)', "'location' in a list"],
    ['resources | where name == 1', 'the comparison of a string with a long'],
    ["resources | where name matches regex @'a(?!b)'", 'the regular expression'],
    ["resources | where name matches regex @'[[:alpha:]]'", 'the regular expression'],
    ['resources | where name matches regex location', 'no literal'],
    ["resources | where name has 'ä' or 'aäb' has 'ä'", 'the letters'],
    ['resources | where properties == properties', 'not both simple and alike'],
    ["resources | where properties == 'x'", 'an array or a bag with a string'],
    ['resources | where properties.count == true', 'the comparison of 3 with a boolean'],
    [
      'resources | where properties.created > 3',
      'the comparison of "2026-11-25T11:30:00.1234567Z" with a number',
    ],
    ["resources | project todatetime('11/25/2026')", "the date '11/25/2026'"],
    ["resources | project toint('1.5')", "'1.5' as a whole number"],
    ['resources | project 9007199254740991 + 1', 'the whole number'],
    ['resources | project -1 % 2', 'the remainder'],
    ['resources | project 1.5 / 0', 'a division by zero'],
    ['resources | where properties.ratio > 2', 'the dynamic fraction 2.5'],
    ['resources | project properties.ratio + 1', 'the dynamic fraction 2.5'],
    ['resources | project tostring(true)', 'a bool as text'],
    ['resources | union kind=inner (resourcecontainers)', 'a union with its source'],
    ['resources | union withsource=t (resourcecontainers)', 'a union with its source'],
    [
      'resources | extend n = tolong(properties.count) | join (resources | extend n = 1) on n',
      'a join on nulls',
    ],
    [
      'resources | extend properties_rules = 1 | mv-expand properties.rules',
      "beside a column 'properties_rules'",
    ],
    ["resources | where name == 'x' | summarize avg(1)", 'the average of nothing'],
    ['resources | take strlen(name)', ''],
  ])('of the simulator is no answer: %s', (query, what) => {
    expect(diagnosticsOf(query)).toEqual([]);
    const [detail, ...others] = detailsOf(query);
    expect(others).toEqual([]);
    expect(detail?.code).toBe('SimulatorLimit');
    expect(detail?.message).toContain(what);
    expect(detail?.message).toMatch(/^The simulator does not evaluate .*; Resource Graph may\.$/s);
  });

  it('does not hide a defect of the tables', () => {
    const tables = {
      rowsOf: () => {
        throw new Error('disk');
      },
    };
    expect(() => runQuery('resources', tables, now)).toThrow('disk');
    expect(runQuery('resources', resourcesOnly([]), now).kind).toBe('answer');
  });
});
