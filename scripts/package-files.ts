import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundled } from './bundle.ts';
import { dashboardFiles } from './dashboard-files.ts';
import {
  type BundledPackage,
  bundledPackages,
  inputsOf,
  licenceTexts,
} from './bundled-packages.ts';
import { partsList } from './parts-list.ts';

/** What is deployed. */
export interface Package {
  /** Every file by its path, sorted. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The packages that are in it. */
  readonly packages: readonly BundledPackage[];
}

const root = join(import.meta.dirname, '..');

/** The app and its dashboard, what the host reads of it, its licences and its list of parts; the same bytes every time. */
export async function packageFiles(): Promise<Package> {
  const { files, made } = await bundled({ withTelemetry: true });
  const dashboard = dashboardFiles();
  const packages = bundledPackages([...inputsOf(made), ...dashboard.modules], root);
  const folder = posix.dirname(manifest.main);
  const all: (readonly [string, Uint8Array])[] = [
    ...[...files].map(([name, bytes]) => [posix.join(folder, name), bytes] as const),
    ...[...dashboard.files].map(
      ([name, bytes]) => [posix.join(folder, 'dashboard', name), bytes] as const,
    ),
    ...['host.json', 'LICENSE'].map((name) => [name, readFileSync(join(root, name))] as const),
    ['package.json', asText(ownManifest())],
    ['THIRD-PARTY-LICENSES.txt', asText(licenceTexts(packages, root))],
    ['sbom.cdx.json', asText(partsList(npmsParts(), manifest.name, packages))],
  ];
  return { files: new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1))), packages };
}

/** Without dependencies: nothing is installed where the app runs. */
function ownManifest(): string {
  const { name, version, description, license, type, main, engines } = manifest;
  const own = { name, version, description, license, private: true, type, main, engines };
  return `${JSON.stringify(own, null, 2)}\n`;
}

function npmsParts(): string {
  const path = [join(root, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']];
  return execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, PATH: path.join(process.platform === 'win32' ? ';' : ':') },
  });
}

function asText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
