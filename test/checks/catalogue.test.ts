/** Holds the catalogue together: list, files, cases and pages; and runs every case. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { type CheckCase, settings } from './build.ts';

const files = import.meta.glob<{ readonly default: readonly CheckCase[] }>('./cases/*.ts', {
  eager: true,
});

function casesOf(id: string): readonly CheckCase[] {
  return files[`./cases/${id}.ts`]?.default ?? [];
}

/** Whether a text has words, and none that stands for a value that is not there. */
function isSaid(text: unknown): boolean {
  return typeof text === 'string' && /\S/.test(text) && !/\b(?:undefined|null|NaN)\b/.test(text);
}

describe('the catalogue', () => {
  it('is sorted, without a double', () => {
    const ids = catalogue.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted());
  });

  it('has a case table for every check and no other', () => {
    expect(Object.keys(files).toSorted()).toEqual(
      catalogue.map(({ id }) => `./cases/${id}.ts`).toSorted(),
    );
  });

  it('has a page for every check and no other', () => {
    const pages = readdirSync('docs/checks').filter((name) => name !== 'README.md');
    expect(pages.toSorted()).toEqual(catalogue.map(({ id }) => `${id}.md`).toSorted());
  });
});

describe.each(catalogue.map((check) => [check.id, check] as const))('%s', (id, check) => {
  const cases = casesOf(id);

  it('lies in a file of its name', () => {
    expect(existsSync(`shared/checks/${id}.ts`)).toBe(true);
  });

  it('has a case for every kind it declares, and declares every kind its cases give', () => {
    expect([...new Set(cases.map((one) => one.expect))].toSorted()).toEqual(
      [...check.kinds].toSorted(),
    );
  });

  it('names its source and says what to do', () => {
    expect(check.source).toMatch(/^https:\/\/learn\.microsoft\.com\//);
    expect(check.title).not.toMatch(/\.$/);
    expect(check.advice.length).toBeGreaterThan(40);
  });

  it('applies to computes of v1, of v2 or both', () => {
    expect(['AKS', 'Kubernetes', 'AKS, Kubernetes']).toContain(check.appliesTo.join(', '));
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const judgement = check.evaluate(one.given, { ...settings, ...one.settings });
    const said = JSON.stringify([judgement.summary, judgement.evidence, judgement.missing]);
    const evidenceCount = judgement.evidence.length;
    const missingCount = judgement.missing.length;
    expect({
      ...judgement,
      said,
      rules: judgement.evidence.map((evidence) => evidence.rule),
    }).toEqual(
      expect.objectContaining({
        kind: one.expect,
        ...(one.severity === undefined ? {} : { severity: one.severity }),
        said: expect.stringMatching(one.says ?? /./),
        rules: expect.arrayContaining(one.rule === undefined ? [] : [one.rule]),
      }),
    );
    expect(judgement.kind === 'unknown' ? missingCount : 1).toBeGreaterThan(0);
    const isDecided = judgement.kind === 'pass' || judgement.kind === 'fail';
    expect(isDecided ? evidenceCount : 1).toBeGreaterThan(0);
    expect(judgement.kind === 'pass' || judgement.kind === 'notApplicable' ? missingCount : 0).toBe(
      0,
    );

    const { summary, evidence, missing } = judgement;
    expect(summary).toMatch(
      /^[\p{Lu}\d].*\.(?: \((?:1 more part|(?:[2-9]|\d{2,}) more parts) below\))?$/su,
    );
    const written = [
      summary,
      ...evidence.flatMap(({ at, says }) => [at, says]),
      ...missing.flatMap(({ what, scope, why }) => [what, scope, why]),
    ];
    expect(written.filter((text) => !isSaid(text))).toEqual([]);
    expect(evidence.filter(({ at }) => !at.startsWith('/'))).toEqual([]);
    expect(new Set(evidence.map((item) => JSON.stringify(item))).size).toBe(evidence.length);
    expect(new Set(missing.map((item) => JSON.stringify(item))).size).toBe(missing.length);
  });
});
