/** What is exported gives offline the verdicts that live gives. */
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportEstate } from '../../../shared/compose-live.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { UsageError } from '../../../shared/settings/usage-error.ts';
import { demoEstate } from '../../../simulator/estate/demo-estate.ts';
import { generateEstate } from '../../../simulator/estate/generate-estate.ts';
import type { SimulatorOptions } from '../../../simulator/start-simulator.ts';
import { temporaryFolder } from '../../cli/made-up-world.ts';
import { type Audited, auditSource } from '../../pipeline/audit-rows.ts';
import { estateWithNestedGroups } from '../../contracts/nested-groups.ts';
import { simulatedAzure } from './simulated-azure.ts';

const clusters = import.meta.env.MODE === 'deep' ? 60 : 24;

async function liveAndExported(
  { rows, settings }: { readonly rows: readonly object[]; readonly settings: object },
  options: Omit<SimulatorOptions, 'rows'> = {},
  scope: { readonly subscriptions?: readonly string[] } = {},
): Promise<{ readonly live: Audited; readonly offline: Audited; readonly folder: string }> {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { source } = await simulatedAzure(rows, options);
  const folder = join(await temporaryFolder(), 'estate');
  await exportEstate({
    source,
    folder,
    settings: parsed.settings,
    ...scope,
    now: () => new Date('2026-11-23T00:00:00Z'),
  });
  return {
    live: await auditSource(source, settings, scope),
    offline: await auditSource({ kind: 'estate', path: folder }, settings),
    folder,
  };
}

function expectTheSame(live: Audited, offline: Audited): void {
  expect([...offline.verdicts.values()]).toEqual([...live.verdicts.values()]);
  expect(offline.clusters).toEqual(live.clusters);
  expect(sorted(offline.tail.gaps)).toEqual(sorted(live.tail.gaps));
  // Live, locks are read when something is planned; offline nobody has looked.
  const assumed = offline.tail.assumptions.filter((says) => !says.includes('locks'));
  expect(assumed).toEqual(live.tail.assumptions);
  expect(offline.tail.outOfScope).toEqual(live.tail.outOfScope);
}

function sorted<T>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('an export', () => {
  it.each([
    ['of the demo', demoEstate()],
    ['of the estate of seed 3', generateEstate(3, clusters)],
    ['of the estate of seed 4', generateEstate(4, clusters)],
  ])('%s gives the live verdicts, sentence for sentence', async (_, estate) => {
    const { live, offline } = await liveAndExported(estate);
    expectTheSame(live, offline);
    expect(live.verdicts.size).toBe(estate.truth.length);
  });

  it('keeps who is in a group of groups', async () => {
    const { key, ...estate } = estateWithNestedGroups('middle');
    const { live, offline } = await liveAndExported(estate);
    expectTheSame(live, offline);
    expect(offline.verdicts.get(key)?.kind).toBe('pass');
  });

  it('carries what could not be read', async () => {
    const { live, offline } = await liveAndExported(demoEstate(), {
      graphDenied: true,
      reader: {
        grants: [
          { scope: '/', actions: ['*/read'], notActions: ['Microsoft.Network/routeTables/read'] },
        ],
      },
      faults: [{ path: 'denyAssignments$', does: { kind: 'status', status: 403 } }],
    });
    expect(live.tail.gaps.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['deny assignments', 'rows of microsoft.network/routetables']),
    );
    expectTheSame(live, offline);
  });

  it('of one subscription says nothing of the others', async () => {
    const estate = demoEstate();
    const [{ clusterId } = { clusterId: '' }] = estate.truth;
    const subscriptions = [clusterId.split('/')[2] ?? ''];
    const { live, offline } = await liveAndExported(estate, {}, { subscriptions });
    expectTheSame(live, offline);
    expect(live.clusters.length).toBeLessThan(estate.truth.length / 30);
  });

  it('is for its owner alone, a file a type, with a manifest', async () => {
    const { folder } = await liveAndExported(demoEstate());
    const files = await readdir(folder);
    expect(files).toContain('microsoft.network.networksecuritygroups.jsonl');
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      type: 'portcullis/manifest',
      takenAt: '2026-11-23T00:00:00.000Z',
      authorizationScopeFilter: 'AtScopeAboveAndBelow',
      gaps: [{ why: 'whoever is signed in does not see it' }],
    });
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it('leaves a folder that holds something as it is', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const { source } = await simulatedAzure(demoEstate().rows);
    const parsed = parseSettings({});
    if (!parsed.ok) throw new Error('the defaults are settings');
    const exporting = exportEstate({
      source,
      folder,
      settings: parsed.settings,
      now: () => new Date(),
    });
    await expect(exporting).rejects.toThrow(UsageError);
    await expect(readdir(folder)).resolves.toEqual(['notes.txt']);
  });

  it('that breaks off leaves nothing behind', async () => {
    const parent = await temporaryFolder();
    const { source } = await simulatedAzure(demoEstate().rows, {
      faults: [{ path: 'resourcegraph', does: { kind: 'status', status: 403 } }],
    });
    const parsed = parseSettings({});
    if (!parsed.ok) throw new Error('the defaults are settings');
    const exporting = exportEstate({
      source,
      folder: join(parent, 'estate'),
      settings: parsed.settings,
      now: () => new Date(),
    });
    await expect(exporting).rejects.toThrow(/nothing can be read/);
    await expect(readdir(parent)).resolves.toEqual([]);
  });
});
