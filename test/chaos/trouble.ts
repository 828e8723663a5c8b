/** What goes wrong around the service, by seed, and how often it did. */
import type { Random } from '../../simulator/estate/random.ts';
import type { Trouble as AzureTrouble } from '../../simulator/control.ts';
import { ConflictError } from '../../shared/store-ports.ts';

/** How likely an operation fails, and in which way. */
export interface Mishaps {
  /** Nothing is done. */
  readonly refused?: number;
  /** It is done, and seems not to be. */
  readonly lost?: number;
  /** Somebody else was quicker, or so it seems: nothing is done. */
  readonly crossed?: number;
}

/** The places where something may go wrong. */
const ports = ['azure', 'files', 'queues', 'receivers', 'tables', 'writer'] as const;
export type Port = (typeof ports)[number];

/** What goes wrong while it lasts; nothing else does. */
export interface Trouble {
  /** Of Azure by wire. */
  readonly wire?: AzureTrouble;
  /** Milliseconds that Azure's index lies behind. */
  readonly indexLagMs?: number;
  readonly mishaps?: Partial<Readonly<Record<Port, Mishaps>>>;
  /** Share of reads of Azure that leave out a type of rows in a subscription, and say so. */
  readonly gaps?: number;
  /** Share of writes after which somebody else takes away what was written. */
  readonly rivals?: number;
  /** Share of writes of which the answer is a refusal, or that another operation is under way. */
  readonly busyWrites?: number;
  readonly messages?: {
    /** Share that comes twice, never comes, or comes late and so in another order. */
    readonly twice?: number;
    readonly lost?: number;
    readonly late?: number;
    /** Messages of no known form, in each queue. */
    readonly junk?: number;
  };
  readonly events?: { readonly twice?: number; readonly lost?: number; readonly late?: number };
  /** Share of invocations that are killed, after one of so many steps. */
  readonly kills?: { readonly share: number; readonly steps: number };
  /** The service's clock is wrong by so many milliseconds, each for a while in turn. */
  readonly clock?: readonly number[];
  /** Share of readings of the settings that fail. */
  readonly unreadableSettings?: number;
}

/** Something that an operation of a port throws although the service did nothing wrong. */
export class Mishap extends Error {
  override readonly name = 'Mishap';
}

/** The process is not there any more. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Names of what happened, and how often. */
export class Happened {
  readonly counts = new Map<string, number>();

  note(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  /** Whether something so likely happens now, and notes it; the first time it could, it does. */
  strikes(random: Random, share: number, what: string): boolean {
    const drawn = random.chance(share);
    const isFirst = share > 0 && !this.counts.has(what);
    if (drawn || isFirst) this.note(what);
    return drawn || isFirst;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** One invocation of a function: it lives until it is done, or is killed after so many steps. */
export interface Life {
  /** Does one step at a port, or whatever befalls it. */
  step<T>(port: Port, isWrite: boolean, act: () => Promise<T>): Promise<T>;
}

/** A life under the trouble there is now. */
export function lifeUnder(trouble: () => Trouble, random: Random, happened: Happened): Life {
  const kills = trouble().kills;
  let left =
    kills !== undefined && random.chance(kills.share)
      ? random.int(0, kills.steps)
      : Number.POSITIVE_INFINITY;
  const isDoneFirst = random.chance(0.5);
  let isDead = false;
  return {
    async step(port, isWrite, act) {
      if (isDead) throw new Killed('the process is gone');
      left -= 1;
      if (left < 0) {
        isDead = true;
        happened.note('killed');
        if (isDoneFirst) await act();
        throw new Killed('the process was killed');
      }
      const mishaps = trouble().mishaps?.[port];
      if (mishaps === undefined) return act();
      const { refused = 0, lost = 0, crossed = 0 } = mishaps;
      if (happened.strikes(random, refused, `${port} refused`)) {
        throw new Mishap(`503 ServerBusy (${port})`);
      }
      if (!isWrite) return act();
      if (happened.strikes(random, crossed, `${port} crossed`)) {
        throw new ConflictError(`412 UpdateConditionNotSatisfied (${port})`);
      }
      if (!happened.strikes(random, lost, `${port} lost`)) return act();
      await act();
      throw new Mishap(`ECONNRESET after it was done (${port})`);
    },
  };
}
