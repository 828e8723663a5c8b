import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { scoringInboundNoWiderThanCallers } from '../../shared/checks/scoring-inbound-no-wider-than-callers.ts';
import { known } from '../../shared/model/verdict.ts';
import { planNarrowing } from '../../shared/remediation/plan-narrowing.ts';
import { callers, nsg, rule, scoringAddress, settings, withSubnet } from '../checks/build.ts';

const bank = '203.0.113.0/24';

/** The plan where a rule lets the whole Internet in, and a test for what its Deny takes. */
function narrowed() {
  const web = rule('web', 200, 'Inbound', 'Allow', {
    from: 'Internet',
    to: scoringAddress,
    port: '443',
  });
  const planned = planNarrowing(
    {
      check: scoringInboundNoWiderThanCallers,
      cluster: withSubnet({ securityGroup: known(nsg('subnet-nsg', web)) }),
      settings: { ...settings, ...callers(bank) },
      fingerprint: 'f'.repeat(32),
      others: [],
      checks: catalogue,
    },
    { band: { from: 3000, to: 3999 }, expiresAt: '2026-11-27T02:00:00.000Z', reserved: [] },
  );
  if (planned.kind !== 'plan') throw new TypeError(planned.unplanned.because);
  const denied = new BlockList();
  for (const box of planned.plan.diff.newlyDenied) {
    for (const source of box.sources) {
      const [address = '', length = ''] = source.split('/');
      if (!address.includes(':')) denied.addSubnet(address, Number(length), 'ipv4');
    }
  }
  return { plan: planned.plan, isDenied: (address: string) => denied.check(address, 'ipv4') };
}

describe('a plan that narrows', () => {
  it('is proven where the whole Internet is let in', () => {
    const { plan } = narrowed();
    expect(Object.values(plan.proof)).toEqual([true, true, true, true]);
    expect(plan.diff.newlyAllowed).toEqual([]);
    expect(plan.approval).toBe(true);
  });

  it.each(['1.0.0.1', '203.0.112.255', '203.0.114.0', '4.128.0.1', '20.128.0.1'])(
    'denies %s, be it in `Internet` for certain or only perhaps',
    (address) => {
      expect(narrowed().isDenied(address)).toBe(true);
    },
  );

  it.each(['203.0.113.0', '203.0.113.255', '10.1.0.4', '168.63.129.16'])(
    'never denies %s: a caller, a node, the platform',
    (address) => {
      expect(narrowed().isDenied(address)).toBe(false);
    },
  );
});
