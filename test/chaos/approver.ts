/** The people who decide about plans, before and after they are carried out: by the answers of the API, while things go wrong. */
import type { Refused } from '../../shared/api/admit.ts';
import type { CsvReply, JsonReply } from '../../shared/api/context.ts';
import { type Caller, roles } from '../../shared/model/caller.ts';
import type { Decision } from '../../shared/pipeline/decide-remediation.ts';
import type { RemediationState } from '../../shared/remediation/journal.ts';
import { createRandom } from '../../simulator/estate/random.ts';

/** A decision that somebody asked for, and what they were told. */
export interface Asked extends Pick<Decision, 'id' | 'kind' | 'hash' | 'by'> {
  /** `unsure` where no answer came: it may have been taken or not. */
  readonly answer: 'taken' | 'refused' | 'unsure';
}

/** What a request of somebody is answered; it throws where no answer comes. */
export type Door = (
  caller: Caller,
  method: 'GET' | 'POST',
  path: string,
  more: { readonly query?: Readonly<Record<string, string>>; readonly body?: unknown },
) => Promise<JsonReply<unknown> | CsvReply | Refused>;

const [ada, ben] = ['ada@example.com', 'ben@example.com'].map((name): Caller => ({
  name,
  provider: 'aad',
  roles,
  hasKey: false,
})) as [Caller, Caller];

/** Most plans are approved, a few rejected. */
const rejected = 0.2;
/** How often the other person says the same at the same moment, or the contrary. */
const agrees = 0.3;
const disagrees = 0.1;
/** So often somebody approves plans for one finding: what came to nothing then is left to wait. */
const mostApproved = 2;
/** How often a page that is out of date is decided on again, by the next time. */
const late = 0.4;
/** How often somebody has what is done taken back: once for a finding, as it is planned for again. */
const regretted = 0.15;
/** How often somebody first names another plan than the one that waits. */
const misread = 0.2;

/** What is asked for a finding: the same whenever and however often it is planned for. */
function wishOf(seed: number, fingerprint: string) {
  const random = createRandom(0xdec1de, seed, Number.parseInt(fingerprint.slice(0, 7), 16));
  const kinds = ['approve', 'reject'] as const;
  const [kind, contrary] = random.chance(rejected) ? kinds.toReversed() : kinds;
  const isMisread = random.chance(misread);
  const others = random.next();
  const also = others < agrees ? kind : others < agrees + disagrees ? contrary : undefined;
  const isLate = random.chance(late);
  return { kind, isMisread, also, isLate, isRegretted: random.chance(regretted) };
}

export type Approvers = ReturnType<typeof approversAt>;

/** Two people at a door; what they want is fixed by the seed. */
export function approversAt(door: Door, seed: number) {
  const asked: Asked[] = [];
  /** Plans as a page shows them that nobody has loaded again. */
  const outdated: Head[] = [];
  /** The plans that were approved, by their finding. */
  const approved = new Map<string, Set<string>>();
  /** Findings of which nobody has anything taken back again. */
  const takenBack = new Set<string>();

  async function ask(caller: Caller, head: Head, kind: Asked['kind'], hash = head.hash) {
    const { id } = head;
    const answer = await door(caller, 'POST', `remediations/${id}/${kind}`, {
      body: { hash, because: 'looked at' },
    }).then(
      (reply) => (reply.kind === 'json' ? ('taken' as const) : ('refused' as const)),
      () => 'unsure' as const,
    );
    asked.push({ id, kind, hash, by: caller.name, answer });
    if (kind === 'approve' && answer === 'taken') {
      approved.set(head.fingerprint, new Set(approved.get(head.fingerprint)).add(id));
    }
    return answer;
  }

  /** What the list shows in a state; nothing where it does not come. */
  async function shown(state: RemediationState): Promise<readonly Head[]> {
    const query = { state, limit: '200' };
    const reply = await door(ada, 'GET', 'remediations', { query }).catch(() => undefined);
    if (reply?.kind !== 'json') return [];
    const { remediations } = reply.json as { readonly remediations: readonly Head[] };
    return remediations.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  }

  return {
    asked: asked as readonly Asked[],
    /** Looks at what waits and decides; what fails, or cannot be seen, is for the next time. */
    async sit(): Promise<void> {
      for (const head of outdated.splice(0)) await ask(ben, head, 'approve');
      for (const head of await shown('awaitingApproval')) {
        if ((approved.get(head.fingerprint)?.size ?? 0) >= mostApproved) continue;
        const { kind, isMisread, also, isLate } = wishOf(seed, head.fingerprint);
        if (isMisread) await ask(ada, head, 'approve', 'f'.repeat(head.hash.length));
        await Promise.all([
          ask(ada, head, kind),
          ...(also === undefined ? [] : [ask(ben, head, also)]),
        ]);
        if (isLate) outdated.push(head);
      }
      for (const head of await shown('done')) {
        const { fingerprint } = head;
        if (takenBack.has(fingerprint) || !wishOf(seed, fingerprint).isRegretted) continue;
        if ((await ask(ada, head, 'rollback')) !== 'unsure') takenBack.add(fingerprint);
      }
    },
  };
}

interface Head {
  readonly id: string;
  readonly hash: string;
  readonly fingerprint: string;
}
