/** What is to be accepted, why, by whom and for how long. */
export interface Exempting {
  readonly checkId: string;
  readonly clusterId: string;
  readonly fingerprint: string;
  readonly reason: string;
  readonly approvedBy: string;
  readonly ticket: string;
  /** `YYYY-MM-DD`, the last day on which it holds; empty: for good. */
  readonly expiresOn: string;
  /** The id of an assignment of Azure Policy; empty: none. */
  readonly policyAssignment: string;
}

/** The member of `exemptions` in `portcullis.settings.json`. */
export function settingsSnippet(exempting: Exempting): string {
  const { checkId, clusterId, reason, approvedBy, ticket, expiresOn } = exempting;
  return JSON.stringify(
    {
      check: checkId,
      scope: clusterId,
      reason,
      ...(approvedBy === '' ? {} : { approvedBy }),
      ...(ticket === '' ? {} : { ticket }),
      ...(expiresOn === '' ? {} : { expiresOn }),
    },
    null,
    2,
  );
}

/**
 * The same as an exemption from Azure Policy, for a POSIX shell. `az policy exemption create` takes
 * flat metadata only, and the check's id stands one level down, so it is written by `az rest`.
 * Source: learn.microsoft.com/azure/governance/policy/concepts/exemption-structure
 */
export function policySnippet(exempting: Exempting): string {
  const { checkId, clusterId, fingerprint, reason, approvedBy, ticket } = exempting;
  const name = `portcullis-${fingerprint.slice(0, 12)}`;
  const end = endOf(exempting.expiresOn);
  const body = {
    properties: {
      policyAssignmentId: exempting.policyAssignment,
      exemptionCategory: 'Waiver',
      displayName: reason.slice(0, 128),
      ...(end === undefined ? {} : { expiresOn: end }),
      metadata: {
        portcullis: { checks: [checkId] },
        ...(approvedBy === '' ? {} : { approvedBy }),
        ...(ticket === '' ? {} : { ticketRef: ticket }),
      },
    },
  };
  const address = `${clusterId}/providers/Microsoft.Authorization/policyExemptions/${name}?api-version=2022-07-01-preview`;
  return [
    'az rest --method put',
    `--url ${shellWord(address)}`,
    `--body ${shellWord(JSON.stringify(body, null, 2))}`,
  ].join(' \\\n  ');
}

/** The end of the last day: an exemption from Azure Policy ends at an instant. */
function endOf(lastDay: string): string | undefined {
  const day = Date.parse(`${lastDay}T00:00:00Z`);
  return Number.isNaN(day) ? undefined : new Date(day + 24 * 3_600_000).toISOString();
}

/** One word of a POSIX shell, whatever it holds. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
