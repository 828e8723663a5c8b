/** Whatever a resource is called, each format gives it back as a text, and it steers nothing. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { expect, test } from 'vitest';
import { markdownText } from '../../shared/reports/markdown-text.ts';
import { reportFormats } from '../../shared/reports/report-formats.ts';
import { plainText } from '../../shared/reports/text-layout.ts';
import { hostileAudit, hostileText, hostileTexts } from './hostile-texts.ts';
import { printed } from './printed.ts';
import { elementsNamed, xmlTree } from './xml-tree.ts';

const controls = /(?![\n\r])[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

test.each(reportFormats)('%s steers neither a terminal nor a build', async (format) => {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (texts) => {
      const { text } = await printed(format, hostileAudit(texts));
      expect(text).not.toMatch(controls);
      expect(text).not.toMatch(/##(?:vso)?\[/i);
      expect(text).not.toMatch(/^\s*::[a-z-]+.*::/m);
    }),
  );
});

test('JSON gives back every text as it was', async () => {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (texts) => {
      const { text } = await printed('json', hostileAudit(texts));
      const report = JSON.parse(text);
      const [failure, , unknown] = report.verdicts;
      expect(report.clusters[0]).toMatchObject({ name: texts.name, location: texts.location });
      expect(failure.summary).toBe(texts.summary);
      expect(failure.evidence[0]).toMatchObject({ rule: texts.rule, says: texts.says });
      expect(unknown.missing[0]).toMatchObject({ what: texts.what, why: texts.why });
      expect(report.verdicts[1].exempt.reason).toBe(texts.reason);
    }),
  );
});

/** What a message of SARIF says: `\](` is a bracket that ends no link, and `\\` before it a backslash. */
function saidIn(message: string): string {
  expect(message).not.toMatch(/(?<!\\)(?:\\\\)*\]\(/);
  return message.replaceAll(/(\\+)\]\(/g, (_, slashes: string) => {
    expect(slashes.length % 2).toBe(1);
    return `${'\\'.repeat((slashes.length - 1) / 2)}](`;
  });
}

test('SARIF gives back every text, and no text becomes a link', async () => {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (texts) => {
      const { text } = await printed('sarif', hostileAudit(texts));
      const [run] = JSON.parse(text).runs;
      const [failure, exempt, unknown] = run.results;
      expect(saidIn(failure.message.text).startsWith(`${texts.summary}\n`)).toBe(true);
      expect(failure.properties.evidence[0]).toMatchObject({ rule: texts.rule, says: texts.says });
      expect(exempt.suppressions[0].justification).toBe(texts.reason);
      expect(unknown.properties.missing[0]).toMatchObject({ what: texts.what, why: texts.why });
      const [location] = failure.locations;
      const { uri } = location.physicalLocation.artifactLocation;
      expect(`/${decodeURIComponent(uri)}`).toBe(
        location.logicalLocations[0].fullyQualifiedName.toWellFormed(),
      );
      // It stays below the folder that it is relative to.
      expect(new URL(uri, 'https://x.example/a/').href.startsWith('https://x.example/a/')).toBe(
        true,
      );
    }),
  );
});

/** A text on one line, as it can be encoded. */
function flat(text: string): string {
  return plainText(text).toWellFormed();
}

test('CSV gives back every text, and no field is a formula', async () => {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (texts) => {
      const { text } = await printed('csv', hostileAudit(texts));
      const rows: Record<string, string>[] = parse(text, { columns: true });
      expect(rows).toHaveLength(3);
      for (const row of rows) {
        for (const value of Object.values(row)) expect(value).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      }
      const said = (row: number, column: string) => rows[row]?.[column]?.replace(/^'/, '');
      expect(said(0, 'cluster')).toBe(flat(texts.name));
      expect(said(0, 'location')).toBe(flat(texts.location));
      expect(said(0, 'summary')).toBe(flat(texts.summary));
      expect(said(0, 'rule')).toBe(flat(texts.rule));
      expect(said(1, 'exemptReason')).toBe(flat(texts.reason));
      // Beside other texts it may read as a command of a pipeline, whose marks a blank parts.
      const unparted = (value = ''): string => value.replaceAll(' ', '');
      expect(unparted(said(2, 'missing'))).toContain(unparted(flat(texts.what)));
    }),
  );
});

