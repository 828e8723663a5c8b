import { describe, expect, test } from 'vitest';
import { verbs } from '../../cli/run.ts';
import { checkIndex, checkPage, table } from '../../scripts/check-pages.ts';
import { commandPage } from '../../scripts/command-page.ts';
import { catalogue } from '../cli/made-up-world.ts';

test('a table escapes its own separator and keeps a cell on one line', () => {
  expect(table(['a', 'b'], [['x|y', 'one\n two']])).toBe(
    ['| a    | b       |', '| ---- | ------- |', '| x\\|y | one two |'].join('\n'),
  );
});

describe('the pages of checks', () => {
  test('have every part, in order', () => {
    const [check] = catalogue;
    if (check === undefined) throw new Error('the catalogue is empty');
    const page = checkPage(check, [
      { name: 'a Reader', expect: 'fail', severity: 'low' },
      { name: 'a Contributor', expect: 'pass' },
    ]);
    const parts = [
      `# ${check.title}`,
      `\`${check.id}\``,
      'pass, fail',
      check.description,
      '## When it fails',
      check.advice,
      '## Examples',
      'a Reader',
      'fail (low)',
      'a Contributor',
      '## Source',
      `<${check.source}>`,
    ];
    const at = parts.map((part) => page.indexOf(part));
    expect(at.every((position) => position >= 0)).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });

  test('are all in the index', () => {
    const index = checkIndex(catalogue);
    for (const { id } of catalogue) expect(index).toContain(`[${id}](${id}.md)`);
  });
});

test('the page of the command names every verb and flag', () => {
  const page = commandPage(verbs);
  for (const { name, flags } of verbs) {
    expect(page).toContain(`\n## ${name}\n`);
    for (const flag of flags) expect(page).toContain(`--${flag.name}`);
  }
});
