/** Whole audits against estates whose truth is known by construction. */
import { describe, expect, it } from 'vitest';
import { type GeneratedEstate, generateEstate } from '../../simulator/estate/generate-estate.ts';
import { auditRows } from './audit-rows.ts';

/** With the fifth, role assignments were not read; with the eighth, computes and service tags were not. */
const isDeep = import.meta.env.MODE === 'deep';
const seeds = isDeep ? Array.from({ length: 20 }, (_, at) => at + 1) : [1, 2, 3, 5, 8];

function said({ kind, severity }: { readonly kind: string; readonly severity?: string }): string {
  return kind === 'fail' ? `fail ${severity ?? ''}` : kind;
}

const estates: readonly (GeneratedEstate & { readonly seed: number })[] = seeds.map((seed) => ({
  seed,
  ...generateEstate(seed, 200),
}));

describe.each(estates)('the estate of seed $seed', (estate) => {
  it('gets the verdict that was built into it, for every cluster and check', async () => {
    const { verdicts } = await auditRows(estate.rows, estate.settings);
    const wrong = estate.truth.flatMap((truth) => {
      const verdict = verdicts.get(`${truth.clusterId.toLowerCase()} ${truth.checkId}`);
      const got = verdict === undefined ? 'nothing' : said(verdict);
      return got === said(truth)
        ? []
        : [{ truth: said(truth), got, cluster: truth.clusterId, check: truth.checkId, verdict }];
    });
    expect(wrong).toEqual([]);
    expect(verdicts.size).toBe(estate.truth.length);
  });
});

describe('an estate', () => {
  const { rows, settings } = generateEstate(7, isDeep ? 40 : 16);

  it('gets the same verdicts in whatever order its rows come', async () => {
    const forwards = await auditRows(rows, settings);
    const backwards = await auditRows(rows.toReversed(), settings);
    const kinds = ({ verdicts }: typeof forwards) =>
      [...verdicts.values()].map(({ fingerprint, kind, severity }) => ({
        fingerprint,
        kind,
        severity,
      }));
    expect(kinds(backwards)).toEqual(kinds(forwards));
  });

  it('never passes or fails more when less of it was read', async () => {
    const whole = await auditRows(rows, settings);
    const types = [...new Set(rows.map((row) => String(Reflect.get(row, 'type')).toLowerCase()))];
    for (const type of types.filter((one) => one !== 'portcullis/manifest')) {
      const without = rows.filter((row) => String(Reflect.get(row, 'type')).toLowerCase() !== type);
      const manifests = without.map((row) => withoutType(row, type));
      const part = await auditRows(manifests, settings, { strict: true });
      const contradictions = [...part.verdicts].filter(([key, { kind }]) => {
        const before = whole.verdicts.get(key)?.kind;
        return (kind === 'pass' && before === 'fail') || (kind === 'fail' && before === 'pass');
      });
      expect({ type, contradictions }).toEqual({ type, contradictions: [] });
    }
  });
});

function withoutType(row: object, type: string): object {
  const types: unknown = Reflect.get(row, 'types');
  if (!Array.isArray(types)) return row;
  return { ...row, types: types.filter((one) => String(one).toLowerCase() !== type) };
}
