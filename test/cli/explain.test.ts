/** `portcullis explain` as a person meets it: names, ids, formats, exit codes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { parseExplanation } from '../../shared/reports/explanation.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { collector, temporaryFolder } from './made-up-world.ts';

async function explain(argv: readonly string[], terminal = false) {
  const out = collector(terminal);
  const err = collector(false);
  const code = await run(
    ['explain', ...argv],
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

const name = 'allow-names-yesterdays-ip';

describe('explain', () => {
  it('takes a name or an id, in any casing', async () => {
    const byName = await explain([name.toUpperCase(), '--demo', '--quiet', '--format', 'json']);
    expect(byName.code).toBe(0);
    const explanation = parseExplanation(JSON.parse(byName.out));
    expect(explanation.cluster.name).toBe(name);
    const byId = await explain([
      explanation.cluster.id.toUpperCase(),
      '--demo',
      '--quiet',
      '--format',
      'json',
    ]);
    expect(byId.out).toBe(byName.out);
  });

  it('says what was meant where no cluster has the name', async () => {
    const { code, out, err } = await explain(['allow-names-yesterdays-i', '--demo', '--quiet']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `portcullis: "allow-names-yesterdays-i" is no inference cluster here; did you mean ${name}?\n`,
    );
  });

  it('lists the ids where several clusters have the name', async () => {
    const { rows, settings } = demoEstate();
    const mine = rows.filter((row) => JSON.stringify(row).includes(name));
    const twins = mine.map((row): unknown =>
      JSON.parse(JSON.stringify(row).replaceAll(`rg-${name}`, `rg-other-${name}`)),
    );
    const folder = await temporaryFolder();
    const path = join(folder, 'estate.json');
    const file = join(folder, 'settings.json');
    await writeFile(path, JSON.stringify([...rows, ...twins]));
    await writeFile(file, JSON.stringify({ ...settings, callers: {} }));
    const { code, out, err } = await explain([
      name,
      '--estate',
      path,
      '--settings',
      file,
      '--quiet',
    ]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^portcullis: 2 clusters are called "allow-names-yesterdays-ip"; name one by its id:\n(?:portcullis: {3}\/subscriptions\/\S+\n){2}$/,
    );
  });

  it('wants a cluster, and only one source', async () => {
    expect((await explain(['--demo'])).err).toContain('<cluster> must be given');
    expect((await explain([name, '--demo', '--estate', 'x'])).code).toBe(2);
  });

  it('gives only the verdicts asked for', async () => {
    const { out } = await explain([name, '--demo', '--quiet', '--check', 'private-cluster']);
    expect(out).toContain('VERDICTS  1\n\n ✓ private-cluster\n');
    const { code, err } = await explain([name, '--demo', '--check', 'private-clusters']);
    expect(code).toBe(2);
    expect(err).toContain('did you mean private-cluster');
  });

  it('paints on a terminal, and not where it is told not to', async () => {
    const painted = await explain([name, '--demo', '--quiet'], true);
    expect(painted.out).toContain('\u001B[1;31m✗\u001B[0m');
    const plain = await explain([name, '--demo', '--quiet', '--no-color'], true);
    expect(plain.out).not.toContain('\u001B');
  });
});
