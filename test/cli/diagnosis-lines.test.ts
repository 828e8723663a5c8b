/** What doctor says of what it found. */
import { describe, expect, it } from 'vitest';
import { diagnosisLines, isWell } from '../../cli/diagnosis-lines.ts';
import type { LiveDiagnosis } from '../../shared/compose-live.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { plainPaint } from '../../shared/reports/paint.ts';

const subscription = '11111111-1111-4111-8111-111111111111';
const well: LiveDiagnosis = {
  arm: 'https://management.azure.com',
  signedInAs: {
    objectId: '22222222-2222-4222-8222-222222222222',
    tenantId: undefined,
    name: 'ada@bank.example',
  },
  subscriptions: [{ id: subscription, name: 'prod', lacking: [] }],
  microsoftGraph: { servicePrincipals: undefined, groups: undefined },
  clockBehindMs: 0,
  trial: {
    clusters: 1,
    gaps: 0,
    problems: [],
    warnings: [],
    writes: { targets: [], obstacles: [], troubles: [] },
  },
};

function said(changes: Partial<LiveDiagnosis>, problems: readonly string[] = []): string {
  const sheet = { width: 80, paint: plainPaint };
  return diagnosisLines({ ...well, ...changes }, problems, sheet).join('\n');
}

describe('a clock', () => {
  it('that is more than five minutes off is wrong, either way', () => {
    for (const clockBehindMs of [301_000, -301_000]) {
      expect(isWell({ ...well, clockBehindMs }, [])).toBe(false);
      expect(said({ clockBehindMs })).toContain('✗ The clock of this machine is 301 seconds');
    }
    expect(said({ clockBehindMs: 301_000 })).toContain('behind');
    expect(said({ clockBehindMs: -301_000 })).toContain('ahead of');
  });

  it('that is off by less is told, and does no harm', () => {
    expect(isWell({ ...well, clockBehindMs: 120_000 }, [])).toBe(true);
    expect(said({ clockBehindMs: 120_000 })).toContain(
      '· The clock of this machine is 120 seconds',
    );
    expect(said({ clockBehindMs: 30_000 })).toContain("✓ The clock agrees with Azure's.");
    expect(said({ clockBehindMs: undefined })).not.toContain('clock');
  });
});

describe('a grant for remediations', () => {
  const scope = resourceId(`/subscriptions/${subscription}/resourceGroups/rg-net`);
  const target = {
    scope,
    kind: 'securityRules',
    lacking: ['Microsoft.Network/networkSecurityGroups/securityRules/write'],
  } as const;
  const trial = (targets: readonly (typeof target)[]) => ({
    clusters: 1,
    gaps: 0,
    problems: [],
    warnings: [],
    writes: { targets, obstacles: [], troubles: [] },
  });

  it('is for the kind of principal that is signed in', () => {
    expect(said({ trial: trial([target]) })).toContain('--assignee-principal-type User');
  });

  it('leaves the object id open where nobody knows it', () => {
    const text = said({ trial: trial([target]), signedInAs: undefined });
    expect(text).toContain('--assignee-object-id <object id>');
  });

  it('is given once, and the other resource groups are named', () => {
    const others = ['rg-a', 'rg-b'].map((name) => ({
      ...target,
      scope: resourceId(`/subscriptions/${subscription}/resourceGroups/${name}`),
    }));
    const text = said({ trial: trial([target, ...others]) });
    expect(text.match(/az role assignment create/g)).toHaveLength(1);
    expect(text).toContain('… and the same at 2 more resource groups: rg-a, rg-b');
  });
});
