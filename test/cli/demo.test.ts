import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Demo, DemoOptions } from '../../cli/world.ts';
import { jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { type Report, parseReport } from '../../shared/reports/report.ts';
import { badNight } from '../reports/made-up-scan.ts';
import { collector, portcullis } from './made-up-world.ts';

const dashboardUrl = 'http://127.0.0.1:7071/.auth/login/local?code=bm9ib2R5IGtub3dz';
const reportUrl = 'http://127.0.0.1:7071/api/reports/latest?code=Z3Vuel1zwTCguxxedExA9Q';

async function nightReport(): Promise<Report> {
  const spools = { clusters: memorySpool(), verdicts: memorySpool() };
  let text = '';
  for await (const piece of jsonReport(badNight(), spools)) text += piece;
  return parseReport(JSON.parse(text));
}

/** A demo without processes: what it was told, and whether it was stopped. */
function madeUpDemo(changes: Partial<Demo> = {}) {
  const seen = { stopped: 0, env: {} };
  return {
    seen,
    startDemo: async (options: DemoOptions): Promise<Demo> => {
      seen.env = options.env;
      options.onStarted('storage', 'Azurite at http://127.0.0.1:10000, in memory');
      return {
        dashboardUrl,
        reportUrl,
        ended: new Promise(() => {}),
        scan: () => {
          options.onProgress({ stage: 'judging', done: 3, total: 10 });
          options.onTrouble('a remark of a process');
          return nightReport();
        },
        change: () => {
          options.onChange('somebody wrote a rule');
        },
        stop: async () => {
          seen.stopped += 1;
        },
        ...changes,
      };
    },
  };
}

describe('demo --once', () => {
  test('prints the table, and stops what it started', async () => {
    const { startDemo, seen } = madeUpDemo();
    const { code, out, err } = await portcullis(['demo', '--once'], { startDemo, env: { A: 'b' } });
    expect(code).toBe(0);
    expect(out).toMatch(/^Portcullis · demo estate · 4 clusters/);
    expect(err.split('\n')).toEqual([
      'Starting an Azure, a storage account and the functions on this machine.',
      '  storage    Azurite at http://127.0.0.1:10000, in memory',
      'portcullis: judging: 3 of 10',
      'portcullis: a remark of a process',
      '',
    ]);
    expect(seen).toEqual({ stopped: 1, env: { A: 'b' } });
  });

  test('is quiet but for trouble where that is asked', async () => {
    const { startDemo } = madeUpDemo();
    const { err } = await portcullis(['demo', '--once', '--quiet'], { startDemo, terminal: true });
    expect(err).toBe('portcullis: a remark of a process\n');
  });

  test('has the colours and the width of the terminal', async () => {
    const { startDemo } = madeUpDemo();
    const { out } = await portcullis(['demo', '--once'], { startDemo, terminal: true });
    const plain = stripVTControlCharacters(out);
    expect(plain).not.toBe(out);
    expect(Math.max(...plain.split('\n').map((line) => line.length))).toBe(100);
    const without = await portcullis(['demo', '--once', '--no-color'], {
      startDemo,
      terminal: true,
    });
    expect(stripVTControlCharacters(without.out)).toBe(without.out);
  });

  test('that cannot scan says so with 2, and stops what it started', async () => {
    const scan = () => Promise.reject(new Error('the scan broke'));
    const { startDemo, seen } = madeUpDemo({ scan });
    const { code, out, err } = await portcullis(['demo', '--once'], { startDemo });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('the scan broke');
    expect(seen.stopped).toBe(1);
  });

  test('that cannot start says so with 2', async () => {
    const startDemo = () => Promise.reject(new Error('no port is free'));
    const { code, err } = await portcullis(['demo', '--once'], { startDemo });
    expect(code).toBe(2);
    expect(err).toContain('no port is free');
  });
});

describe('demo', () => {
  test('tells where the report is, and runs until Ctrl-C', async () => {
    const interruption = new AbortController();
    const { startDemo, seen } = madeUpDemo();
    const running = portcullis(['demo'], { startDemo, interruption: interruption.signal });
    await expect.poll(() => seen.env).toBeDefined();
    const first = await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 100))]);
    expect(first).toBeUndefined();
    expect(seen.stopped).toBe(0);
    interruption.abort();
    const { code, out, err } = await running;
    expect(code).toBe(0);
    expect(err).toMatch(/\n\d\d:\d\d:\d\d {2}somebody wrote a rule\n/);
    const [dashboard, report] = [dashboardUrl, reportUrl].map((url) =>
      out.indexOf(`is at\n\n  ${url}\n\n`),
    );
    expect(dashboard).toBeGreaterThan(0);
    expect(report).toBeGreaterThan(dashboard ?? 0);
    expect(seen.stopped).toBe(1);
  });

  test('that is ended before the report is there ends with 130', async () => {
    const interruption = new AbortController();
    const scan = () => {
      interruption.abort();
      return new Promise<never>(() => {});
    };
    const { startDemo, seen } = madeUpDemo({ scan });
    const { code, out, err } = await portcullis(['demo'], {
      startDemo,
      interruption: interruption.signal,
    });
    expect([code, out, seen.stopped]).toEqual([130, '', 1]);
    expect(err.split('\n').slice(-2)).toEqual(['Stopping…', '']);
  });

  test('says at once that it stops, and nothing of what breaks thereby', async () => {
    const interruption = new AbortController();
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    let told: DemoOptions | undefined;
    const { startDemo } = madeUpDemo({
      scan: () => {
        interruption.abort();
        return new Promise<never>(() => {});
      },
      stop: async () => {
        told?.onProgress({ stage: 'judging', done: 4, total: 10 });
        told?.onTrouble('invocation failed: ECONNRESET');
        told?.onChange('somebody wrote a rule');
        await stopped;
      },
    });
    const { outlet: stderr, text: err } = collector(true);
    const running = portcullis(['demo'], {
      startDemo: (options) => {
        told = options;
        return startDemo(options);
      },
      interruption: interruption.signal,
      stderr,
    });
    await expect.poll(err).toMatch(/\nStopping…\n$/);
    stop();
    expect((await running).code).toBe(130);
    expect(err()).toMatch(/\nStopping…\n$/);
  });

  test('is stopped where nobody is there to read any more', async () => {
    const interruption = new AbortController();
    const { startDemo, seen } = madeUpDemo({
      scan: () => {
        interruption.abort();
        return new Promise<never>(() => {});
      },
    });
    const closed = new Error('EIO');
    const running = portcullis(['demo'], {
      startDemo,
      interruption: interruption.signal,
      stderr: {
        ...collector(false).outlet,
        write: () => (interruption.signal.aborted ? Promise.reject(closed) : Promise.resolve()),
      },
    });
    await expect(running).rejects.toBe(closed);
    expect(seen.stopped).toBe(1);
  });

  test('that is ended while it starts ends with 130', async () => {
    const startDemo = () => Promise.reject(new Error('ended with 0'));
    const interruption = AbortSignal.abort();
    const { code, err } = await portcullis(['demo', '--quiet'], { startDemo, interruption });
    expect([code, err]).toEqual([130, '']);
  });

  test('that loses a process ends with 2, and stops the others', async () => {
    const { startDemo, seen } = madeUpDemo({ ended: Promise.resolve('was ended by SIGKILL') });
    const { code, err } = await portcullis(['demo'], { startDemo });
    expect(code).toBe(2);
    expect(err).toContain('a process of the demo was ended by SIGKILL');
    expect(seen.stopped).toBe(1);
  });
});