/** What XML 1.0 can say of a text. */
function inXml(text: string): string {
  return flat(text).replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
}

test('JUnit gives back every text that XML can hold, and has the elements it should have', async () => {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (texts) => {
      const root = xmlTree((await printed('junit', hostileAudit(texts))).text);
      expect(elementsNamed(root, 'testsuite')).toHaveLength(2);
      const cases = elementsNamed(root, 'testcase');
      expect(cases).toHaveLength(4);
      const [failure] = elementsNamed(root, 'failure');
      expect(elementsNamed(root, 'testsuite')[1]?.attributes['name']).toBe(inXml(texts.name));
      expect(failure?.attributes['message']).toBe(inXml(texts.summary));
      expect(failure?.text.startsWith(`${inXml(texts.summary)}\n`)).toBe(true);
      expect(elementsNamed(root, 'skipped')[0]?.text).toContain(inXml(texts.reason));
    }),
  );
});

function parsed(markdown: string): Nodes {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

function nodesIn(node: Nodes): Nodes[] {
  return 'children' in node ? [node, ...node.children.flatMap(nodesIn)] : [node];
}

/** The text of a node; throws where it holds more than text and the comments that part it. */
function textIn(node: Nodes): string {
  return nodesIn(node)
    .map((one) => {
      if (one.type === 'text') return one.value;
      if (one.type === 'html' && one.value === '<!-- -->') return '';
      if (['tableCell', 'paragraph', 'listItem', 'list', 'root'].includes(one.type)) return '';
      throw new Error(`${one.type} in ${JSON.stringify(node)}`);
    })
    .join('');
}

test('Markdown of a text is that text in a cell, in a list and in a paragraph', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const expected = flat(text);
      fc.pre(/\S/.test(expected));
      const markdown = markdownText(text);
      const table = nodesIn(parsed(`| a | b |\n| - | - |\n| ${markdown} | x |`));
      const cells = table.filter(({ type }) => type === 'tableCell');
      expect(cells).toHaveLength(4);
      // GitHub trims cells and items of every blank, as we do of some.
      expect(textIn(cells[2] ?? { type: 'root', children: [] }).trim()).toBe(expected.trim());
      const list = parsed(`- ${markdown}`);
      expect(textIn(list).trim()).toBe(expected.trim());
      expect(nodesIn(list).filter(({ type }) => type === 'listItem')).toHaveLength(1);
      expect(textIn(parsed(`Says ${markdown}`))).toBe(`Says ${expected}`.trimEnd());
    }),
    { numRuns: 500 },
  );
});

/** What does more than stand there. */
const live: ReadonlySet<string> = new Set(
  'link linkReference image imageReference footnoteReference delete emphasis strong inlineCode code heading blockquote'.split(
    ' ',
  ),
);

test('Markdown of a text mentions nobody, refers to no issue and links nothing', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const pieces = nodesIn(parsed(`- ${markdownText(text)}`));
      expect(new Set(pieces.map(({ type }) => type))).toEqual(
        new Set(pieces.map(({ type }) => type).filter((type) => !live.has(type))),
      );
      const said = pieces.flatMap((one) => (one.type === 'text' ? one.value : []));
      expect(
        said.filter((value) =>
          /@[\w-]|#\d|:(?!\d+:)[\w+-]+:|:100:|https?:\/\/|www\.\w|GH-\d/i.test(value),
        ),
      ).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('a page of Markdown has no HTML but its own', async () => {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (texts) => {
      const { text } = await printed('markdown', hostileAudit(texts));
      for (const node of nodesIn(parsed(text))) {
        if (node.type !== 'html') continue;
        expect(node.value).toMatch(
          /^(?:<!-- -->|<\/details>|<details><summary>[\w ]+ \([\d, of]+\)<\/summary>)$/,
        );
      }
    }),
  );
});
