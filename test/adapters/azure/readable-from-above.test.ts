/** Where what the reader may read is asked: once at a management group that settles it, else in each subscription. */
import { describe, expect, it } from 'vitest';
import { generateEstate } from '../../../simulator/estate/generate-estate.ts';
import type { SimulatorOptions } from '../../../simulator/start-simulator.ts';
import { auditSource } from '../../pipeline/audit-rows.ts';
import { simulatedAzure } from './simulated-azure.ts';

const { rows, settings } = generateEstate(1, 2, { unread: [] });
const subscriptions = new Set(
  rows.flatMap((row) => {
    const id = /^\/subscriptions\/[^/]+/i.exec(String(Reflect.get(row, 'id')));
    return id === null ? [] : [id[0].toLowerCase()];
  }),
);

/** The scopes at which permissions were asked, and what could not be read. */
async function asked(options: Omit<SimulatorOptions, 'rows'> = {}) {
  const { simulator, source } = await simulatedAzure(rows, options);
  const { tail } = await auditSource({ ...source, attemptMs: 60_000 }, settings);
  const scopes = simulator.requests.flatMap(({ path }) => {
    const [scope, rest] = path.toLowerCase().split('/providers/microsoft.authorization/');
    return rest === 'permissions' && scope !== undefined ? [scope] : [];
  });
  return { scopes: scopes.toSorted(), gaps: tail.gaps };
}

const root = '/providers/microsoft.management/managementgroups/mg-root';

describe('what the reader may read', () => {
  it('is asked once where a role at the root allows everything', async () => {
    const { scopes, gaps } = await asked();
    expect(scopes).toEqual([root]);
    expect(gaps.filter(({ why }) => why.includes('role of the reader'))).toEqual([]);
  });

  it('is asked in every subscription where roles are given there alone', async () => {
    const grants = [...subscriptions].map((scope) => ({ scope, actions: ['*/read'] }));
    const { scopes, gaps } = await asked({ reader: { grants } });
    expect(scopes.filter((scope) => scope.startsWith('/subscriptions/'))).toEqual(
      [...subscriptions].toSorted(),
    );
    expect(gaps.filter(({ why }) => why.includes('role of the reader'))).toEqual([]);
  });

  it('is a gap in a subscription where a role at the root allows all but one type', async () => {
    const grants = [
      { scope: '/', actions: ['*/read'], notActions: ['Microsoft.Network/routeTables/read'] },
    ];
    const { scopes, gaps } = await asked({ reader: { grants } });
    expect(scopes).toContain(root);
    const hidden = gaps.filter(({ what }) => what === 'rows of microsoft.network/routetables');
    expect(hidden.map(({ scope }) => scope).toSorted()).toEqual([...subscriptions].toSorted());
  });
});
