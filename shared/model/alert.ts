import type { Change } from './finding.ts';
import type { ResourceId } from './resource-id.ts';
import type { Severity } from './verdict.ts';

/** Where the transitions lie of which an alert tells: findings of clusters, or conditions of the service itself. */
export type AlertSource = 'findings' | 'conditions';

/** What became of an alert, as a receiver hears it. */
export type AlertChange = 'opened' | 'reopened' | 'severityChanged' | 'resolved';

/** How far one receiver has heard of one alert. */
export interface Heard {
  /** The number of the last transition that it has heard of, or need not hear of. */
  readonly sequence: number;
  /** Whether it was told that something is wrong and not yet that it is right again. */
  readonly firing: boolean;
  /** How often it was told that something is wrong. */
  readonly times: number;
  /** Since when, the last time it was told so: when that was read, ISO 8601 in UTC. */
  readonly firedAt?: string;
}

/** How delivery to one receiver stands. */
export interface Delivery extends Heard {
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  /** Before this it is not tried again, ISO 8601 in UTC. */
  readonly retryAt?: string;
  /** Why the last attempt failed, without secrets. */
  readonly why?: string;
  /** Since when nobody hurries any more: it is tried again now and then. */
  readonly failedAt?: string;
}

/** What is kept of an alert: one for each fingerprint. All moments are ISO 8601 in UTC. */
export interface Alert {
  /** The fingerprint of the finding it tells of. */
  readonly id: string;
  readonly source: AlertSource;
  /** The cluster, or what else it is about. */
  readonly subject: ResourceId;
  readonly checkId: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly state: 'open' | 'acknowledged' | 'resolved';
  /** Since when it is in its state. */
  readonly since: string;
  /** Who has seen it, while it is acknowledged. */
  readonly acknowledgedBy?: string;
  /** The number of the last transition that it has taken in. */
  readonly sequence: number;
  /** How often it opened; 0 where nobody had to hear of it yet. */
  readonly times: number;
  /** Transitions up to this number have left the outbox. */
  readonly confirmed: number;
  /** By the name of the sink. */
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** Who is delivering it, and until when nobody else does: the order of transitions depends on it. */
  readonly lease?: { readonly holder: string; readonly until: string };
}

/** A message to a receiver, in no format yet. The same id and sequence are the same message. */
export interface AlertMessage {
  readonly id: string;
  readonly sequence: number;
  readonly change: AlertChange;
  /** When what it tells of was read. */
  readonly at: string;
  readonly severity: Severity;
  /** What holds when all is well: the title of the check. */
  readonly title: string;
  /** What is wrong, or that it is right again and why. */
  readonly says: string;
  readonly checkId: string;
  readonly subject: ResourceId;
  /** For people. */
  readonly subjectName: string;
  /** Since when it is wrong, this time. */
  readonly since: string;
  /** When it was wrong for the first time. */
  readonly firstSeen: string;
  /** How often it has come back. */
  readonly reopened: number;
  /** Who changed what, as far as Azure told. */
  readonly cause?: Change;
  /** What proves it, the weightiest first; a few. */
  readonly proof: readonly string[];
  /** What to do, in words, and the command where there is one. */
  readonly fix: { readonly says: string; readonly command?: string };
  readonly links: {
    /** The resource in the portal of its cloud; undefined where it has no page there. */
    readonly portal?: string;
    /** What the check asks for, by whoever asks. */
    readonly guidance?: string;
    /** The latest report of this installation; undefined where its address is not known. */
    readonly report?: string;
  };
}
