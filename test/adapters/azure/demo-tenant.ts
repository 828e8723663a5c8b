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
