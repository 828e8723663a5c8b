/** Imports only go down: the table of floors is the documentation of the architecture. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From the ground up. Rooms on one floor do not import from each other. */
const floors: readonly (readonly string[])[] = [
  ['shared/model', 'shared/packets'],
  ['shared/ports.ts', 'shared/settings'],
  ['shared/store-ports.ts'],
  ['shared/network', 'shared/access', 'shared/inventory'],
  ['shared/facts'],
  ['shared/checks'],
  ['shared/remediation'],
  ['shared/findings'],
  ['shared/reports'],
  ['shared/alerts'],
  ['shared/pipeline', 'shared/adapters'],
  ['shared/api'],
  ['shared/compose-live.ts'],
  ['shared/compose.ts', 'shared/compose-remediation.ts', 'simulator', 'localhost'],
  ['shared/compose-service.ts'],
  ['cli', 'functions'],
];

/** Files that only hold words of the model, kept beside the code that speaks them most. */
const lodgers: Readonly<Record<string, string>> = {
  'shared/settings/cluster-settings.ts': 'shared/model',
  'shared/inventory/resource-types.ts': 'shared/model',
};

/** Who may speak to the world, and through which packages. Every other room is data in, data out. */
const doors: Readonly<Record<string, RegExp>> = {
  'shared/adapters': /^(node:|@azure\/|@opentelemetry\/|applicationinsights$|zod$)/,
  'shared/compose.ts': /^node:/,
  'shared/compose-remediation.ts': /^node:/,
  'shared/compose-service.ts': /^node:/,
  simulator: /./,
  localhost: /./,
  cli: /^node:/,
  functions: /^(node:|@azure\/functions$)/,
};
const pure = /^zod$/;

const bannedNames =
  /(^|[-/])(utils?|helpers?|common|misc|manager|base)(?=[-./]|$)|(^|\/)(index|core)\.ts$/;

interface Source {
  readonly path: string;
  readonly text: string;
}

const root = join(import.meta.dirname, '..');
const built = sourcesOf(['shared', 'simulator', 'localhost', 'cli', 'functions']);
const page = sourcesOf(['dashboard']);
const everything = [...built, ...page, ...sourcesOf(['scripts', 'bench', 'test'])];

function sourcesOf(folders: readonly string[]): Source[] {
  const present = readdirSync(root);
  return folders
    .filter((folder) => present.includes(folder))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file))
        .map((file) => posix.join(folder, file.replaceAll('\\', '/'))),
    )
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** What a file imports: project paths for relative imports, package names for the others. */
function importsOf({ path, text }: Source): string[] {
  const statement =
    /^\s*(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(statement)]
    .map((match) => match[1] ?? match[2] ?? '')
    .map((name) => (name.startsWith('.') ? posix.join(posix.dirname(path), name) : name));
}

