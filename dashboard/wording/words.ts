import type {
  Alert,
  Check,
  ClusterDetail,
  Mode,
  Posture,
  Remediation,
  Severity,
  Transition,
  VerdictKind,
} from '../api/api-types.ts';

/** From the worst to the mildest. */
export const severities = [
  'critical',
  'high',
  'medium',
  'low',
  'info',
] as const satisfies readonly Severity[];

export const severityWords: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

export const verdictWords: Readonly<Record<VerdictKind, string>> = {
  fail: 'Fails',
  unknown: 'Not known',
  pass: 'Passes',
  notApplicable: 'Does not apply',
};

export const postures = [
  'nonCompliant',
  'unknown',
  'compliant',
] as const satisfies readonly Posture[];

export const postureWords: Readonly<Record<Posture, string>> = {
  nonCompliant: 'Not compliant',
  unknown: 'Not known',
  compliant: 'Compliant',
};

export const apiServerWords: Readonly<Record<ClusterDetail['apiServer'], string>> = {
  public: 'Public',
  authorizedRanges: 'Public, authorized ranges only',
  privateLink: 'Private (private link)',
  vnetIntegration: 'Private (API server VNet integration)',
};

export const transitionWords: Readonly<Record<Transition['kind'], string>> = {
  opened: 'Began to fail',
  reopened: 'Fails again',
  resolved: 'Resolved',
  exempted: 'Accepted by an exemption',
  exemptionEnded: 'Exemption ended',
  severityChanged: 'Severity changed',
};

export const resolutionWords: Readonly<Record<string, string>> = {
  passes: 'the check passes',
  notApplicable: 'the check no longer applies',
  clusterGone: 'the cluster is gone',
  notChecked: 'it is no longer checked',
};

export const remediationWords: Readonly<Record<Remediation['state'], string>> = {
  queued: 'Queued',
  awaitingApproval: 'Waits for approval',
  approved: 'Approved',
  waiting: 'Waits for its window',
  running: 'Running',
  done: 'Done',
  rolledBack: 'Rolled back',
  partlyRolledBack: 'Partly rolled back',
  refused: 'Refused',
  void: 'Void: something changed',
  rejected: 'Rejected',
  expired: 'Expired',
};

export const modeWords: Readonly<Record<Mode, string>> = {
  audit: 'Only looks',
  alert: 'Looks and tells',
  plan: 'Plans fixes and asks for approval',
  remediate: 'Applies fixes',
};

export const alertWords: Readonly<Record<Alert['state'], string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

export const remediationKinds: Readonly<Record<Check['remediation'], string>> = {
  automatic: 'Can be applied by itself',
  approval: 'Applied after approval',
  snippet: 'A snippet for you to apply',
  none: 'Has to be done by hand',
};
