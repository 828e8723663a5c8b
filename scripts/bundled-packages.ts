import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package that is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Its SPDX expression, or what it says in place of one. */
  readonly license: string;
  /** Its folder, `node_modules/…`. */
  readonly folder: string;
}

/** The files that esbuild took something of, as it names them. */
export function inputsOf(made: readonly Metafile[]): string[] {
  return made
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) =>
      Object.entries(output.inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => path),
    );
}

/** The packages that these files belong to, each once, sorted by name and version. */
export function bundledPackages(inputs: readonly string[], root: string): BundledPackage[] {
  const paths = inputs.map((path) => relative(root, resolve(root, path)).split(sep).join('/'));
  const folders = new Set(
    paths.flatMap((path) => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  // One version may lie in several folders.
  const packages = new Map(
    [...folders].toSorted().map((folder) => {
      const found = packageAt(folder, root);
      return [`${found.name}@${found.version}`, found];
    }),
  );
  return [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

function packageAt(folder: string, root: string): BundledPackage {
  const manifest: unknown = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const field = (name: string): string => {
    const isObject = typeof manifest === 'object' && manifest !== null;
    const value = isObject
      ? Object.entries(manifest).find(([key]) => key === name)?.[1]
      : undefined;
    if (typeof value !== 'string') throw new TypeError(`${folder}/package.json has no ${name}`);
    return value;
  };
  return { name: field('name'), version: field('version'), license: field('license'), folder };
}

/** The licence of every package, each text once, as their licences ask of whoever passes them on. */
export function licenceTexts(packages: readonly BundledPackage[], root: string): string {
  const holders = new Map<string, string[]>();
  for (const { name, version, license, folder } of packages) {
    const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
    const text =
      file === undefined
        ? `License: ${license}`
        : readFileSync(join(root, folder, file), 'utf8')
            .replaceAll('\r\n', '\n')
            .trim();
    holders.set(text, [...(holders.get(text) ?? []), `${name} ${version}`]);
  }
  return [...holders]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
