import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { policySnippet, settingsSnippet } from '../../dashboard/exemptions/exemption-snippets.ts';
import { parseSettings } from '../../shared/settings/settings.ts';

const exempting = {
  checkId: 'scoring-inbound-allowed',
  clusterId:
    '/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/aks',
  fingerprint: '0123456789abcdef0123456789abcdef',
  reason: "It's moved next week $(rm -rf) `x`",
  approvedBy: 'Anna "A." Berg',
  ticket: 'OPS-1',
  expiresOn: '2027-02-24',
  policyAssignment:
    '/subscriptions/00000000-0000-0000-0000-000000000001/providers/microsoft.authorization/policyassignments/p',
};

describe('snippets of an exemption', () => {
  it('are settings that the service takes, word for word', () => {
    const exemption: unknown = JSON.parse(settingsSnippet(exempting));
    const parsed = parseSettings({ exemptions: [exemption] });
    expect(parsed.ok && parsed.settings.exemptions[0]).toMatchObject({
      check: exempting.checkId,
      reason: exempting.reason,
      approvedBy: exempting.approvedBy,
      ticket: exempting.ticket,
      expiresOn: exempting.expiresOn,
    });
  });

  it('leave out what was not filled in', () => {
    const bare = { ...exempting, approvedBy: '', ticket: '', expiresOn: '' };
    expect(Object.keys(JSON.parse(settingsSnippet(bare)))).toEqual(['check', 'scope', 'reason']);
    expect(policySnippet(bare)).not.toContain('expiresOn');
  });

  it('survive the shell as they are', () => {
    const printed = execFileSync(
      'sh',
      ['-c', `az() { printf '%s\\n' "$@"; }; ${policySnippet(exempting)}`],
      { encoding: 'utf8' },
    );
    const body: unknown = JSON.parse(printed.slice(printed.indexOf('{')));
    expect(body).toMatchObject({
      properties: {
        displayName: exempting.reason,
        metadata: { portcullis: { checks: [exempting.checkId] }, approvedBy: exempting.approvedBy },
      },
    });
  });

  it('end in Azure Policy on the same last day', () => {
    const text = policySnippet(exempting);
    expect(text).toContain('"expiresOn": "2027-02-25T00:00:00.000Z"');
  });
});
