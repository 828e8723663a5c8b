import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { VerdictChange, WhatIf } from '../../shared/reports/what-if.ts';
import { whatIfMarkdown } from '../../shared/reports/what-if-markdown.ts';
import { whatIfSarif } from '../../shared/reports/what-if-sarif.ts';
import { hostileText } from './hostile-texts.ts';
import { clusterId, verdict } from './made-up-scan.ts';

const path = join(import.meta.dirname, '../fixtures/schemas/sarif-2.1.0.json');
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(path, 'utf8'));
const fits = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  schema,
);
const check = 'scoring-inbound-allowed';
const printed = { checks: catalogue, version: '1.2.3' };

function changed(effect: VerdictChange['effect'], before: string, after: string): VerdictChange {
  const of = (kind: string) =>
    kind === 'absent' ? null : verdict(check, 'fraud', kind as 'pass' | 'fail' | 'unknown', 'high');
  return { checkId: check, effect, before: of(before), after: of(after) };
}

function found(verdicts: readonly VerdictChange[], more: Partial<WhatIf> = {}): WhatIf {
  const id = resourceId(clusterId('fraud'));
  return {
    changes: [{ id: resourceId('/nsg'), change: 'modify', clusters: [id] }],
    unjudged: [],
    clusters: verdicts.length === 0 ? [] : [{ id, name: 'fraud', verdicts, packets: [] }],
    examined: 4,
    stillUnknown: 0,
    hiding: [],
    assumptions: [],
    ...more,
  };
}

const untold: WhatIf['unjudged'] = [
  { id: resourceId('/vnet'), because: 'its address is filled in while deploying', matters: true },
  { id: resourceId('/vm'), because: 'no audit reads resources of this type', matters: false },
];

const effects = [
  changed('alters', 'fail', 'fail'),
  changed('mends', 'fail', 'pass'),
  changed('doubts', 'pass', 'unknown'),
  changed('breaks', 'pass', 'fail'),
  changed('breaks', 'absent', 'fail'),
  changed('mends', 'fail', 'absent'),
];

describe('a what-if as SARIF', () => {
  it('has a result for what breaks or is no longer known, with what it would be, and fits the schema', () => {
    const json = JSON.parse(whatIfSarif(found(effects, { unjudged: untold }), printed));
    expect({ fits: fits(json), errors: fits.errors }).toEqual({ fits: true, errors: null });
    const [run] = json.runs;
    expect(
      run.results.map(({ kind, level, baselineState, message }: Record<string, object>) => {
        return [kind, level, baselineState, Reflect.get(message ?? {}, 'text')];
      }),
    ).toEqual([
      [
        'review',
        'none',
        'new',
        expect.stringMatching(
          /^Unknown: With this change it would no longer be known \(pass → unk/,
        ),
      ],
      [
        'fail',
        'error',
        'new',
        expect.stringMatching(/^This change would break it \(pass → fail \(high\)\)\. \S/),
      ],
      [
        'fail',
        'error',
        'new',
        expect.stringMatching(/^This change would break it \(absent → fail \(high\)\)\. \S/),
      ],
    ]);
    for (const { ruleId, ruleIndex } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    }
    const [told, ...others] = run.invocations[0].toolExecutionNotifications;
    expect(told.message.text).toContain('its address is filled in while deploying');
    expect(others).toEqual([]);
    expect(run.properties).toMatchObject({ complete: false, clusters: 1, examined: 4 });
  });

  it('has none where nothing breaks', () => {
    const json = JSON.parse(whatIfSarif(found([]), printed));
    expect(fits(json)).toBe(true);
    expect(json.runs[0]).toMatchObject({ results: [], properties: { complete: true } });
  });
});

describe('a what-if as Markdown', () => {
  it('says first what breaks, then what is not known, and last what is no better or worse', () => {
    const text = whatIfMarkdown(found(effects, { unjudged: untold }));
    expect(text.split('\n')[0]).toBe('## Portcullis: ✗ this change would break 2 verdicts');
    expect(text).toContain(
      '2 verdicts would break, 2 would be mended, 1 would no longer be known.',
    );
    const rows = text.split('\n').filter((line) => /^\| [✗?✓·] /.test(line));
    expect(rows.map((row) => row.charAt(2)).join('')).toBe('✗✗?✓✓·');
    expect(rows[0]).toContain('| pass → fail (high) |');
    expect(text).toMatch(/### Not judged \(2\)\n\n- \? \/vnet: its address .*\n- · \/vm: no audit/);
  });

  it.each<[string, WhatIf, string]>([
    ['nothing', found([]), '✓ this change breaks nothing'],
    [
      'something that nobody can tell',
      found([], { unjudged: untold }),
      '? not everything that this change would do can be told',
    ],
  ])('says of a change that breaks %s just that', (_name, given, title) => {
    expect(whatIfMarkdown(given).split('\n')[0]).toBe(`## Portcullis: ${title}`);
  });

  it('fits a comment however much there is to say, and says how much is left out', () => {
    const many = Array.from({ length: 3000 }, () => changed('breaks', 'pass', 'fail'));
    const text = whatIfMarkdown(found(many, { unjudged: untold }));
    expect(text.length).toBeLessThan(65_000);
    expect(text).toMatch(/### What would change \(\d+ of 3000\)/);
    expect(text).toContain('### Not judged (2)');
  });

  it('keeps its form whatever the estate holds', () => {
    const plain = whatIfMarkdown(found(effects, { unjudged: untold, assumptions: ['a'] }));
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const evil = effects.map((change) => ({
          ...change,
          after: change.after === null ? null : { ...change.after, summary: one },
        }));
        const unjudged = untold.map((each) => ({ ...each, because: other }));
        const text = whatIfMarkdown(found(evil, { unjudged, assumptions: [one] }));
        expect(text.split('\n').map((line) => line.slice(0, 2))).toEqual(
          plain.split('\n').map((line) => line.slice(0, 2)),
        );
        expect(text).not.toMatch(/<(?!\/?(?:details|summary|br)\b|!-- -->)/);
      }),
    );
  });
});
