/** Writes what is deployed, as the folder `dist/package/` and as `dist/portcullis-<version>.zip`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { packageFiles } from './package-files.ts';
import { zipOf } from './zip.ts';

const dist = join(import.meta.dirname, '../dist');
const archive = `portcullis-${manifest.version}.zip`;
const { files, packages } = await packageFiles();
const zip = zipOf(files);

rmSync(join(dist, 'package'), { recursive: true, force: true });
for (const [path, bytes] of files) {
  const file = join(dist, 'package', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  console.log(`${kilobytes(bytes.length)}  ${path}`);
}
writeFileSync(join(dist, archive), zip);
console.log(`${kilobytes(zip.length)}  dist/${archive}, with code of ${packages.length} packages`);

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024).toLocaleString('en')} kB`.padStart(10);
}
