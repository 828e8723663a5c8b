/** `portcullis apply` and `rollback` against a simulated tenant, over real HTTPS: what a person sees. */
import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { openJournal } from '../../shared/adapters/files/journal-file.ts';
import type { JournalRow } from '../../shared/remediation/journal.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import { sealed } from '../../shared/remediation/plan.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { simulatedAzure } from '../adapters/azure/simulated-azure.ts';
import { collector, temporaryFolder } from './made-up-world.ts';

const cluster = 'allow-names-yesterdays-ip';
/** The types of rows that show which clusters there are. */
const rootTypes = /managedclusters$|workspaces(\/\w+)?$|extensions$/i;
/** The demo with one cluster. */
const rows = demoEstate().rows.filter(
  (row) =>
    !rootTypes.test(String(Reflect.get(row, 'type'))) || JSON.stringify(row).includes(cluster),
);
interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  /** Set beside that. */
  readonly also?: Readonly<Record<string, string>>;
  /** What a person types where they are asked. */
  readonly typed?: string;
  readonly now?: string;
  readonly mode?: string;
}

/** A folder with the demo's settings beside a tenant in which they may change anything. */
async function desk(mode = 'remediate') {
  const { simulator, source } = await simulatedAzure(rows);
  const folder = await temporaryFolder();
  const demo = join(import.meta.dirname, '../../demo/portcullis.settings.json');
  const settings: object = JSON.parse(await readFile(demo, 'utf8'));
  await writeFile(
    join(folder, 'portcullis.settings.json'),
    JSON.stringify({ ...settings, $schema: '', mode }),
  );
  const { clientId, clientSecret, tenantId } = simulator.remediator;
  const remediator = {
    PORTCULLIS_REMEDIATOR_CLIENT_ID: clientId,
    PORTCULLIS_REMEDIATOR_CLIENT_SECRET: clientSecret,
    AZURE_TENANT_ID: tenantId,
  };
  async function told(argv: readonly string[], given: Circumstances = {}): Promise<Told> {
    const out = collector(false);
    const err = collector(false);
    const code = await run(
      argv,
      {
        stdout: out.outlet,
        stderr: err.outlet,
        stdin: (async function* () {
          yield new TextEncoder().encode(given.typed ?? '');
        })(),
        stdinIsTerminal: given.typed !== undefined,
        interruption: () => new AbortController().signal,
        env: { PORTCULLIS_CLOUD: source.cloud, ...(given.env ?? remediator), ...given.also },
        folder,
        version: '1.2.3',
        now: () => new Date(given.now ?? '2026-11-23T03:12:00Z'),
      },
      services,
    );
    return { code, out: out.text(), err: err.text() };
  }
  const plan = await told(['plan', '--cluster', cluster, '--format', 'json', '--quiet']);
  await writeFile(join(folder, 'plans.json'), plan.out);
  const { plans }: { plans: readonly Plan[] } = JSON.parse(plan.out);
  const [first] = plans;
  if (first === undefined) throw new Error('the demo has a plan for this cluster');
  const writes = () =>
    simulator.requests
      .filter(({ method, path }) => /PUT|DELETE/.test(method) && !/oauth2/.test(path))
      .map(({ method, path }) => `${method} ${path.slice(path.lastIndexOf('/') + 1)}`);
  return { told, folder, plan: first, writes };
}