function roomOf(path: string): string | undefined {
  return (
    lodgers[path] ?? floors.flat().find((room) => path === room || path.startsWith(`${room}/`))
  );
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

/** Why `path` may not import `name`, or undefined where it may. */
function objection(path: string, name: string): string | undefined {
  const room = roomOf(path);
  if (room === undefined) return `${path} stands on no floor`;
  if (!/^(shared|simulator|localhost|cli|functions)\//.test(name)) {
    if (name === 'package.json') return undefined;
    return (doors[room] ?? pure).test(name) ? undefined : `${path} imports ${name}`;
  }
  const target = roomOf(name);
  if (target === room) return undefined;
  const goesDown = target !== undefined && floorOf(target) < floorOf(room);
  const isOracle = room === 'simulator';
  return goesDown && !isOracle ? undefined : `${path} imports ${name}`;
}

describe('architecture', () => {
  it('imports only from floors below', () => {
    const imports = built.flatMap((file) =>
      importsOf(file).map((name) => [file.path, name] as const),
    );
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.flatMap(([path, name]) => objection(path, name) ?? [])).toEqual([]);
  });

  it('leaves the dashboard with what it brings along and what the API says', () => {
    const own = page.flatMap((file) =>
      file.path === 'dashboard/vite.config.ts'
        ? []
        : importsOf(file).map((name) => [file.path, name] as const),
    );
    expect(own.length).toBeGreaterThan(100);
    const allowed =
      /^(dashboard\/|react$|react-dom\/client$|@fluentui\/react-(components|icons)|@tanstack\/react-virtual$)/;
    expect(own.filter(([, name]) => !allowed.test(name))).toEqual([]);
    const importers = built.filter((file) =>
      importsOf(file).some((name) => /^dashboard\//.test(name)),
    );
    expect(importers.map(({ path }) => path)).toEqual([]);
  });

  it('lets only what asks for a remediation reach whoever writes to Azure', () => {
    const writer = 'shared/adapters/azure/azure-writer.ts';
    // Types are gone when it runs.
    const types = /^import type [^;]*;$/gm;
    const importers = new Map(
      built.map(({ path, text }) => [path, importsOf({ path, text: text.replaceAll(types, '') })]),
    );
    const reaches = (path: string, seen: Set<string> = new Set()): boolean => {
      if (path === writer) return true;
      if (seen.has(path)) return false;
      seen.add(path);
      return (importers.get(path) ?? []).some((name) => reaches(name, seen));
    };
    expect(importers.has(writer)).toBe(true);
    // Every function but the list of them all, which runs none.
    const able = [...importers.keys()].filter(
      (path) => /^(functions|cli|shared)\//.test(path) && reaches(path),
    );
    expect(able).toEqual([
      'cli/portcullis.ts',
      'cli/services.ts',
      'functions/main.ts',
      'functions/remediate-finding.ts',
      writer,
      'shared/compose-remediation.ts',
    ]);
    const users = built.filter(({ text }) => /\bservices\.(openApplier|rollBack\w+)\(/.test(text));
    expect(users.map(({ path }) => path)).toEqual(['cli/apply.ts', 'cli/rollback.ts']);
  });

  it.each([
    ['shared/packets/box.ts', 'shared/model/verdict.ts'],
    ['shared/model/check.ts', 'shared/settings/settings.ts'],
    ['shared/facts/read-facts.ts', 'shared/checks/catalogue.ts'],
    ['shared/facts/read-facts.ts', 'node:fs'],
    ['shared/pipeline/audit.ts', 'shared/adapters/files/estate-files.ts'],
    ['shared/pipeline/audit.ts', '@azure/identity'],
    ['shared/adapters/files/estate-files.ts', 'shared/pipeline/audit.ts'],
    ['shared/elsewhere/thing.ts', 'zod'],
    ['simulator/server.ts', 'shared/model/resource-id.ts'],
    ['functions/api.ts', 'cli/scan.ts'],
  ])('%s may not import %s', (path, name) => {
    expect(objection(path, name)).toBeDefined();
  });

  it('reads every form of import', () => {
    const text = [
      `import { a,\n  b } from './one.ts';`,
      `import type { C } from "../two.ts";`,
      `export { d } from './three.ts';`,
      `import './four.ts';`,
      `const five = await import('node:fs');`,
    ].join('\n');
    expect(importsOf({ path: 'shared/facts/sample.ts', text })).toEqual([
      'shared/facts/one.ts',
      'shared/two.ts',
      'shared/facts/three.ts',
      'shared/facts/four.ts',
      'node:fs',
    ]);
  });

  it('names files after what they hold', () => {
    expect(everything.map(({ path }) => path).filter((path) => bannedNames.test(path))).toEqual([]);
    expect(bannedNames.test('shared/facts/string-utils.ts')).toBe(true);
  });

  it('keeps a function to 40 lines: bind, compose, call, return', () => {
    const long = built.filter(
      ({ path, text }) => path.startsWith('functions/') && text.trimEnd().split('\n').length > 40,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
