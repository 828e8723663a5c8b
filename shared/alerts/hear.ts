import type { AlertChange, Heard } from '../model/alert.ts';
import type { Finding, Transition } from '../model/finding.ts';
import { type ResourceId, isWithin } from '../model/resource-id.ts';
import { type Severity, compareSeverity } from '../model/verdict.ts';

/** What a receiver wants to hear of. */
export interface Route {
  readonly minimumSeverity: Severity;
  /** Undefined: everything. */
  readonly scopes?: readonly ResourceId[];
  /** Whether anybody may be told of a check at all. */
  readonly mayTell: (checkId: string) => boolean;
}

/** Whether a finding as it stands is something that this receiver is to know is wrong. */
function isFiring(finding: Finding, { minimumSeverity, scopes, mayTell }: Route): boolean {
  return (
    finding.state === 'open' &&
    finding.exempt === null &&
    compareSeverity(finding.severity, minimumSeverity) <= 0 &&
    (scopes?.some((scope) => isWithin(finding.clusterId, scope)) ?? true) &&
    mayTell(finding.checkId)
  );
}

/**
 * What a receiver hears of a transition, and how far it has heard then. It hears only where things
 * change for it: an exemption, a milder severity or a check that is only audited end an alert as a
 * pass does. A transition that it has heard of already changes nothing.
 */
export function hear<H extends Heard>(
  before: H,
  { sequence, kind, at, finding }: Transition,
  route: Route,
): { readonly heard: H; readonly change?: AlertChange } {
  if (sequence <= before.sequence) return { heard: before };
  const firing = isFiring(finding, route);
  const times = firing && !before.firing ? before.times + 1 : before.times;
  const fired = firing && !before.firing ? { firedAt: at } : {};
  const heard = { ...before, sequence, firing, times, ...fired };
  if (firing && !before.firing) return { heard, change: times > 1 ? 'reopened' : 'opened' };
  if (!firing && before.firing) return { heard, change: 'resolved' };
  return firing && kind === 'severityChanged' ? { heard, change: 'severityChanged' } : { heard };
}