describe('apply', () => {
  it('shows the plan, asks, writes it, and takes it back again', async () => {
    const { told, folder, plan, writes } = await desk();
    const rule = /portcullis-[\w-]+/.exec(plan.changes[0]?.url.split('/').at(-1) ?? '')?.[0];

    const refused = await told(['apply', 'plans.json', '--quiet'], { typed: 'n\n' });
    expect(refused).toMatchObject({ code: 0, err: '' });
    expect(refused.out).toContain('Tcp 203.0.113.0/24 → 20.4.0.28/32:443');
    expect(refused.out).toContain('Carry out 1 plan? [y/N] Nothing was changed.');
    expect(writes()).toEqual([]);

    const done = await told(['apply', 'plans.json'], { typed: 'y\n' });
    expect(done.code).toBe(0);
    expect(done.out).toContain(
      `done and verified\n   portcullis rollback portcullis-${plan.id}.jsonl`,
    );
    expect(done.err).toContain('confirmed on the live state');
    expect(writes()).toEqual([`PUT ${rule}`]);

    const again = await told(['apply', 'plans.json', '--yes', '--quiet']);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(
      /done and verified at 2026-11-23T03:12:00.000Z; nothing was looked\s+at now/,
    );
    const scanned = await told(['scan', '--cluster', cluster, '--check', plan.checkId, '--quiet']);
    expect(scanned.out).toContain('✗ 0 not compliant   ? 0 unknown   ✓ 1 compliant');
    expect(writes()).toHaveLength(1);

    const kept = await told(['rollback', plan.id, '--quiet'], { typed: 'n\n' });
    expect(kept).toMatchObject({ code: 0, err: '' });
    expect(kept.out).toMatch(
      / ✗ allow-names-yesterdays-ip: scoring-inbound-allowed, pass → fail\s+\(high\)\n\nTake it back/,
    );
    expect(kept.out.replaceAll(/\s+/g, '')).toContain(`/securityrules/${rule}`);
    expect(kept.out).toContain('   closes  Tcp 203.0.113.0/24 → 20.4.0.28/32:443');
    expect(kept.out).toContain('Take it back? [y/N] Nothing was changed.');
    expect(writes()).toHaveLength(1);
    const blind = await told(['rollback', plan.id, '--quiet', '--settings', 'absent.json'], {
      typed: 'n\n',
    });
    expect(blind.out).toMatch(/Which checks would fail after it is not known: .*absent.json/s);
    expect(blind.out).toContain('Take it back? [y/N] Nothing was changed.');
    const back = await told(['rollback', `portcullis-${plan.id}.jsonl`, '--yes', '--quiet']);
    expect(back).toMatchObject({ code: 0, err: '' });
    expect(back.out).toMatch(/✓ allow-names-yesterdays-ip.*\n {3}taken back\n/);
    expect(writes()).toEqual([`PUT ${rule}`, `DELETE ${rule}`]);
    const twice = await told(['rollback', plan.id.toUpperCase(), '--yes', '--quiet']);
    expect(twice.code).toBe(2);
    expect(twice.err).toMatch(/nothing that it made is there/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
  });

  it('goes on from a journal whose last line broke off', async () => {
    const { told, folder, plan, writes } = await desk();
    await told(['apply', 'plans.json', '--yes', '--quiet']);
    const path = join(folder, `portcullis-${plan.id}.jsonl`);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const written = lines.findIndex((line) => line.includes('"step":"written"'));
    await writeFile(path, `${lines.slice(0, written).join('\n')}\n${lines[written]?.slice(0, 9)}`);
    const done = await told(['apply', 'plans.json', '--yes', '--quiet']);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out).toContain('done and verified');
    expect(writes()).toHaveLength(1);
    await appendFile(path, 'no row\n');
    const broken = await told(['rollback', plan.id, '--yes']);
    expect(broken.code).toBe(2);
    expect(broken.err).toMatch(/line 8 is no row of a journal/);
  });

  it('goes on with nothing that has begun once the mode is lower', async () => {
    const { told, folder, plan, writes } = await desk();
    await told(['apply', 'plans.json', '--yes', '--quiet']);
    const path = join(folder, `portcullis-${plan.id}.jsonl`);
    const text = await readFile(path, 'utf8');
    await told(['rollback', plan.id, '--yes', '--quiet']);
    expect(writes()).toHaveLength(2);
    const lower = { PORTCULLIS_MAX_MODE: 'plan' };
    for (const last of ['confirmed', 'writing', 'written', 'verified']) {
      const begun = text.slice(0, text.indexOf('\n', text.indexOf(`"step":"${last}"`)) + 1);
      await writeFile(path, begun);
      const held = await told(['apply', 'plans.json', '--yes', '--quiet'], { also: lower });
      expect(held).toMatchObject({ code: 3, err: '' });
      expect(held.out).toContain('waits: The mode is plan: PORTCULLIS_MAX_MODE allows no more.');
      expect(await readFile(path, 'utf8')).toBe(begun);
    }
    expect(writes()).toHaveLength(2);
  });

  it('goes on with no plan but the one that was shown', async () => {
    const { told, folder, plan, writes } = await desk();
    const { id: _, hash: __, ...draft } = plan;
    const other = sealed({ ...draft, expiresAt: '2026-11-23T12:00:00.000Z' });
    const at = '2026-11-23T03:00:00.000Z';
    const begun: readonly JournalRow[] = [
      { step: 'requested', plan: other, by: 'somebody', at },
      { step: 'approved', hash: other.hash, by: 'somebody', at },
      { step: 'confirmed', before: { images: [], passing: {} }, at },
    ];
    const journal = await openJournal(join(folder, `portcullis-${plan.id}.jsonl`));
    for (const row of begun) await journal.write(row);
    const answer = await told(['apply', 'plans.json', '--yes', '--quiet']);
    expect(answer.code).toBe(2);
    expect(answer.err).toMatch(/was begun with another plan/);
    expect(writes()).toEqual([]);
  });

  it('takes nothing back for a journal that was edited, nor for a plan that its hash does not name', async () => {
    const { told, folder, plan, writes } = await desk();
    await told(['apply', 'plans.json', '--yes', '--quiet']);
    const name = `portcullis-${plan.id}.jsonl`;
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll('"priority":3000', '"priority":3001'));
    const edited = await told(['rollback', name, '--yes', '--quiet']);
    expect(edited).toMatchObject({ code: 2, out: '' });
    expect(edited.err).toMatch(/line 1 is not as it was written/);
    const again = await told(['apply', 'plans.json', '--yes', '--quiet']);
    expect(again).toMatchObject({ code: 2 });
    expect(again.err).toMatch(/line 1 is not as it was written/);

    await writeFile(join(folder, name), text);
    const { rows: done } = await openJournal(join(folder, name));
    const forged = await openJournal(join(folder, 'forged.jsonl'));
    for (const row of done) {
      const undo = [...plan.undo, ...plan.undo];
      await forged.write(row.step === 'requested' ? { ...row, plan: { ...plan, undo } } : row);
    }
    const unnamed = await told(['rollback', 'forged.jsonl', '--yes', '--quiet']);
    expect(unnamed).toMatchObject({ code: 2, out: '' });
    expect(unnamed.err).toMatch(/not the one that its hash names/);
    expect(writes()).toHaveLength(1);
  });

  it('takes a plan file as Windows PowerShell writes it', async () => {
    const { told, folder } = await desk();
    const path = join(folder, 'plans.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, `\uFEFF${text}`, 'utf16le');
    expect((await told(['apply', 'plans.json', '--quiet'], { typed: 'n\n' })).code).toBe(0);
  });

  it('may be asked again for what was refused', async () => {
    const { told, writes, folder } = await desk('plan');
    const settings = join(folder, 'portcullis.settings.json');
    expect((await told(['apply', 'plans.json', '--yes', '--quiet'])).code).toBe(3);
    const text = await readFile(settings, 'utf8');
    await writeFile(settings, text.replace('"mode":"plan"', '"mode":"remediate"'));
    expect((await told(['apply', 'plans.json', '--yes', '--quiet'])).code).toBe(0);
    expect(writes()).toHaveLength(1);
  });

  it.each<[string, Circumstances, RegExp, number]>([
    ['nobody may change anything', { env: {} }, /PORTCULLIS_REMEDIATOR_CLIENT_ID/, 2],
    [
      'somebody else is signed in',
      { env: { PORTCULLIS_REMEDIATOR_CLIENT_ID: '00000000-0000-4000-8000-000000000001' } },
      /only 00000000-0000-4000-8000-000000000001/,
      2,
    ],
    ['the mode allows no more than plans', { mode: 'plan' }, /The mode is plan/, 3],
    ['the plan has expired', { now: '2026-11-25T00:00:00Z' }, /expired/, 2],
  ])('writes nothing where %s', async (_name, given, says, code) => {
    const { told, writes, folder } = await desk(given.mode);
    const answer = await told(['apply', 'plans.json', '--yes', '--quiet'], given);
    expect(answer.out + answer.err).toMatch(says);
    expect(answer.code).toBe(code);
    expect(writes()).toEqual([]);
    // What could not be tried leaves nothing behind that would have to be gone on with.
    const journals = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
    expect(journals).toHaveLength(code === 3 ? 1 : 0);
  });

  it('writes nothing of a plan file that somebody edited, however well', async () => {
    const { told, writes, folder, plan } = await desk();
    const [change] = plan.changes;
    const properties = change?.body?.['properties'] as Record<string, unknown>;
    const evil = { ...change, body: { properties: { ...properties, sourceAddressPrefix: '*' } } };
    const { id: _, hash: __, ...draft } = { ...plan, changes: [evil] } as Plan;
    const elsewhere = plan.changes.map((one) => ({
      ...one,
      url: '/subscriptions/x?api-version=1',
    }));
    const files: readonly [object, RegExp, number][] = [
      [{ ...plan, changes: [evil] }, /was changed after it was made/, 2],
      [{ ...plan, expiresAt: '2027-01-01T00:00:00.000Z' }, /was changed after it was made/, 2],
      [sealed(draft), /is not what the plan was made\s+on/, 3],
      [{ ...plan, summary: 'Read a tag.' }, /is not what the plan was made\s+on/, 3],
      [
        { ...plan, snippets: { ...plan.snippets, az: 'az group delete' } },
        /is not what the plan was made\s+on/,
        3,
      ],
      [
        sealed({
          ...draft,
          changes: plan.changes,
          fingerprint: '0'.repeat(32),
        }),
        /is not what the plan was made\s+on/,
        3,
      ],
      [{ ...plan, changes: [] }, /plans\.0\.changes/, 2],
      [sealed({ ...draft, changes: elsewhere }), /is not\s+written: only a security rule/, 2],
      [sealed({ ...draft, checkId: 'a\u001B[2J\n ▸ b' }), /plans\.0\.checkId: must be the id/, 2],
    ];
    for (const [edited, says, code] of files) {
      await writeFile(join(folder, 'plans.json'), JSON.stringify({ plans: [edited] }));
      const answer = await told(['apply', 'plans.json', '--yes', '--quiet']);
      expect(answer.out + answer.err).toMatch(says);
      expect(answer.err).not.toMatch(/ at .*\.ts/);
      expect(answer.out + answer.err).not.toContain('\u001B');
      expect(answer.code).toBe(code);
    }
    expect(writes()).toEqual([]);
  });

  it('writes nothing of a plan file whose JSON plays tricks, and says so in a sentence', async () => {
    const { told, writes, folder, plan } = await desk();
    const [change] = plan.changes;
    if (change === undefined) throw new Error('the plan has a change');
    const text = JSON.stringify({ plans: [plan] });
    const wide = '"sourceAddressPrefix":"*"';
    const narrow = '"sourceAddressPrefix":"203.0.113.0/24"';
    expect(text).toContain(narrow);
    // Each as a text, for JSON.stringify writes no key twice and no __proto__.
    const resealed = (body: object) => {
      const { id: _, hash: __, ...draft } = { ...plan, changes: [{ ...change, body }] } as Plan;
      return JSON.stringify({ plans: [sealed(draft)] });
    };
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const properties: object = JSON.parse(
      JSON.stringify(change.body?.['properties']).replace('{', '{"__proto__":{"access":"Allow"},'),
    );
    const other = { ...plan, changes: [{ ...change, url: change.url.toUpperCase() }] };
    const files: readonly [string, RegExp, number][] = [
      [text.replace(narrow, `${narrow},${wide}`), /was changed after it was made/, 2],
      [text.replace(`{"plans":[{`, '{"plans":[{"__proto__":{"approval":false},'), /./, 2],
      [
        text.replace('"properties":{', '"properties":{"__proto__":{"access":"Allow"},'),
        /was changed/,
        2,
      ],
      [resealed({ properties }), /is not what the plan was made\s+on/, 3],
      [
        text.replace('"properties":{', `"properties":{"x":${deep},`),
        /plans\.0\.changes\.0\.body: must not be nested/,
        2,
      ],
      [text.replace('{"plans":[{', '{"plans":[{"\\u001b[2J\\u202e":1,'), /Unrecognized key/, 2],
      [JSON.stringify({ plans: [other] }), /was changed after it was made/, 2],
      [resealed({ properties: {} }), /is not what the plan was made\s+on/, 3],
    ];
    for (const [file, says, code] of files) {
      await writeFile(join(folder, 'plans.json'), file);
      const answer = await told(['apply', 'plans.json', '--yes', '--quiet']);
      expect(answer.out + answer.err).toMatch(says);
      expect(answer.err).not.toMatch(/defect| at .*\.ts/);
      expect(answer.out + answer.err).not.toMatch(/[^\n\P{Cc}]|\p{Bidi_Control}/u);
      expect(answer.code).toBe(code);
    }
    expect(writes()).toEqual([]);
  });

  it('writes nothing where a plan of the file that is not asked for was edited', async () => {
    const { told, writes, folder, plan } = await desk();
    const edited = { ...plan, id: '0'.repeat(16), summary: 'x', approval: !plan.approval };
    await writeFile(join(folder, 'plans.json'), JSON.stringify({ plans: [plan, edited] }));
    const answer = await told(['apply', 'plans.json', '--plan', plan.id, '--yes', '--quiet']);
    expect(answer.err).toMatch(/plan 0000000000000000 was changed after it was made/);
    expect(answer.code).toBe(2);
    expect(writes()).toEqual([]);
  });

  it('takes nothing back for a journal that begins in the middle', async () => {
    const { told, folder, writes } = await desk();
    const journal = await openJournal(join(folder, 'middle.jsonl'));
    const at = '2026-11-23T03:00:00.000Z';
    await journal.write({ step: 'confirmed', before: { images: [], passing: {} }, at });
    for (const name of ['middle.jsonl', 'portcullis-0123456789abcdef.jsonl']) {
      await writeFile(join(folder, name), await readFile(join(folder, 'middle.jsonl')));
      const answer = await told(['rollback', name, '--yes', '--quiet']);
      expect(answer.err).toMatch(/does not begin with a plan that was asked for/);
      expect(answer.code).toBe(2);
    }
    const applied = await told(['apply', 'plans.json', '--yes', '--quiet']);
    expect(applied.err).toMatch(/does not begin with a plan that was asked for/);
    expect(applied.code).toBe(2);
    expect(writes()).toEqual([]);
  });
});
