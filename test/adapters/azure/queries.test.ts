/** Every query passes Microsoft's parser and the schema, and keeps what comes from outside in its place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kqlString, odataString } from '../../../shared/adapters/azure/kql.ts';
import * as queries from '../../../shared/adapters/azure/queries.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { diagnosticsOf } from '../../../simulator/kql/query-diagnostics.ts';
import { runQuery } from '../../../simulator/kql/run-query.ts';

const hostile = [
  "'",
  "') | project secrets //",
  '\\',
  "\\'",
  'a\nb',
  'a\u2028b',
  '\u0000',
  '"; drop',
  "🦊'",
  '',
  '${x}',
];
const group = resourceId('/subscriptions/5/resourceGroups/g');

/** What each query asks for, with whatever text where ids and names go. */
const asked: readonly (readonly [name: string, make: (text: string) => string])[] = [
  ['roots', () => queries.rootsQuery(['microsoft.containerservice/managedclusters'])],
  ['cluster counts', () => queries.clusterCountsQuery()],
  ['subscriptions', () => queries.subscriptionsQuery()],
  ['extensions', () => queries.extensionsQuery()],
  ['by id', (text) => queries.byIdQuery([resourceId(text), group])],
  ['in groups', (text) => queries.inGroupsQuery(['microsoft.network/loadbalancers'], [text, 'mc'])],
  ['group members', () => queries.groupMembersQuery(['microsoft.network/networkinterfaces'])],
  ['admin rules', () => queries.adminRulesQuery()],
  ['policy exemptions', () => queries.policyExemptionsQuery()],
  ['assignments', (text) => queries.assignmentsOfQuery([text, 'b'])],
  ['group assignments', (text) => queries.groupAssignmentsQuery([resourceId(text), group])],
  ['role definitions', (text) => queries.roleDefinitionsQuery([text])],
];

it('the list is complete', () => {
  const made = Object.values(queries).filter((value) => typeof value === 'function');
  expect(asked.length).toBe(made.length);
});

describe.each(asked)('the query for %s', (_, make) => {
  it.each(['plain', ...hostile])('is whole with %j in it', (text) => {
    expect(diagnosticsOf(make(text))).toEqual([]);
  });

  it('is ordered by id and keeps id and type, so that pages do not overlap', () => {
    const query = make('x');
    expect(query).toMatch(/\| project id, name, type,[^|]*\n\| order by id asc$/);
  });
});

it('no query names more ids than Azure advises', () => {
  expect(queries.idsPerQuery).toBeLessThan(300);
});

describe('a literal', () => {
  it('means the text it was made from, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tables = { rowsOf: () => [{ id: text, name: 'x' }, { id: `${text}x` }] };
        const query = `resources | where id == ${kqlString(text)} | project id`;
        const answer = runQuery(query, tables, new Date(0));
        expect(answer).toMatchObject({ kind: 'answer', rows: [{ id: text }] });
      }),
      { numRuns: import.meta.env.MODE === 'deep' ? 1000 : 100 },
    );
  });

  it.each(hostile)('holds %j', (text) => {
    const query = `resources | where id in~ (${kqlString(text)}) | project id`;
    expect(diagnosticsOf(query)).toEqual([]);
  });

  it.each([
    ["o'brien", "'o''brien'"],
    ["')", "''')'"],
    ['plain', "'plain'"],
  ])('of OData doubles the quotes of %j', (text, written) => {
    expect(odataString(text)).toBe(written);
  });
});
