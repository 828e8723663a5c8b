/** `portcullis plan` as a person meets it: what is printed, and what is refused. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { planHash } from '../../shared/remediation/plan.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import { collector, temporaryFolder } from './made-up-world.ts';

const demo = join(import.meta.dirname, '../../demo');

function plan(...argv: readonly string[]) {
  return planOf('--demo', ...argv);
}

async function planOf(...argv: readonly string[]) {
  const out = collector(false);
  const err = collector(false);
  const code = await run(
    ['plan', '--quiet', ...argv],
    {
      stdout: out.outlet,
      stderr: err.outlet,
      stdin: (async function* () {})(),
      interruption: () => new AbortController().signal,
      env: {},
      folder: await temporaryFolder(),
      version: '1.2.3',
      now: () => new Date('2026-11-23T03:12:00Z'),
    },
    services,
  );
  return { code, out: out.text(), err: err.text() };
}

describe('plan', () => {
  it('gives plans with their hash, and says of every other finding why there is none', async () => {
    const { code, out } = await plan('--format', 'json');
    expect(code).toBe(0);
    const { plans, unplanned }: { plans: Plan[]; unplanned: { because: string }[] } =
      JSON.parse(out);
    expect(plans.length).toBeGreaterThan(20);
    for (const one of plans) expect(planHash(one)).toBe(one.hash);
    expect(plans.map(({ expiresAt }) => expiresAt)).toContain('2026-11-24T03:12:00.000Z');
    expect(unplanned.length).toBeGreaterThan(20);
    expect(unplanned.filter(({ because }) => because === '')).toEqual([]);
  });

  it('keeps to the clusters and checks that are asked for', async () => {
    const one = ['--cluster', 'allow-names-yesterdays-ip'];
    expect((await plan(...one)).out).toMatch(/^PLANS {2}1\n[^]*opens {3}Tcp 203\.0\.113\.0\/24/);
    expect((await plan(...one, '--check', 'private-cluster')).out).toBe(
      'Nothing fails that a plan could put right.\n',
    );
  });

  it('says what it takes as none, and with --strict plans nothing on it', async () => {
    const folder = await temporaryFolder();
    const lines = (await readFile(join(demo, 'estate.jsonl'), 'utf8')).split('\n');
    const kept = lines.map((line) =>
      line.replaceAll(/"microsoft\.(?:authorization\/locks|resources\/deploymentstacks)",?/g, ''),
    );
    await writeFile(join(folder, 'estate.jsonl'), kept.join('\n'));
    const settings = join(demo, 'portcullis.settings.json');
    const asked = [
      '--estate',
      folder,
      '--settings',
      settings,
      '--cluster',
      'allow-names-yesterdays-ip',
    ];
    const { out } = await planOf(...asked);
    expect(out).toMatch(/^PLANS {2}1\n/);
    expect(out).toMatch(/^Assumed {2}The estate does not say whether there are deployment stacks/m);
    expect(out).toMatch(/^Assumed {2}The estate does not say whether there are locks/m);
    const strict = await planOf(...asked, '--strict');
    expect(strict.out).toMatch(/^NOT PLANNED {2}1\n/);
    expect(strict.out).toMatch(/cannot be proven that nobody else owns or locks/);
    expect(strict.out).toContain('az network nsg rule create');
    expect(strict.out).not.toContain('Assumed');
  });

  it('names the nearest of what it does not know', async () => {
    const wrong = await plan('--check', 'privat-cluster');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/privat-cluster.*private-cluster/);
    expect((await plan('--cluster', 'nobody')).code).toBe(2);
    expect(await plan('--fail-on', 'high')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--fail-on goes with --what-if'),
    });
  });
});

describe('plan --what-if', () => {
  const proposed = join(import.meta.dirname, '../../docs/tour/what-if.json');
  const change = ['--what-if', proposed, '--cluster', 'scoring-ok-public'];

  it('says what would break and what would be mended, and fails a build only if asked to', async () => {
    const { code, out } = await plan('--what-if', proposed);
    expect(code).toBe(0);
    expect(out).toContain('✗ scoring-inbound-allowed  pass → fail (high)');
    expect(out).toContain('▸ 203.0.113.1:49152 → 20.4.0.1:443 Tcp, inbound');
    expect(out).toContain('✓ scoring-inbound-allowed  fail (high) → pass');
    expect(out).toMatch(/virtualmachines\/jumpbox: no audit reads resources of this type\./);
    expect(out).toMatch(/rt-new: no cluster that was looked at depends/);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out).not.toContain('\u001B');
    expect((await plan(...change, '--fail-on', 'high')).code).toBe(1);
    expect((await plan(...change, '--fail-on', 'critical')).code).toBe(0);
  });

  it('gives a program the verdicts and every packet', async () => {
    const { out } = await plan(...change, '--format', 'json');
    const { complete, clusters }: { complete: boolean; clusters: unknown[] } = JSON.parse(out);
    expect(complete).toBe(true);
    expect(clusters).toMatchObject([
      {
        name: 'scoring-ok-public',
        verdicts: [{ effect: 'breaks', before: { kind: 'pass' }, after: { kind: 'fail' } }],
        packets: [{ inbound: { newlyDenied: [{ sources: ['203.0.113.0/25'] }] } }],
      },
    ]);
  });

  it('gives a pull request its results and its comment, and nothing else such a form', async () => {
    const { out: sarif } = await plan(...change, '--format', 'sarif');
    const [run] = JSON.parse(sarif).runs;
    expect(run.results).toMatchObject([{ ruleId: 'scoring-inbound-allowed', level: 'error' }]);
    const { out } = await plan(...change, '--format', 'markdown');
    expect(out).toContain('## Portcullis: ✗ this change would break 1 verdict\n');
    expect(out).toContain('newly denied: Tcp: 203.0.113.0/25');
    const { code, err } = await plan('--format', 'markdown');
    expect([code, err]).toEqual([2, expect.stringContaining('markdown goes with --what-if')]);
  });

  it('tells 3 where not all of it can be told, and 2 where the file proposes nothing', async () => {
    const folder = await temporaryFolder();
    const text = await readFile(proposed, 'utf8');
    const { changes }: { changes: { changeType: string; resourceId: string }[] } = JSON.parse(text);
    const first = changes[0]?.resourceId ?? '';
    const untold = join(folder, 'untold.json');
    await writeFile(
      untold,
      JSON.stringify({ changes: [{ changeType: 'Deploy', resourceId: first }] }),
    );
    const told = ['--what-if', untold, '--cluster', 'scoring-ok-public'];
    expect((await plan(...told)).code).toBe(0);
    const { code, out } = await plan(...told, '--fail-on', 'low');
    expect(code).toBe(3);
    expect(out).toContain('What is not known is not fine.');
    await writeFile(untold, '{"resource_changes":[]}');
    const refused = await plan(...told);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('the plan of Terraform is not as terraform show -json prints it');
  });

  it('is told of a plan of Terraform, in every format, whatever its addresses are named', async () => {
    const folder = await temporaryFolder();
    const { changes }: { changes: { resourceId: string }[] } = JSON.parse(
      await readFile(proposed, 'utf8'),
    );
    const group = changes[0]?.resourceId ?? '';
    const values = {
      id: `${group}/securityRules/deny-web`,
      name: 'deny-web',
      priority: 150,
      direction: 'Inbound',
      access: 'Deny',
      protocol: 'Tcp',
      source_address_prefix: '203.0.113.0/25',
      source_port_range: '*',
      destination_address_prefix: '*',
      destination_port_range: '443',
    };
    const of = (type: string, after: object, unknown: object = {}) => ({
      address: `${type}.this["\u001b[2J\n##vso[task.complete]|<img>"]`,
      mode: 'managed',
      type,
      name: 'this',
      provider_name: 'registry.terraform.io/hashicorp/azurerm',
      change: { actions: ['create'], before: null, after, after_unknown: unknown },
    });
    const file = join(folder, 'terraform.json');
    const write = (...resource_changes: object[]) =>
      writeFile(file, JSON.stringify({ format_version: '1.2', resource_changes }));
    const asked = ['--what-if', file, '--cluster', 'scoring-ok-public', '--fail-on', 'high'];
    await write(of('azurerm_network_security_rule', values), of('azurerm_subnet', {}));
    const broken = await plan(...asked);
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('✗ scoring-inbound-allowed  pass → fail (high)');
    expect(broken.out).toMatch(/NOT JUDGED {2}1\n\n \? azurerm_subnet\.this/);
    const never = {
      table: ['\u001B', '##vso['],
      json: ['\u001B', '\n##vso'],
      sarif: ['\u001B', '\n##vso'],
      markdown: ['\u001B', '\n##vso', '<img>'],
    };
    for (const [format, texts] of Object.entries(never)) {
      const { code, out } = await plan(...asked, '--format', format);
      expect(code).toBe(1);
      expect(texts.filter((text) => out.includes(text))).toEqual([]);
    }
    const anywhere = { ...values, source_address_prefix: undefined };
    await write(of('azurerm_network_security_rule', anywhere, { source_address_prefix: true }));
    const open = await plan(...asked);
    expect(open.code).toBe(3);
    expect(open.out).toContain('? scoring-inbound-allowed  pass → unknown');
  });
});
