import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { withBaseline } from '../../shared/reports/baseline.ts';
import { csvColumns } from '../../shared/reports/csv-report.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { audit, badNight, shard, verdict } from './made-up-scan.ts';
import { printed } from './printed.ts';

async function rowsOf(running: Audit): Promise<Record<string, string>[]> {
  return parse((await printed('csv', running)).text, { columns: true });
}

describe('CSV', () => {
  test('has columns that scripts may rely on: none goes, none moves', () => {
    expect(csvColumns.join(' ')).toBe(
      'cluster check verdict severity exempt summary witness rule evidence missing posture location subscriptionId resourceGroup clusterId exemptReason exemptApprovedBy exemptTicket exemptExpiresOn baselineState fingerprint',
    );
  });

  test('has a record on a line for every cluster and check, which ends with CRLF', async () => {
    const { text } = await printed('csv', badNight());
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(1 + 9 + 1);
    expect(lines.at(-1)).toBe('');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('says what is known of a verdict', async () => {
    const rows = await rowsOf(badNight());
    expect(rows[1]).toMatchObject({
      cluster: 'fraud-prod-weu',
      check: 'restricted-outbound-allows-registry',
      verdict: 'fail',
      severity: 'critical',
      exempt: 'no',
      rule: 'Deny-Internet-Out',
      witness: '10.20.0.5:49152 -> AzureContainerRegistry.westeurope:443 Tcp, outbound',
      missing: 'rules of the appliance at 10.0.0.4 (/): not readable',
      posture: 'nonCompliant',
    });
    expect(rows[6]).toMatchObject({
      exempt: 'yes',
      exemptReason: 'moving',
      exemptApprovedBy: 'Ada',
      exemptExpiresOn: '2027-01-31',
    });
  });

  test('of nothing is its head', async () => {
    expect((await printed('csv', audit([]))).text.split('\r\n')).toHaveLength(2);
  });

  test('tells failures of the baseline that have no verdict any more', async () => {
    const gone = verdict('private-cluster', 'b', 'fail', 'high');
    const known = verdict('private-cluster', 'a', 'fail', 'high');
    const rows = await rowsOf(
      withBaseline(audit([shard({ a: [known] })]), {
        scanId: 's',
        finishedAt: '2026-11-20T00:00:00.000Z',
        failures: new Map([known, gone].map((one) => [one.fingerprint, one])),
      }),
    );
    expect(rows).toMatchObject([
      { cluster: 'a', verdict: 'fail', baselineState: 'unchanged' },
      {
        check: 'private-cluster',
        clusterId: gone.clusterId,
        verdict: 'none',
        baselineState: 'notSeen',
      },
    ]);
  });
});
