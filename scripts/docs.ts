/** Writes the pages that are made from code; with --check, fails where a file differs from what it would write. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { verbs } from '../cli/run.ts';
import manifest from '../package.json' with { type: 'json' };
import { openApiDocument } from '../shared/api/openapi.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import { explanationJsonSchema } from '../shared/reports/explanation.ts';
import { reportJsonSchema } from '../shared/reports/report.ts';
import { environmentVariables } from '../shared/settings/environment.ts';
import { settingsJsonSchema } from '../shared/settings/settings.ts';
import { madeUpAlert } from '../test/alerts/made-up-alert.ts';
import { routes } from '../shared/api/routes.ts';
import { alertsPage } from './alerts-page.ts';
import { apiTypes } from './api-types.ts';
import { apiPage } from './api-page.ts';
import { type DocumentedCase, checkIndex, checkPage } from './check-pages.ts';
import { commandPage } from './command-page.ts';
import { deploymentFiles } from './deployment-files.ts';
import { withOutputs } from './command-output.ts';
import { environmentPage } from './environment-page.ts';
import { rolePages } from './roles-page.ts';
import { tourFiles } from './tour-files.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const openApi = openApiDocument(manifest.version);
const pages = new Map<string, string>([
  ...deploymentFiles(),
  ['docs/settings.schema.json', `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`],
  ['docs/report.schema.json', `${JSON.stringify(reportJsonSchema(), null, 2)}\n`],
  ['docs/explanation.schema.json', `${JSON.stringify(explanationJsonSchema(), null, 2)}\n`],
  ['docs/openapi.json', `${JSON.stringify(openApi, null, 2)}\n`],
  ['dashboard/api/api-types.ts', apiTypes(openApi)],
  ['docs/api.md', apiPage(Object.values(routes))],
  ['docs/command.md', commandPage(verbs)],
  ['docs/alerts.md', alertsPage(madeUpAlert('reopened'), madeUpAlert('resolved'))],
  ['docs/environment.md', environmentPage(environmentVariables)],
  ['docs/checks/README.md', checkIndex(catalogue)],
  ...rolePages(),
]);
for (const check of catalogue) {
  pages.set(`docs/checks/${check.id}.md`, checkPage(check, await casesOf(check.id)));
}
// The commands in pages read these, so they are there before the commands run.
const tour = await tourFiles();
const lateFiles = [...tour].filter(([path, text]) => textOf(path) !== text);
if (!isCheck) for (const [path, text] of lateFiles) write(path, text);
for (const [path, text] of tour) pages.set(path, text);
const withOutput = [
  'README.md',
  'docs/plans.md',
  'docs/reports.md',
  'docs/tour.md',
  'docs/what-if.md',
];
for (const path of withOutput) {
  pages.set(path, await withOutputs(textOf(path) ?? ''));
}
const differing = [...pages].filter(([path, text]) => textOf(path) !== text).map(([path]) => path);
const stale = pagesOf('docs/checks').filter((path) => !pages.has(path));

if (!isCheck) {
  for (const path of differing) write(path, pages.get(path) ?? '');
  for (const path of stale) rmSync(join(root, path));
  const written = new Set([...differing, ...lateFiles.map(([path]) => path)]).size;
  console.log(`docs: ${pages.size} pages, ${written} written, ${stale.length} removed`);
} else if (differing.length + stale.length > 0) {
  for (const path of differing) console.error(`docs: ${path} is out of date`);
  for (const path of stale) console.error(`docs: ${path} belongs to no check`);
  console.error('docs: run "npm run docs" and commit what it writes');
  process.exitCode = 1;
} else {
  console.log(`docs: ${pages.size} pages are up to date`);
}

async function casesOf(checkId: string): Promise<readonly DocumentedCase[]> {
  const module: { default: readonly DocumentedCase[] } = await import(
    `../test/checks/cases/${checkId}.ts`
  );
  return module.default;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}

function pagesOf(folder: string): string[] {
  mkdirSync(join(root, folder), { recursive: true });
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
