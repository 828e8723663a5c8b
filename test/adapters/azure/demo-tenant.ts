import { expect } from 'vitest';
import type { LiveSource } from '../../../shared/reports/scan.ts';
import { demoEstate } from '../../../simulator/estate/demo-estate.ts';
import type { SimulatorOptions } from '../../../simulator/start-simulator.ts';
import { type Audited, auditSource } from '../../pipeline/audit-rows.ts';
import { simulatedAzure } from './simulated-azure.ts';

export const { rows, settings, truth } = demoEstate();
export const subscriptions = [
  ...new Set(truth.map(({ clusterId }) => clusterId.split('/')[2] ?? '')),
];

/** The demo estate, with these rows beside its own, audited live. */
export async function auditWith(
  options: Omit<SimulatorOptions, 'rows'>,
  source: Partial<LiveSource> = {},
  more: readonly object[] = [],
): Promise<Audited> {
  const azure = await simulatedAzure([...rows, ...more], options);
  return auditSource({ ...azure.source, attemptMs: 400, ...source }, settings);
}

/** A third of the clusters, without what lies in the resource groups of the others; all in deep mode. */
function partOfRows(): readonly object[] {
  const every = import.meta.env.MODE === 'deep' ? 1 : 3;
  const clusters = [...new Set(truth.map(({ clusterId }) => clusterId.toLowerCase()))];
  const left = new Set(
    clusters
      .filter((_, index) => index % every !== 0)
      .map((id) => id.split('/')[4] ?? '')
      .flatMap((group) => [group, `${group}-nodes`]),
  );
  return rows.filter((row) => {
    const id = String(Reflect.get(row, 'id')).toLowerCase();
    const [, group = ''] = /\/resourcegroups\/([^/]+)/.exec(id) ?? [];
    return !left.has(group);
  });
}

/** As `auditWith` for a part of the estate, for what is tried again and again. */
export async function auditPartWith(
  options: Omit<SimulatorOptions, 'rows'>,
  more: readonly object[] = [],
): Promise<Audited> {
  const azure = await simulatedAzure([...partOfRows(), ...more], options);
  return auditSource({ ...azure.source, attemptMs: 400 }, settings);
}

/** Never a pass or fail that the whole estate does not bear out. */
export function expectNothingInvented({ verdicts }: Audited): void {
  const known = new Map(
    truth.map(({ clusterId, checkId, kind }) => [`${clusterId.toLowerCase()} ${checkId}`, kind]),
  );
  const invented = [...verdicts].filter(([key, { kind }]) => {
    const built = known.get(key);
    return (kind === 'pass' || kind === 'fail') && built !== kind;
  });
  expect(invented).toEqual([]);
}

export function unknownShare({ verdicts }: Audited): number {
  const all = [...verdicts.values()];
  return all.filter(({ kind }) => kind === 'unknown').length / all.length;
}
