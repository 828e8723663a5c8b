/** Compiled queries answer what a naive evaluator answers that shares nothing with them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { runQuery } from '../../../simulator/kql/run-query.ts';
import { generatedQuery, generatedRows } from './generated-query.ts';
import { type Operator, Unsure, evaluateQuery, printQuery } from './naive-query.ts';
import { type ResourceRow, now, resourcesOnly, rowsOf } from './sample-tables.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 1500 : 150;

/** The naive answer, or undefined where the pages do not say. */
function expected(operators: readonly Operator[], rows: readonly ResourceRow[]): unknown {
  try {
    return evaluateQuery(operators, rows);
  } catch (error) {
    if (error instanceof Unsure) return undefined;
    throw error;
  }
}

it('answers as the naive evaluator', () => {
  let compared = 0;
  fc.assert(
    fc.property(generatedRows, generatedQuery, (rows, operators) => {
      const all: Operator[] = [
        {
          kind: 'project',
          columns: columnsUsed.map(([name, type]) => ({
            name,
            value: { kind: 'column', type, name },
          })),
        },
        ...operators,
      ];
      const wanted = expected(all, rows);
      const answer = runQuery(printQuery(all), resourcesOnly(rows), now);
      if (wanted === undefined) return;
      compared += 1;
      expect(rowsOf(answer)).toEqual(wanted);
    }),
    // Each attempt to shrink a query parses it again, which takes longer than reading a long one.
    { numRuns, endOnFailure: true },
  );
  expect(compared).toBeGreaterThan(numRuns * 0.7);
});

const columnsUsed = [
  ['id', 'string'],
  ['name', 'string'],
  ['location', 'string'],
  ['properties', 'dynamic'],
  ['tags', 'dynamic'],
] as const;
