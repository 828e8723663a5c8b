/**
 * What every inventory of an estate keeps: the same estate gives the same verdicts, whichever door
 * its rows come through.
 */
import { describe, expect, it } from 'vitest';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { type GeneratedEstate, generateEstate } from '../../simulator/estate/generate-estate.ts';
import type { Audited } from '../pipeline/audit-rows.ts';
import { estateWithNestedGroups } from './nested-groups.ts';

/** Everything was read: what an inventory may leave unread is for its own tests. */
const conditions = { tagList: true, managementGroupCoverage: true, unread: [] };

/** An implementation: how an estate is audited through it. */
export interface InventoryUnderTest {
  readonly name: string;
  readonly audit: (rows: readonly object[], settings: object) => Promise<Audited>;
}

const seeds = import.meta.env.MODE === 'deep' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2];

export function inventoryContract({ name, audit }: InventoryUnderTest): void {
  describe(`the inventory of ${name}`, () => {
    it('gives the demo estate the verdicts that were built into it', async () => {
      expect(await contradictions(demoEstate())).toEqual([]);
    });

    it.each(seeds)('gives the estate of seed %i its verdicts', async (seed) => {
      expect(await contradictions(generateEstate(seed, 60, conditions))).toEqual([]);
    });

    it.each(['outer', 'middle', 'inner', 'engineer'] as const)(
      'finds the role of a deployer in a group of groups: %s',
      async (deployer) => {
        const { rows, settings, key } = estateWithNestedGroups(deployer);
        const { verdicts } = await audit(rows, settings);
        expect(verdicts.get(key)).toMatchObject({ kind: 'pass' });
        // Groups that were read hide nobody: the cluster's own identity is not said to be in doubt.
        const others = [...verdicts.values()].filter(
          ({ kind, checkId, clusterId }) =>
            kind === 'unknown' &&
            checkId.startsWith('network-contributor') &&
            key.startsWith(clusterId),
        );
        expect(others).toEqual([]);
      },
    );

    it('knows of a cluster by the same paths', async () => {
      const { rows, settings, truth } = demoEstate();
      const { clusters } = await audit(rows, settings);
      expect(clusters.length).toBe(new Set(truth.map(({ clusterId }) => clusterId)).size);
      for (const { id, knownBy } of clusters)
        expect({ id, knownBy }).not.toEqual({ id, knownBy: [] });
    });

    /** What was built into the estate and is not what the audit says. */
    async function contradictions({ rows, settings, truth }: GeneratedEstate) {
      const { verdicts } = await audit(rows, settings);
      return truth.filter(({ clusterId, checkId, kind, severity }) => {
        const verdict = verdicts.get(`${clusterId.toLowerCase()} ${checkId}`);
        return verdict?.kind !== kind || (kind === 'fail' && verdict.severity !== severity);
      });
    }
  });
}
