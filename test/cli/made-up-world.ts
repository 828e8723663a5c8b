import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../cli/run.ts';
import type { Outlet, Services, World } from '../../cli/world.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import type { Check } from '../../shared/model/check.ts';
import { diffGroups } from '../../shared/network/diff.ts';
import { explainInFull } from '../../shared/network/explain.ts';
import { lintGroup } from '../../shared/network/lint.ts';
import type { AuditOptions } from '../../shared/reports/scan.ts';
import { readEstate } from '../../simulator/estate/read-estate.ts';
import { startSimulator } from '../../simulator/start-simulator.ts';
import { badNight } from '../reports/made-up-scan.ts';

function made(id: string): Check<InferenceCluster> {
  return {
    id,
    title: `The ${id} is as it should be`,
    description: 'Why it matters.',
    advice: 'What to do.',
    severity: 'high',
    kinds: ['pass', 'fail'],
    appliesTo: ['AKS', 'Kubernetes'],
    remediation: 'none',
    source: 'https://learn.microsoft.com/x',
    evaluate: () => ({ kind: 'pass', summary: 's', evidence: [], missing: [] }),
  };
}

export const catalogue = [made('network-contributor-granted'), made('scoring-inbound-allowed')];

const demoSettings = join(import.meta.dirname, 'demo.settings.json');

export interface Recorded {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the audit was asked for. */
  readonly asked: AuditOptions | undefined;
}

export interface Circumstances {
  readonly folder?: string;
  readonly env?: World['env'];
  readonly terminal?: boolean;
  readonly stdin?: string;
  readonly exportEstate?: Awaited<ReturnType<Services['exportEstate']>>;
  readonly diagnose?: Awaited<ReturnType<Services['diagnose']>>;
  readonly startAudit?: Awaited<ReturnType<Services['startAudit']>>;
  readonly startSimulator?: typeof startSimulator;
  readonly startDemo?: Awaited<ReturnType<Services['startDemo']>>;
  readonly interruption?: AbortSignal;
  /** In place of the one that is recorded. */
  readonly stderr?: Outlet;
}

/** Runs the command on a made-up machine. */
export async function portcullis(
  argv: readonly string[],
  circumstances: Circumstances = {},
): Promise<Recorded> {
  const out = collector(circumstances.terminal ?? false);
  const err = collector(circumstances.terminal ?? false);
  let asked: AuditOptions | undefined;
  const code = await run(
    argv,
    {
      stdout: out.outlet,
      stderr: circumstances.stderr ?? err.outlet,
      stdin: (async function* () {
        yield new TextEncoder().encode(circumstances.stdin ?? '');
      })(),
      env: circumstances.env ?? {},
      folder: circumstances.folder ?? join(tmpdir(), 'no-such-folder'),
      version: '1.2.3',
      now: () => new Date('2026-11-23T03:12:00Z'),
      interruption: () => circumstances.interruption ?? new AbortController().signal,
    },
    {
      startAudit: () =>
        Promise.resolve((options) => {
          asked = options;
          options.onProgress?.({ stage: 'reading', done: 5, total: 10 });
          return circumstances.startAudit?.(options) ?? Promise.resolve(badNight());
        }),
      demoSettingsPath: () => Promise.resolve(demoSettings),
      catalogue: () => Promise.resolve(catalogue),
      exportEstate: () => Promise.resolve(circumstances.exportEstate ?? notHere),
      diagnose: () => Promise.resolve(circumstances.diagnose ?? notHere),
      startDemo: () =>
        Promise.resolve(circumstances.startDemo ?? (() => Promise.reject(new Error('no demo')))),
      simulator: () =>
        Promise.resolve({
          readEstate,
          startSimulator: circumstances.startSimulator ?? startSimulator,
        }),
      explainCluster: () => Promise.resolve(notHere),
      makePlans: () => Promise.resolve(notHere),
      whatIf: () => Promise.resolve({ parse: () => [], judge: notHere }),
      openApplier: () => Promise.resolve(notHere),
      rollBackFile: () => Promise.resolve(notHere),
      rollBackKept: () => Promise.resolve(notHere),
      foresee: () => Promise.resolve(notHere),
      explain: () => Promise.resolve(explainInFull),
      diff: () => Promise.resolve(diffGroups),
      lint: () => Promise.resolve(lintGroup),
    },
  );
  return { code, out: out.text(), err: err.text(), asked };
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('this test has no Azure'));
}

export function collector(isTerminal: boolean) {
  let text = '';
  const outlet: Outlet = {
    write(piece) {
      text += piece;
      return Promise.resolve();
    },
    isTerminal,
    columns: isTerminal ? 100 : undefined,
  };
  return { outlet, text: () => text };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
