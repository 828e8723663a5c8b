import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseReport } from '../../shared/reports/report.ts';
import { UsageError } from '../../shared/settings/usage-error.ts';
import { audit, badNight, shard, verdict } from '../reports/made-up-scan.ts';
import { portcullis, temporaryFolder } from './made-up-world.ts';

describe('what to read', () => {
  test.each([
    { argv: ['scan'], env: {}, source: { kind: 'live', cloud: 'public' } },
    { argv: ['scan', '--cloud', 'usgov'], env: {}, source: { kind: 'live', cloud: 'usgov' } },
    {
      argv: ['scan'],
      env: { PORTCULLIS_CLOUD: 'china', PORTCULLIS_READER_CLIENT_ID: 'c-1' },
      source: { kind: 'live', cloud: 'china', clientId: 'c-1' },
    },
    {
      argv: ['scan', '--cloud', 'usgov'],
      env: { PORTCULLIS_CLOUD: 'china' },
      source: { kind: 'live', cloud: 'usgov' },
    },
  ])('without files the tenant is read: $argv', async ({ argv, env, source }) => {
    const { asked, code } = await portcullis(argv, { env });
    expect(code).toBe(0);
    expect(asked?.source).toEqual(source);
  });

  test('a file that describes a cloud is found from the folder of the person', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'cloud.json'), '{}');
    const { asked } = await portcullis(['scan', '--cloud', 'cloud.json'], { folder });
    expect(asked?.source).toEqual({ kind: 'live', cloud: join(folder, 'cloud.json') });
  });

  test('a cloud and files exclude each other', async () => {
    const { code, err } = await portcullis(['scan', '--demo', '--cloud', 'public']);
    expect(code).toBe(2);
    expect(err).toContain('--cloud says where to read live');
  });

  test('two sources exclude each other', async () => {
    const { code, err } = await portcullis(['scan', '--demo', '--estate', 'x']);
    expect(code).toBe(2);
    expect(err).toContain('exclude each other');
  });

  test('every flag reaches the audit; relative paths start in the folder of the person', async () => {
    const folder = await temporaryFolder();
    const { asked, code } = await portcullis(
      [
        ['scan', '--estate', 'export', '--strict', '--quiet'],
        ['--check', 'scoring-inbound-allowed', '--check', 'network-contributor-granted'],
        ['--cluster', 'a', '--cluster', 'b', '--subscription', 's', '--management-group', 'm'],
      ].flat(),
      { folder },
    );
    expect(code).toBe(0);
    expect(asked).toMatchObject({
      source: { kind: 'estate', path: join(folder, 'export') },
      strict: true,
      checks: ['scoring-inbound-allowed', 'network-contributor-granted'],
      clusters: ['a', 'b'],
      subscriptions: ['s'],
      managementGroups: ['m'],
    });
  });

  test('what is not given is not passed on', async () => {
    const { asked } = await portcullis(['scan', '--demo']);
    expect(asked).toMatchObject({ source: { kind: 'demo' }, strict: false });
    expect(Object.keys(asked ?? {})).not.toContain('checks');
    expect(Object.keys(asked ?? {})).not.toContain('clusters');
    expect(Object.keys(asked ?? {})).not.toContain('subscriptions');
  });

  test('a check that does not exist names the nearest', async () => {
    const { code, err, asked } = await portcullis([
      'scan',
      '--demo',
      '--check',
      'scoring-inbond-allowed',
    ]);
    expect(code).toBe(2);
    expect(err).toContain(
      '"scoring-inbond-allowed" is no check; did you mean scoring-inbound-allowed?',
    );
    expect(asked).toBeUndefined();
  });

  test.each<[string, Error, string]>([
    [
      'a problem of usage',
      new UsageError(['no cluster x', 'did you mean y?']),
      'portcullis: no cluster x\nportcullis: did you mean y?\n',
    ],
    [
      'an unreadable estate',
      Object.assign(new Error('nothing at x'), { name: 'EstateUnreadableError' }),
      'portcullis: nothing at x\n',
    ],
    [
      'a full disk',
      Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' }),
      'portcullis: the report could not be written: ENOSPC: no space left on device, write\n',
    ],
  ])('%s ends with 2 and says only what it is', async (_, error, says) => {
    const startAudit = () => Promise.reject(error);
    const { code, out, err } = await portcullis(['scan', '--demo', '--quiet'], { startAudit });
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: says });
  });

  test('a defect ends with 2 and shows where it is', async () => {
    const startAudit = () => Promise.reject(new TypeError('x is not a function'));
    const { code, err } = await portcullis(['scan', '--demo'], { startAudit });
    expect(code).toBe(2);
    expect(err).toContain('defect of portcullis');
    expect(err).toContain('scan.test.ts');
  });
});

