import type { Alert, AlertChange, AlertSource, Delivery } from '../model/alert.ts';
import type { Transition } from '../model/finding.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { type Route, hear } from './hear.ts';

/** Where an alert's transitions lie, and which they are. */
export interface AlertHistory {
  readonly source: AlertSource;
  /** Of one finding, oldest first; at least one. */
  readonly transitions: readonly Transition[];
}

/** Something to send, and how the delivery stands once it has arrived. */
export interface Sending {
  readonly sink: string;
  readonly change: AlertChange;
  readonly transition: Transition;
  readonly delivered: Delivery;
}

/** Who heard nothing yet. */
const nothingHeard = { sequence: 0, firing: false, times: 0 } as const;

/**
 * The alert once it has taken in every transition, with a delivery for every sink there is. A sink
 * that is new hears of what happens from now on; one that is gone is forgotten. Undefined where there
 * is neither an alert nor a transition.
 */
export function reconcileAlert(
  before: Alert | undefined,
  { source, transitions }: AlertHistory,
  routes: ReadonlyMap<string, Route>,
  everybody: Route,
): Alert | undefined {
  const latest = transitions.at(-1);
  if (latest === undefined) return before;
  const known = before?.sequence ?? 0;
  const deliveries = Object.fromEntries(
    [...routes.keys()].map((name) => {
      const kept = before?.deliveries[name];
      return [name, kept ?? { ...nothingHeard, sequence: known, failures: 0 }];
    }),
  );
  const begun: Alert = before ?? begin(source, latest);
  return transitions.reduce((sofar, transition) => takeIn(sofar, transition, everybody), {
    ...begun,
    deliveries,
  });
}

function begin(source: AlertSource, { fingerprint, finding, at }: Transition): Alert {
  const { clusterId: subject, checkId, severity, summary } = finding;
  const about = { id: fingerprint, source, subject, checkId, severity, summary };
  const kept = { sequence: 0, times: 0, confirmed: 0, deliveries: {} };
  return { ...about, ...kept, state: 'resolved', since: at };
}

function takeIn(alert: Alert, transition: Transition, everybody: Route): Alert {
  const { sequence, times } = alert;
  const { heard, change } = hear(
    { sequence, times, firing: alert.state !== 'resolved' },
    transition,
    everybody,
  );
  if (heard.sequence === sequence) return alert;
  const { severity, summary } = transition.finding;
  const said = { ...alert, severity, summary, sequence: heard.sequence, times: heard.times };
  if (change === undefined || change === 'severityChanged') return said;
  const { acknowledgedBy: _, ...kept } = said;
  return { ...kept, state: heard.firing ? 'open' : 'resolved', since: transition.at };
}

/** Somebody has seen it. Undefined where there is nothing to see: it is resolved, or seen already. */
export function acknowledge(alert: Alert, by: string, at: string): Alert | undefined {
  if (alert.state !== 'open') return undefined;
  return { ...alert, state: 'acknowledged', acknowledgedBy: by, since: at };
}

/**
 * What each sink is to hear next, due or not, and the deliveries as they stand when nothing is sent:
 * transitions of which a sink need not hear are behind it.
 */
export function nextSendings(
  { deliveries }: Alert,
  transitions: readonly Transition[],
  routes: ReadonlyMap<string, Route>,
): { readonly sendings: readonly Sending[]; readonly deliveries: Alert['deliveries'] } {
  const sendings: Sending[] = [];
  const passed = Object.entries(deliveries).map(([sink, delivery]): [string, Delivery] => {
    const route = routes.get(sink);
    if (route === undefined) return [sink, delivery];
    let passedSofar = delivery;
    for (const transition of transitions) {
      const { heard, change } = hear(passedSofar, transition, route);
      if (change !== undefined) {
        sendings.push({ sink, change, transition, delivered: well(heard) });
        break;
      }
      passedSofar = heard;
    }
    return [sink, passedSofar];
  });
  return { sendings, deliveries: Object.fromEntries(passed) };
}

function well({ sequence, firing, times, firedAt }: Delivery): Delivery {
  return { sequence, firing, times, failures: 0, ...(firedAt === undefined ? {} : { firedAt }) };
}

/** Waits between attempts: ten seconds, twice as long each time, an hour at most. */
const firstWaitMs = 10_000;
const longestWaitMs = 3_600_000;

/** Whether a delivery may be tried now. */
export function isDue({ retryAt = '' }: Delivery, now: Date): boolean {
  return retryAt <= now.toISOString() || isOfWrongClock(retryAt, now, longestWaitMs);
}

/** How long to wait after so many failures in a row; longer where the receiver asks for it. */
export function waitAfter(failures: number, askedMs = 0): number {
  const own = Math.min(firstWaitMs * 2 ** Math.min(failures - 1, 20), longestWaitMs);
  return Math.max(own, Math.min(askedMs, longestWaitMs));
}
