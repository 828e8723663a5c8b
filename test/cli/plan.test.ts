/** `portcullis plan` as a person meets it: what is printed, and what is refused. */
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { planHash } from '../../shared/remediation/plan.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import { collector, temporaryFolder } from './made-up-world.ts';

async function plan(...argv: readonly string[]) {
  const out = collector(false);
  const err = collector(false);
  const code = await run(
    ['plan', '--demo', '--quiet', ...argv],
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

  it('names the nearest of what it does not know', async () => {
    const wrong = await plan('--check', 'privat-cluster');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/privat-cluster.*private-cluster/);
    expect((await plan('--cluster', 'nobody')).code).toBe(2);
  });
});