describe('settings', () => {
  test('of the demo are its own, whatever lies in the folder, unless others are named', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'portcullis.settings.json'), '{"outbound":"restricted"}');
    const own = await portcullis(['scan', '--demo'], { folder });
    expect(own.asked?.settings).toMatchObject({
      onPremises: ['10.128.0.0/9'],
      outbound: 'keepDefaults',
    });
    const argv = ['scan', '--demo', '--settings', 'portcullis.settings.json'];
    const named = await portcullis(argv, { folder });
    expect(named.asked?.settings).toMatchObject({ onPremises: [], outbound: 'restricted' });
  });

  test('come from the file in the folder, or from the one named', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'portcullis.settings.json'), '\uFEFF{"outbound":"restricted"}');
    await writeFile(join(folder, 'other.json'), '{"callers":"none"}');
    const standard = await portcullis(['scan', '--estate', 'x'], { folder });
    expect(standard.asked?.settings).toMatchObject({ outbound: 'restricted', callers: [] });
    const named = await portcullis(['scan', '--estate', 'x', '--settings', 'other.json'], {
      folder,
    });
    expect(named.asked?.settings).toMatchObject({ outbound: 'keepDefaults', callers: 'none' });
  });

  test('are the defaults where there is no file, but a named file must be there', async () => {
    const folder = await temporaryFolder();
    expect((await portcullis(['scan', '--estate', 'x'], { folder })).asked?.settings.mode).toBe(
      'alert',
    );
    const { code, err } = await portcullis(['scan', '--estate', 'x', '--settings', 'x.json'], {
      folder,
    });
    expect(code).toBe(2);
    expect(err).toContain('there is no such file');
  });

  test('that are wrong are told all at once, before anything is read', async () => {
    const folder = await temporaryFolder();
    const wrong = { callrs: [], mode: 'x', checks: {} };
    await writeFile(join(folder, 'portcullis.settings.json'), JSON.stringify(wrong));
    const { code, err, asked } = await portcullis(['scan', '--estate', 'x'], { folder });
    expect(code).toBe(2);
    expect(err).toContain('did you mean "callers"?');
    expect(err).toContain('mode "x" must be one of');
    expect(asked).toBeUndefined();
  });

  test('that name a check that does not exist are refused', async () => {
    const folder = await temporaryFolder();
    const wrong = { checks: { 'scoring-inbound-allowd': { enabled: false } } };
    await writeFile(join(folder, 'portcullis.settings.json'), JSON.stringify(wrong));
    const { code, err } = await portcullis(['scan', '--estate', 'x'], { folder });
    expect(code).toBe(2);
    expect(err).toContain('did you mean "scoring-inbound-allowed"?');
  });

  test('that are no JSON are refused with the place', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'portcullis.settings.json'), '{ // hello\n}');
    const { code, err } = await portcullis(['scan', '--estate', 'x'], { folder });
    expect(code).toBe(2);
    expect(err).toMatch(/no JSON .*line 1, column 3/);
  });
});

