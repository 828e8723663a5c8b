/** Plans in text, as somebody reads them who is to approve them. */
import { expect, it } from 'vitest';
import { plainPaint } from '../../shared/reports/paint.ts';
import { planLines, rollbackLines } from '../../shared/reports/plan-text.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';

const sheet = { paint: plainPaint, width: 100 };

function boxOf(sources: readonly string[]) {
  return {
    protocols: ['Tcp'],
    sources: [...sources],
    sourcePorts: ['0-65535'],
    destinations: ['20.4.0.1/32'],
    destinationPorts: ['443'],
  };
}

it('says how much of the Internet a list is that is cut short', () => {
  const opens = (sources: readonly string[]) => {
    const diff = { newlyAllowed: [boxOf(sources)], newlyDenied: [], newlyGranted: [] };
    return planLines(madeUpPlan(['a'], { diff }), sheet).join('\n');
  };
  const many = ['0.0.0.0/2', '64.0.0.0/3', '96.0.0.0/4', '128.0.0.0/2', '192.0.0.0/3'];
  expect(opens(many)).toContain('0.0.0.0/2,64.0.0.0/3,96.0.0.0/4,128.0.0.0/2 (+1, 81 % of IPv4) →');
  expect(opens(many.map((text) => text.replace(/\d+$/, '24')))).toContain('(+1) →');
});

it('tells what a rollback removes by its requests, whatever the words of the plan are', () => {
  const diff = {
    newlyAllowed: [boxOf(['203.0.113.0/24'])],
    newlyDenied: [],
    newlyGranted: [
      { principalId: 'p', role: 'Network Contributor', scope: madeUpPlan([]).clusterId },
    ],
  };
  const plan = { ...madeUpPlan(['a', 'b'], { diff }), checkId: 'x\u001B[2J', summary: 'Nothing.' };
  expect(rollbackLines(plan, sheet)).toEqual([
    ' ▸ cluster  x [2J',
    '   removes /nsg/securityrules/b',
    '   removes /nsg/securityrules/a',
    '   closes  Tcp 203.0.113.0/24 → 20.4.0.1/32:443',
    '   revokes Network Contributor on /cluster of p',
  ]);
});
