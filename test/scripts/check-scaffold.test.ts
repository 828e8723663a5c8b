import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkScaffold } from '../../scripts/check-scaffold.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';

const text = readFileSync('shared/checks/catalogue.ts', 'utf8');

function idsIn(catalogueText: string): readonly string[] {
  return [...catalogueText.matchAll(/from '\.\/([a-z0-9-]+)\.ts';/g)].map((match) =>
    String(match[1]),
  );
}

function entriesIn(catalogueText: string): readonly string[] {
  return [...catalogueText.matchAll(/^ {2}(\w+),$/gm)].map((match) => String(match[1]));
}

describe('a new check', () => {
  it.each([
    ['at the front', 'aaa-first'],
    ['in the middle', 'node-images-current'],
    ['behind one whose id begins the same', 'private-cluster-in-zones'],
    ['at the end', 'zzz-last'],
  ])('goes %s of the sorted catalogue', (_, id) => {
    const made = checkScaffold(id, text);
    const ids = [...catalogue.map((check) => check.id), id].toSorted();
    const name = id.replaceAll(/-(.)/g, (__, letter: string) => letter.toUpperCase());
    expect(idsIn(made.catalogue)).toEqual(ids);
    expect(entriesIn(made.catalogue).indexOf(name)).toBe(ids.indexOf(id));
    expect(made.catalogue.split('\n')).toHaveLength(text.split('\n').length + 2);
  });

  it('brings its file and its cases, which agree', () => {
    const { files } = checkScaffold('node-images-current', text);
    expect([...files.keys()]).toEqual([
      'shared/checks/node-images-current.ts',
      'test/checks/cases/node-images-current.ts',
    ]);
    const [check = '', cases = ''] = [...files.values()];
    expect(check).toContain("id: 'node-images-current'");
    expect(check).toContain('export const nodeImagesCurrent = defineCheck<InferenceCluster>({');
    expect(check).toContain("kinds: ['unknown']");
    expect(cases).toContain("expect: 'unknown'");
  });

  it.each(['', 'x', 'NodeImages', 'node_images', 'node--images', '../evil-path', '-node-images'])(
    'may not be called %j',
    (id) => {
      expect(() => checkScaffold(id, text)).toThrow(/kebab-case/);
    },
  );

  it('may not be called as one there is', () => {
    expect(() => checkScaffold('private-cluster', text)).toThrow(/already/);
  });

  it('is refused where the catalogue has another shape', () => {
    expect(() => checkScaffold('node-images-current', 'export const catalogue = [];')).toThrow(
      /usual shape/,
    );
  });

  it('the command says what is wrong and writes nothing', () => {
    const run = () =>
      execFileSync(process.execPath, ['scripts/new-check.ts', 'Wrong'], { stdio: 'pipe' });
    expect(run).toThrow(/kebab-case/);
    expect(readFileSync('shared/checks/catalogue.ts', 'utf8')).toBe(text);
  });
});