describe('the report', () => {
  test('is a table, or JSON that fits the schema', async () => {
    expect((await portcullis(['scan', '--demo'])).out).toContain('✗ 2 not compliant');
    const { out } = await portcullis(['scan', '--demo', '--format', 'json']);
    expect(parseReport(JSON.parse(out)).clusters).toHaveLength(4);
  });

  test('goes to a file that appears only when it is whole', async () => {
    const folder = await temporaryFolder();
    const { code, out } = await portcullis(['scan', '--demo', '--format', 'json', '-o', 'r.json'], {
      folder,
    });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(parseReport(JSON.parse(await readFile(join(folder, 'r.json'), 'utf8')))).toBeDefined();
    expect(await readdir(folder)).toEqual(['r.json']);
  });

  test('that breaks leaves the old file as it was', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'r.json'), 'old');
    const broken = { ...badNight(), finish: () => Promise.reject(new Error('lost')) };
    const startAudit = () => Promise.resolve(broken);
    const { code } = await portcullis(['scan', '--demo', '-o', 'r.json'], { folder, startAudit });
    expect(code).toBe(2);
    expect(await readFile(join(folder, 'r.json'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['r.json']);
  });

  test('for a place that is none is refused before the scan', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sub'));
    for (const [place, says] of [
      ['nowhere/r.json', 'does not exist'],
      ['sub', 'is a folder'],
    ] as const) {
      const { code, err, asked } = await portcullis(['scan', '--demo', '--output', place], {
        folder,
      });
      expect(code).toBe(2);
      expect(err).toContain(says);
      expect(asked).toBeUndefined();
    }
  });

  test.each<[string, string[], Record<string, string>, boolean, boolean]>([
    ['a terminal has colours', [], {}, true, true],
    ['a pipe has none', [], {}, false, false],
    ['--no-color', ['--no-color'], {}, true, false],
    ['NO_COLOR', [], { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR does not count', [], { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR beats FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['a dumb terminal', [], { TERM: 'dumb' }, true, false],
    ['JSON has none', ['--format', 'json'], { FORCE_COLOR: '1' }, true, false],
  ])('%s', async (_, flags, env, terminal, coloured) => {
    const { out } = await portcullis(['scan', '--demo', ...flags], { env, terminal });
    expect(stripVTControlCharacters(out) !== out).toBe(coloured);
  });

  test('in a file has no colours even when they are forced', async () => {
    const folder = await temporaryFolder();
    const env = { FORCE_COLOR: '1' };
    await portcullis(['scan', '--demo', '-o', 'r.txt'], { folder, env, terminal: true });
    const text = await readFile(join(folder, 'r.txt'), 'utf8');
    expect(text).toContain('CRITICAL');
    expect(stripVTControlCharacters(text)).toBe(text);
  });

  test('is as wide as the terminal, or as COLUMNS says', async () => {
    const widest = (text: string) =>
      Math.max(
        ...stripVTControlCharacters(text)
          .split('\n')
          .map((line) => line.length),
      );
    expect(widest((await portcullis(['scan', '--demo'])).out)).toBe(80);
    expect(widest((await portcullis(['scan', '--demo'], { terminal: true })).out)).toBe(100);
    const env = { COLUMNS: '120' };
    expect(widest((await portcullis(['scan', '--demo'], { env })).out)).toBe(120);
  });
});

describe('a baseline', () => {
  const known = verdict('scoring-inbound-allowed', 'a', 'fail', 'high');
  const fresh = verdict('private-cluster', 'a', 'fail', 'medium');

  async function withReport(): Promise<string> {
    const folder = await temporaryFolder();
    const startAudit = () => Promise.resolve(audit([shard({ a: [known] })]));
    const argv = ['scan', '--demo', '--format', 'json', '-o', 'earlier.json'];
    expect((await portcullis(argv, { folder, startAudit })).code).toBe(0);
    return folder;
  }

  test.each([
    ['high', 0],
    ['medium', 1],
  ])('only new failures count for --fail-on %s', async (level, code) => {
    const folder = await withReport();
    const startAudit = () => Promise.resolve(audit([shard({ a: [known, fresh] })]));
    const argv = ['scan', '--demo', '--baseline', 'earlier.json', '--fail-on', level];
    expect((await portcullis(argv, { folder, startAudit })).code).toBe(code);
    expect((await portcullis(argv.toSpliced(2, 2), { folder, startAudit })).code).toBe(1);
  });

  test.each<[string, RegExp]>([
    [
      'table',
      /^ Since 2026-11-23: 1 new, 1 unchanged\.$[^]* MEDIUM {2}a {2}private-cluster {2}new$/m,
    ],
    ['json', /"baselineState": "unchanged"[^]*"baselineState": "new"[^]*"baseline": \{/],
    ['csv', /"unchanged"[^]*"new"/],
    ['sarif', /"baselineState": "unchanged"[^]*"baselineState": "new"/],
    ['junit', /<skipped>fail, high, as in the baseline: [^]*<failure type="medium"/],
    ['markdown', /\*\*Since 2026-11-23: 1 new, 1 unchanged\*\*[^]*\| medium \*\*new\*\* \|/],
  ])('is seen in %s', async (format, says) => {
    const folder = await withReport();
    const startAudit = () => Promise.resolve(audit([shard({ a: [known, fresh] })]));
    const argv = ['scan', '--demo', '--baseline', 'earlier.json', '--format', format];
    expect((await portcullis(argv, { folder, startAudit })).out).toMatch(says);
  });

  test('that is none is refused with 2, before anything is read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'table.txt'), 'Portcullis · demo estate');
    const argv = ['scan', '--demo', '--baseline', 'table.txt', '-o', 'r.txt'];
    const { code, err, asked } = await portcullis(argv, { folder });
    expect(code).toBe(2);
    expect(err).toContain('give a report that scan --format json wrote');
    expect(asked).toBeUndefined();
    expect(await readdir(folder)).toEqual(['table.txt']);
  });

  test('may be what the report then takes the place of', async () => {
    const folder = await withReport();
    const startAudit = () => Promise.resolve(audit([shard({ a: [known, fresh] })]));
    const argv = ['scan', '--demo', '--baseline', 'earlier.json', '--format', 'json'];
    await portcullis([...argv, '-o', 'earlier.json'], { folder, startAudit });
    const text = await readFile(join(folder, 'earlier.json'), 'utf8');
    expect(parseReport(JSON.parse(text)).baseline).toMatchObject({ new: 1, unchanged: 1 });
  });
});

