import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBaseline } from '../../shared/adapters/files/baseline-file.ts';
import { jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';
import { badNight } from '../reports/made-up-scan.ts';

async function reportText(): Promise<string> {
  let text = '';
  const spools = { clusters: memorySpool(), verdicts: memorySpool() };
  for await (const piece of jsonReport(badNight(), spools)) text += piece;
  return text;
}

async function read(text: string) {
  const path = join(await temporaryFolder(), 'report.json');
  await writeFile(path, text);
  return readBaseline(path);
}

describe('a baseline', () => {
  test.each([
    ['as it was written', (text: string) => text],
    ['on one line', (text: string) => JSON.stringify(JSON.parse(text))],
    ['with a byte order mark', (text: string) => `\uFEFF${text}`],
    [
      'with members that a later version added',
      (text: string) => text.replace('{', '{"added":[1],'),
    ],
  ])('%s: the failures that nobody had exempted', async (_, change) => {
    const { scanId, finishedAt, failures } = await read(change(await reportText()));
    expect({ scanId, finishedAt }).toEqual({
      scanId: 'scan-1',
      finishedAt: '2026-11-23T03:12:01.400Z',
    });
    expect([...failures.values()].map(({ checkId, severity }) => `${severity} ${checkId}`)).toEqual(
      [
        'high scoring-inbound-allowed',
        'critical restricted-outbound-allows-registry',
        'medium scoring-inbound-allowed',
      ],
    );
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'of another version',
      (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2'),
      /schemaVersion is 2, and this version reads 1/,
    ],
    [
      'of another version, with other verdicts',
      () => '{"schemaVersion":2,"verdicts":[{"id":1}]}',
      /schemaVersion is 2, and this version reads 1/,
    ],
    ['without a version', () => '{"verdicts":[]}', /schemaVersion: /],
    [
      'with a verdict of a wrong kind',
      (text) => text.replace('"kind": "fail"', '"kind": "failed"'),
      /verdicts\[0\] \(line \d+\): kind: /,
    ],
    ['cut short', (text) => text.slice(0, 5000), /it is no JSON: .*line \d+/],
    ['that is no report', () => '{"hello":"world"}', /it has no list of verdicts/],
    ['that is a list', () => '[1,2]', /it has no list of verdicts/],
    ['that is a table', () => 'Portcullis · demo estate', /it is no JSON/],
    ['that is empty', () => '', /it has no list of verdicts/],
  ])('%s is refused with what is wrong and what to give', async (_, change, says) => {
    const problem = read(change(await reportText()));
    await expect(problem).rejects.toThrow(says);
    await expect(problem).rejects.toThrow(
      /--baseline .*report\.json: .*; give a report that scan --format json wrote$/,
    );
    await expect(problem).rejects.toMatchObject({ name: 'UsageError' });
  });

  test('that is not there, or is a folder, is refused', async () => {
    const folder = await temporaryFolder();
    await expect(readBaseline(join(folder, 'x.json'))).rejects.toThrow('there is no such file');
    await expect(readBaseline(folder)).rejects.toThrow(/--baseline .*EISDIR/);
  });
});
