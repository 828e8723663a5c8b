/** What is installed: each part by its hash, under a licence that may be used, and needed. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const lock = z
  .object({
    lockfileVersion: z.literal(3),
    packages: z.record(
      z.string(),
      z.object({
        name: z.string().optional(),
        integrity: z.string().optional(),
        license: z.string().optional(),
        resolved: z.string().optional(),
        link: z.boolean().optional(),
        dev: z.boolean().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));

/** Without the project, and without the folder of the second Node, which is its own. */
const installed = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);

test('every part is pinned by its hash, and comes from the registry', () => {
  expect(installed.length).toBeGreaterThan(500);
  const hash = /^sha512-[A-Za-z0-9+/]{86}==$/;
  expect(installed.filter(([, { integrity = '' }]) => !hash.test(integrity))).toEqual([]);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  const own = Object.keys(lock.packages).filter((path) => !path.includes('node_modules/'));
  expect(own).toEqual(['', 'test/node22']);
});

/** Asks for no more than to be passed on; what is deployed has nothing else. */
const lenient = /^(MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0)$/;
/** For tools that are run and not passed on. */
const forTools = /^(MPL-2\.0|BlueOak-1\.0\.0|CC-BY-4\.0)$/;
/** Its licence is a dedication to the public domain that is written in no SPDX word. */
const inNoWord = ['node_modules/uri-templates'];

test('every part has a licence that may be used', () => {
  const refused = installed.filter(([path, { license = '', dev }]) => {
    const mayBe = lenient.test(license) || (dev === true && forTools.test(license));
    return !mayBe && !(dev === true && inNoWord.includes(path));
  });
  expect(refused).toEqual([]);
});

test('no part runs a script of its own when it is installed, unless it was decided on', () => {
  const scripted = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path, { name }]) => name ?? path.replace(/^.*node_modules\//, ''));
  expect([...new Set(scripted)].toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
});

test('every dependency of what is deployed is imported by it', () => {
  const folders = ['shared', 'functions', 'cli'];
  const texts = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  const imports = new Set(
    texts
      .flatMap((text) => [...text.matchAll(/(?:from|import\()\s*'((?:@[^/']+\/)?[^/'.][^/']*)/g)])
      .map(([, name]) => name),
  );
  expect(Object.keys(manifest.dependencies).filter((name) => !imports.has(name))).toEqual([]);
});