describe('progress', () => {
  test('is lines on standard error, and never on standard output', async () => {
    const { out, err } = await portcullis(['scan', '--demo']);
    expect(err).toBe('portcullis: reading: 5 of 10\n');
    expect(out).not.toContain('reading');
  });

  test('is a bar on a terminal, taken away before the report', async () => {
    const { err } = await portcullis(['scan', '--demo'], { terminal: true });
    expect(err).toContain('████████████░░░░░░░░░░░░ 5/10 reading');
    expect(err.endsWith('\r\u001B[2K')).toBe(true);
  });

  test('is nothing with --quiet', async () => {
    expect((await portcullis(['scan', '--demo', '--quiet'], { terminal: true })).err).toBe('');
  });
});

describe('exit codes', () => {
  const fails = (severity: 'critical' | 'low' | 'info') => [
    shard({ a: [verdict('scoring-inbound-allowed', 'a', 'fail', severity)] }),
  ];
  const unknown = [shard({ a: [verdict('scoring-inbound-allowed', 'a', 'unknown', 'high')] })];
  const gap = { gaps: [{ scope: '/', what: 'x', why: 'y' }] };
  const exempt = {
    reason: 'x',
    approvedBy: null,
    ticket: null,
    expiresOn: null,
    source: 'settings',
  } as const;
  const exempted = [
    shard({ a: [verdict('scoring-inbound-allowed', 'a', 'fail', 'critical', { exempt })] }),
  ];

  test.each([
    ['never, with failures and gaps', 'never', audit(fails('critical'), gap), 0],
    ['a failure above', 'high', audit(fails('critical')), 1],
    ['a failure at the level', 'low', audit(fails('low')), 1],
    ['a failure below', 'high', audit(fails('low')), 0],
    ['a failure that is info', 'low', audit(fails('info')), 0],
    ['an exempt failure', 'low', audit(exempted), 0],
    ['a failure and gaps', 'low', audit(fails('low'), gap), 1],
    ['gaps', 'critical', audit([], gap), 3],
    ['a failure below and gaps', 'critical', audit(fails('low'), gap), 3],
    ['an unknown without gaps', 'low', audit(unknown), 0],
    ['nothing found, everything readable', 'low', audit([]), 0],
  ] as const)('%s, --fail-on %s', async (_, level, running, code) => {
    const startAudit = () => Promise.resolve(running);
    const argv = ['scan', '--demo', '--fail-on', level];
    expect((await portcullis(argv, { startAudit })).code).toBe(code);
  });

  test('--fail-on info is refused', async () => {
    const { code, err } = await portcullis(['scan', '--demo', '--fail-on', 'info']);
    expect(code).toBe(2);
    expect(err).toContain('critical, high, medium, low, never');
  });
});
