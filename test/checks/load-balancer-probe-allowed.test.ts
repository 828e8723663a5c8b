import { describe, expect, it } from 'vitest';
import { probeQuestions } from '../../shared/checks/load-balancer-probe-allowed.ts';
import { known } from '../../shared/model/verdict.ts';
import { cluster, endpoint, knownFrontend, subnet } from './build.ts';

describe('the probes of a load balancing rule', () => {
  it('are none where it has no probe', () => {
    const asked = knownFrontend(endpoint()).rules.map((rule) =>
      probeQuestions({ rule, endpoint: endpoint(), subnet: subnet() }, cluster()),
    );
    expect(asked).toEqual([known([])]);
  });
});
