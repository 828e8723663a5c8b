/** Begins a check: its file, its cases and its line in the catalogue, all of which still have to be written. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scaffold, checkScaffold } from './check-scaffold.ts';

const root = join(import.meta.dirname, '..');
const [id = '', ...more] = process.argv.slice(2);
const cataloguePath = 'shared/checks/catalogue.ts';

try {
  if (more.length > 0) throw new Error(`one id is enough; "${more.join(' ')}" is too much`);
  const scaffold = checkScaffold(id, readFileSync(join(root, cataloguePath), 'utf8'));
  write(scaffold);
} catch (error) {
  console.error(`new:check: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

function write({ files, catalogue }: Scaffold): void {
  const there = [...files.keys()].filter((path) => existsSync(join(root, path)));
  if (there.length > 0) throw new Error(`${there.join(' and ')} exists already; choose another id`);
  for (const [path, text] of files) writeFileSync(join(root, path), text);
  writeFileSync(join(root, cataloguePath), catalogue);
  console.log(
    [
      ...[...files.keys()].map((path) => `wrote ${path}`),
      `added it to ${cataloguePath}`,
      'Next: the cases first, then the check, then a line in docs/coverage.md, `npm run docs` and CHANGELOG.md.',
    ].join('\n'),
  );
}
