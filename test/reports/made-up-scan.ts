import { resourceId } from '../../shared/model/resource-id.ts';
import type { Judgement, Severity } from '../../shared/model/verdict.ts';
import { postureOf, verdictReport } from '../../shared/reports/assemble-report.ts';
import type { ClusterReport, VerdictReport } from '../../shared/reports/report.ts';
import type { Audit, ShardResult, Tail } from '../../shared/reports/scan.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';

const subscription = '/subscriptions/6a1f4c1e-0c1b-4c53-9d52-000000000001';

export function clusterId(name: string) {
  return resourceId(
    `${subscription}/resourceGroups/rg-${name}/providers/Microsoft.ContainerService/managedClusters/${name}`,
  );
}

/** A verdict with believable evidence. */
export function verdict(
  checkId: string,
  cluster: string,
  kind: VerdictReport['kind'],
  severity: Severity,
  changes: Partial<VerdictReport> = {},
): VerdictReport {
  const id = clusterId(cluster);
  const judgement: Judgement = { kind, severity, ...sayings(kind, cluster) };
  const check = { id: checkId, severity, remediation: 'automatic' } as const;
  const today = '2026-11-23';
  return { ...verdictReport(check, { id }, judgement, defaultSettings(), today), ...changes };
}

function sayings(
  kind: VerdictReport['kind'],
  cluster: string,
): Pick<Judgement, 'summary' | 'evidence' | 'missing'> {
  const at = resourceId(
    `${subscription}/resourceGroups/rg-net/providers/Microsoft.Network/networkSecurityGroups/nsg-${cluster}`,
  );
  if (kind === 'fail') {
    const witness = {
      direction: 'inbound',
      protocol: 'Tcp',
      source: '203.0.113.9',
      sourcePort: 49152,
      destination: '20.1.2.3',
      destinationPort: 443,
    } as const;
    const says = 'denies the callers before any rule allows them';
    return {
      summary:
        'The rules deny the callers 203.0.113.0/24 on TCP 443 of the scoring endpoint 20.1.2.3; allow them in the security group of the node subnet.',
      evidence: [{ at, rule: 'deny-all-inbound', says, witness }],
      missing: [],
    };
  }
  const missing = [
    { what: 'address of the scoring endpoint', scope: at, why: 'computes not read' },
  ];
  return kind === 'unknown'
    ? { summary: 'Nobody could read the computes.', evidence: [], missing }
    : { summary: 'As it should be.', evidence: [], missing: [] };
}

export function cluster(name: string, verdicts: readonly VerdictReport[]): ClusterReport {
  return {
    id: clusterId(name),
    name,
    location: 'westeurope',
    subscriptionId: subscription.slice('/subscriptions/'.length),
    resourceGroup: `rg-${name}`,
    knownBy: [{ kind: 'mlCompute', id: `${subscription}/computes/${name}` }],
    apiServer: 'authorizedRanges',
    workspaces: [],
    subnets: [],
    scoringEndpoints: [{ ip: '20.1.2.3', visibility: 'public', ports: [80, 443], source: 'tag' }],
    posture: postureOf(verdicts),
  };
}

/** A shard of one cluster per entry. */
export function shard(verdictsByCluster: Readonly<Record<string, readonly VerdictReport[]>>) {
  const entries = Object.entries(verdictsByCluster);
  return {
    clusters: entries.map(([name, verdicts]) => cluster(name, verdicts)),
    verdicts: entries.flatMap(([, verdicts]) => verdicts),
  } satisfies ShardResult;
}

export function audit(shards: readonly ShardResult[], tail: Partial<Tail> = {}): Audit {
  return {
    header: { scanId: 'scan-1', startedAt: '2026-11-23T03:12:00.000Z', source: 'demo' },
    shards: (async function* () {
      yield* shards;
    })(),
    finish: () => Promise.resolve({ ...emptyTail, ...tail }),
  };
}

const emptyTail: Tail = {
  finishedAt: '2026-11-23T03:12:01.400Z',
  gaps: [],
  assumptions: [],
  outOfScope: [],
  estate: { rows: 120, ignoredTypes: { 'microsoft.web/sites': 2 } },
  cost: {
    resourceGraphCalls: 0,
    armReads: 0,
    graphCalls: 0,
    armWrites: 0,
    throttled: 0,
    durationMs: { facts: 12.5 },
  },
};

/** A bank with a bad night. */
export function badNight(): Audit {
  const fraud = [
    verdict('scoring-inbound-allowed', 'fraud-prod-weu', 'fail', 'high'),
    verdict('restricted-outbound-allows-registry', 'fraud-prod-weu', 'fail', 'critical', {
      summary:
        'Nodes cannot pull images: the rules deny TCP 443 to AzureContainerRegistry.westeurope.',
      evidence: [
        {
          at: clusterId('fraud-prod-weu'),
          rule: 'Deny-Internet-Out',
          says: 'priority 4000, denies everything to Internet',
          witness: {
            direction: 'outbound',
            protocol: 'Tcp',
            source: '10.20.0.5',
            sourcePort: 49152,
            destination: 'AzureContainerRegistry.westeurope',
            destinationPort: 443,
          },
        },
        { at: clusterId('fraud-prod-weu'), says: 'no private endpoint' },
      ],
      missing: [{ what: 'rules of the appliance at 10.0.0.4', scope: '/', why: 'not readable' }],
    }),
    verdict('network-contributor-granted', 'fraud-prod-weu', 'pass', 'high'),
  ];
  const pricing = [
    verdict(
      'scoring-inbound-allowed',
      'pricing-prod-a-very-long-cluster-name-of-a-large-team-neu',
      'fail',
      'medium',
    ),
    verdict(
      'network-contributor-granted',
      'pricing-prod-a-very-long-cluster-name-of-a-large-team-neu',
      'unknown',
      'high',
    ),
  ];
  const exempt = {
    reason: 'moving',
    approvedBy: 'Ada',
    ticket: null,
    expiresOn: '2027-01-31',
    source: 'settings',
  } as const;
  return audit(
    [
      shard({
        'fraud-prod-weu': fraud,
        'pricing-prod-a-very-long-cluster-name-of-a-large-team-neu': pricing,
        'search-dev': [
          verdict('scoring-inbound-allowed', 'search-dev', 'pass', 'high'),
          verdict('network-contributor-granted', 'search-dev', 'fail', 'high', { exempt }),
        ],
      }),
      shard({
        'search-prod': [
          verdict('scoring-inbound-allowed', 'search-prod', 'unknown', 'high'),
          verdict('network-contributor-granted', 'search-prod', 'pass', 'high'),
        ],
      }),
    ],
    {
      gaps: [
        {
          scope: '/providers/microsoft.management/managementgroups',
          what: 'role assignments of management groups',
          why: 'the estate was exported without them',
        },
      ],
      assumptions: ['No security admin rules apply: none were exported.'],
      outOfScope: [{ id: '/subscriptions/s/arc', why: 'an Arc cluster, not AKS' }],
      warnings: [
        'callers.clusters names "serch-prod", which fits no cluster; did you mean search-prod?',
      ],
    },
  );
}
