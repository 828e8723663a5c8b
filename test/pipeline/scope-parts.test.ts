/** A scope that is read in parts is the scope, whatever the parts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsIn } from '../../shared/adapters/azure/scope-parts.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { isTenantWide } from '../../shared/inventory/coverage.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypeNamed } from '../../shared/inventory/row-type.ts';
import { resourceId, subscriptionIdOf } from '../../shared/model/resource-id.ts';
import {
  type AuditPlan,
  auditScope,
  idsInScope,
  scopePart,
  wholeScope,
} from '../../shared/pipeline/audit.ts';
import type { Row } from '../../shared/ports.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';

function rowsOf(estate: readonly object[]): readonly Row[] {
  return estate.flatMap((body): readonly Row[] => {
    const { id, type } = { id: undefined, type: undefined, ...body };
    const known = resourceTypeNamed(String(type));
    return known === undefined
      ? []
      : [{ kind: 'row', id: resourceId(String(id)), type: known, body: { ...body } }];
  });
}

describe('a scope in parts', () => {
  it.each([1, 2, 3, 4])('is what it is as a whole, on estate %i', (seed) => {
    const estate = generateEstate(seed, 90, { unread: [] });
    const parsed = parseSettings(estate.settings);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const rows = rowsOf(estate.rows);
    const isEverywhere = ({ id, type }: Row) =>
      isTenantWide(type) ||
      type === 'microsoft.resources/subscriptions' ||
      subscriptionIdOf(id) === undefined;
    const planOf = (own: readonly Row[]): AuditPlan => ({
      snapshot: snapshotOf(own),
      catalogue,
      settings: parsed.settings,
      today: '2026-01-01',
      onDefect: () => {},
    });
    const subscriptions = new Set(rows.flatMap(({ id }) => subscriptionIdOf(id) ?? []));
    const plans = [...subscriptions].map((subscription) =>
      planOf(rows.filter((row) => isEverywhere(row) || subscriptionIdOf(row.id) === subscription)),
    );
    const parts = plans.map(scopePart);
    const whole = auditScope(planOf(rows));
    const together = wholeScope(planOf([]), parts);
    expect(parts.length).toBeGreaterThan(2);
    expect(together.ids).toEqual(whole.ids);
    expect(parts.flatMap(idsInScope).toSorted()).toEqual(whole.ids);
    expect(together.leftOut.toSorted()).toEqual(whole.leftOut.toSorted());
    expect(new Set(together.gaps)).toEqual(new Set(whole.gaps));
    expect(together.warnings).toEqual(whole.warnings);
    expect(new Set(together.outOfScope)).toEqual(new Set(whole.outOfScope));
  });
});

describe('the parts', () => {
  it('hold every subscription once, and no more clusters than can be held, unless in one', () => {
    const counted = fc.uniqueArray(
      fc.record({
        id: fc.uuid(),
        clusters: fc.oneof(fc.constant(0), fc.integer({ max: 3000, min: 0 })),
      }),
      { selector: ({ id }) => id, maxLength: 80 },
    );
    fc.assert(
      fc.property(counted, (subscriptions) => {
        const counts = new Map(
          subscriptions.flatMap(({ id, clusters }) => (clusters > 0 ? [[id, clusters]] : [])),
        );
        const ids = subscriptions.map(({ id }) => id);
        const parts = partsIn(ids, counts).map((part) => part.subscriptions ?? []);
        expect(parts.flat().toSorted()).toEqual(ids.toSorted());
        const sizes = parts.map((part) => ({
          subscriptions: part.length,
          clusters: part.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0),
        }));
        for (const size of sizes) {
          expect(size.clusters <= 2000 || size.subscriptions === 1).toBe(true);
        }
        // No two neighbours would fit in one.
        const fits = sizes
          .slice(1)
          .map(({ clusters }, at) => clusters + (sizes[at]?.clusters ?? 0));
        expect(
          fits.filter((both, at) => both <= 1000 && sizes[at + 1]?.subscriptions === 1),
        ).toEqual([]);
      }),
    );
  });

  it('of subscriptions without clusters are a thousand at most', () => {
    const ids = Array.from({ length: 2500 }, (_, at) => String(at));
    const sizes = partsIn(ids, new Map()).map((part) => part.subscriptions?.length);
    expect(sizes).toEqual([1000, 1000, 500]);
  });
});
