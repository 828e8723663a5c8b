/** An alert as it could be, for tests and the page of the payloads. */
import { alertMessage } from '../../shared/alerts/alert-message.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import type { AlertChange, AlertMessage } from '../../shared/model/alert.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { resourceId } from '../../shared/model/resource-id.ts';

const network = '/subscriptions/c414197b-c850-499c-abac-84a882a78f7e/resourcegroups/rg-scoring';
const cluster = resourceId(
  `${network}/providers/microsoft.containerservice/managedclusters/aks-scoring`,
);
const group = resourceId(`${network}/providers/microsoft.network/networksecuritygroups/nsg-nodes`);

/** Said of a security group in front of a cluster's nodes. */
function madeUpFinding(more: Partial<Finding> = {}): Finding {
  return {
    fingerprint: fingerprint('scoring-inbound-allowed', cluster),
    checkId: 'scoring-inbound-allowed',
    clusterId: cluster,
    state: 'open',
    exempt: null,
    severity: 'high',
    summary: 'Rule deny-callers of nsg-nodes keeps 203.0.113.0/24 from 20.4.0.28 port 443.',
    evidence: [
      {
        at: group,
        rule: 'deny-callers',
        says: 'the rule deny-callers (priority 100) denies it',
        witness: {
          direction: 'inbound',
          protocol: 'Tcp',
          source: '203.0.113.9',
          sourcePort: 49_152,
          destination: '20.4.0.28',
          destinationPort: 443,
        },
      },
    ],
    firstSeen: '2026-11-20T02:00:07.000Z',
    lastSeen: '2026-11-24T09:15:30.000Z',
    since: '2026-11-24T09:15:30.000Z',
    readAt: '2026-11-24T09:15:30.000Z',
    reopened: 1,
    sequence: 3,
    cause: {
      resourceId: resourceId(`${group}/securityrules/deny-callers`),
      operation: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
      at: '2026-11-24T09:14:58.000Z',
      actor: '0d7f3c1e-52a4-4c1b-9a53-2f6f0f1b7c11',
    },
    ...more,
  };
}

/** The alert of it, as it comes back, or as it ends. */
export function madeUpAlert(
  change: AlertChange = 'reopened',
  more: Partial<Finding> = {},
): AlertMessage {
  const isOver = change === 'resolved';
  const readAt = isOver ? '2026-11-24T10:02:11.000Z' : '2026-11-24T09:15:30.000Z';
  const over = isOver
    ? ({ state: 'resolved', resolution: 'passes', since: readAt, sequence: 4 } as const)
    : {};
  const finding = madeUpFinding({ readAt, ...over, ...more });
  const { fingerprint: id, sequence, checkId } = finding;
  const heard = {
    sequence,
    firing: !isOver,
    times: 2,
    firedAt: '2026-11-24T09:15:30.000Z',
  };
  const kind = isOver ? 'resolved' : 'reopened';
  const transition = { kind, fingerprint: id, sequence, at: readAt, finding } as const;
  const check = catalogue.find((each) => each.id === checkId);
  return alertMessage(change, transition, heard, check, {
    portal: 'https://portal.azure.com',
    report: 'https://portcullis.azurewebsites.net/api/reports/latest?format=table',
  });
}
