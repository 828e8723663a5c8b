/** What a new check begins with. */
export interface Scaffold {
  /** New files by path. */
  readonly files: ReadonlyMap<string, string>;
  /** The catalogue's text with the check in it. */
  readonly catalogue: string;
}

/**
 * The files of a new check of this id, and the catalogue with it. The check gives `unknown` until
 * somebody writes it, and one case says so: what is not written passes nothing.
 * @throws Error naming what is wrong with the id or with the catalogue.
 */
export function checkScaffold(id: string, catalogue: string): Scaffold {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(id)) {
    throw new Error(
      `${JSON.stringify(id)} is no id of a check; write <subject>-<desired-state> in kebab-case, such as "npm run new:check private-cluster"`,
    );
  }
  const name = id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    files: new Map([
      [`shared/checks/${id}.ts`, checkText(id, name)],
      [`test/checks/cases/${id}.ts`, casesText()],
    ]),
    catalogue: withCheck(catalogue, id, name),
  };
}

function checkText(id: string, name: string): string {
  return `import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { unknownPart } from './judgement.ts';

/** What is true when it passes, in one sentence. */
export const ${name} = defineCheck<InferenceCluster>({
  id: '${id}',
  title: 'A sentence that is true when the check passes',
  description:
    'Why it matters and what happens when it fails, for someone who has never seen the tool.',
  advice: 'What to do about a fail: the command, and what to look at before running it.',
  severity: 'medium',
  kinds: ['unknown'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source: 'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet',
  evaluate({ id }) {
    const why = 'the check is not written yet';
    return unknownPart([{ what: 'the verdict of this check', scope: id, why }]);
  },
});
`;
}

function casesText(): string {
  return `import { type CheckCase, cluster } from '../build.ts';

const cases: readonly CheckCase[] = [
  { name: 'a healthy cluster', given: cluster(), expect: 'unknown', says: /not written yet/ },
];
export default cases;
`;
}

/** Imports and entries are sorted by id: the new ones go before the first that comes after. */
function withCheck(catalogue: string, id: string, name: string): string {
  const lines = catalogue.split('\n');
  const imported = /^import \{ (\w+) \} from '\.\/([a-z0-9-]+)\.ts';$/;
  const ids = new Map<string, string>();
  for (const line of lines) {
    const [, before = '', of = ''] = imported.exec(line) ?? [];
    if (of !== '') ids.set(before, of);
  }
  if (ids.has(name) || [...ids.values()].includes(id)) {
    throw new Error(`the catalogue holds ${id} already; ids are never used again`);
  }
  const idOfLine = (line: string): string | undefined => {
    const entry = /^ {2}(\w+),$/.exec(line)?.[1];
    return imported.exec(line)?.[2] ?? (entry === undefined ? undefined : ids.get(entry));
  };
  const isImport = (line: string): boolean => imported.test(line);
  const isEntry = (line: string): boolean =>
    /^ {2}\w+,$/.test(line) && idOfLine(line) !== undefined;
  const withImport = inserted(lines, `import { ${name} } from './${id}.ts';`, isImport);
  return inserted(withImport, `  ${name},`, isEntry).join('\n');

  function inserted(
    into: readonly string[],
    added: string,
    isKin: (line: string) => boolean,
  ): string[] {
    const kin = into.flatMap((line, at) => (isKin(line) ? [{ at, id: idOfLine(line) ?? '' }] : []));
    const last = kin.at(-1);
    if (last === undefined) {
      throw new Error(
        'shared/checks/catalogue.ts is not in its usual shape; add the check by hand',
      );
    }
    const at = kin.find((one) => one.id > id)?.at ?? last.at + 1;
    return into.toSpliced(at, 0, added);
  }
}
