import { fingerprint } from '../findings/fingerprint.ts';
import type { Observed } from '../findings/reconcile.ts';
import type { Finding } from '../model/finding.ts';
import { resourceId } from '../model/resource-id.ts';
import type { Severity } from '../model/verdict.ts';
import type { AlertedCheck } from './alert-message.ts';

/** What can be wrong with the service itself, or with what it reads and was told. */
export type ConditionId =
  | 'exemption-renewed'
  | 'messages-handled'
  | 'remediation-succeeds'
  | 'scope-readable';

const runbook =
  'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger';

/** What each asks for, worded as checks are. */
export const conditionTexts: Readonly<
  Record<ConditionId, AlertedCheck & { readonly severity: Severity }>
> = {
  'exemption-renewed': {
    title: 'No exemption is about to end',
    advice: 'Renew the exemption in the settings, or put right what it accepts.',
    severity: 'medium',
    remediation: 'none',
    source: 'https://learn.microsoft.com/azure/governance/policy/concepts/exemption-structure',
  },
  'messages-handled': {
    title: 'Every message of the queues is handled',
    advice:
      'The log of the function has why it failed; docs/runbook.md says what to do. The alert ends a day after the last such message.',
    severity: 'high',
    remediation: 'none',
    source: runbook,
  },
  'remediation-succeeds': {
    title: 'Changes that are made stay made',
    advice:
      '`GET /api/remediations` has what was tried and why it ended; docs/runbook.md says what to do. The alert ends once a later change succeeds, or after a day.',
    severity: 'high',
    remediation: 'none',
    source: 'https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker',
  },
  'scope-readable': {
    title: 'Everything in scope can be read',
    advice:
      'What was not read proves nothing: `portcullis doctor` names the permission that is missing and the command that grants it.',
    severity: 'medium',
    remediation: 'none',
    source: 'https://learn.microsoft.com/azure/role-based-access-control/built-in-roles',
  },
};

/** Something that is wrong outside the checks of clusters. */
export interface Condition {
  readonly id: ConditionId;
  /** What it is about: a scope of Azure, or `/` for the service itself. */
  readonly scope: string;
  /** What tells it from others of the same kind and scope. */
  readonly which: string;
  readonly summary: string;
}

/** What is kept of a condition, as a verdict on its scope. */
export function observedCondition({ id, scope, which, summary }: Condition): Observed {
  const about = resourceId(scope);
  return {
    fingerprint: fingerprint(`${id} ${which}`, about),
    checkId: id,
    clusterId: about,
    kind: 'fail',
    severity: conditionTexts[id].severity,
    exempt: null,
    summary,
    evidence: [],
  };
}

/** That a condition has ended. */
export function observedEnd(finding: Finding): Observed {
  const { fingerprint: known, checkId, clusterId, severity, summary } = finding;
  const about = { fingerprint: known, checkId, clusterId, severity, summary };
  return { ...about, kind: 'pass', exempt: null, evidence: [] };
}
