/** A proposed change is judged alike on a live tenant and on its rows in a file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { judgeProposal, readProposal } from '../../shared/compose.ts';
import type { ScanSource } from '../../shared/reports/scan.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { simulatedAzure } from '../adapters/azure/simulated-azure.ts';

test('live as offline', async () => {
  const { rows, settings } = generateEstate(1, 6);
  const denyAll = {
    name: 'deny-all',
    properties: {
      access: 'Deny',
      direction: 'Inbound',
      priority: 100,
      protocol: '*',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '*',
    },
  };
  const groups = rows
    .map((row) => String(Reflect.get(row, 'id')))
    .filter((id) => /\/networksecuritygroups\/[^/]*snet-nodes[^/]*$/i.test(id));
  const changes = groups.map((id) => ({
    resourceId: `${id}/securityRules/deny-all`,
    changeType: 'Create',
    after: denyAll,
  }));
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'estate.jsonl');
  await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const judge = async (source: ScanSource) => {
    const { clusters, examined } = await judgeProposal({
      source,
      settings: parsed.settings,
      strict: false,
      now: () => new Date('2026-11-23T00:00:00Z'),
      proposal: readProposal({ changes }),
    });
    const told = clusters.map(({ id, verdicts, packets }) => ({
      id,
      verdicts: verdicts.map(({ checkId, effect }) => `${checkId} ${effect}`),
      packets: packets.map(({ diff }) => diff.answer.inbound),
    }));
    return { told, examined };
  };
  const { source } = await simulatedAzure(rows);
  const [live, offline] = [await judge(source), await judge({ kind: 'estate', path })];
  expect(live).toEqual(offline);
  expect(live.told.flatMap(({ verdicts }) => verdicts)).toContain('scoring-inbound-allowed breaks');
});
