import { type ResourceId, nameOf } from '../model/resource-id.ts';
import type { ArmWrite } from '../remediation/arm-write.ts';
import type { GrantedRole } from '../remediation/plan.ts';
import type { Paint } from './paint.ts';
import { counted, hang } from './text-layout.ts';
import { type Effect, type WhatIf, isTold, kindText } from './what-if.ts';

/** What would become of one thing that a remediation made. */
export interface ForeseenRemoval extends Pick<ArmWrite, 'method' | 'url'> {
  readonly id: ResourceId;
  /** The role that goes with it; null for a rule. */
  readonly role: GrantedRole | null;
  /** What is somebody else's or locked is left; of what was not seen, or may be locked, nobody knows. */
  readonly outcome: 'removed' | 'left' | 'unknown';
  /** Why it is not removed; null where it is. */
  readonly because: string | null;
}

/** What taking a remediation back would do. */
export interface ForeseenRollback {
  /** In the order in which they are dealt with. */
  readonly removals: readonly ForeseenRemoval[];
  /** What comes of those that are removed, or may be. */
  readonly found: WhatIf;
}

/** What taking something back would do to verdicts, or why that is not known. */
export type RollbackEffects =
  | ({ readonly kind: 'judged' } & ForeseenRollback)
  | { readonly kind: 'unknown'; readonly because: string };

/** Whether all that taking it back may do is known. */
export function isForeseen({ removals, found }: ForeseenRollback): boolean {
  return isTold(found) && removals.every(({ outcome }) => outcome !== 'unknown');
}

/** So many verdicts are named; `plan --what-if` has them all. */
const mostNamed = 12;

/** Which checks of which clusters rely on what is about to be taken back, for whoever is asked. */
export function rollbackEffectLines(
  effects: RollbackEffects,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  if (effects.kind === 'unknown') {
    const text = `Which checks would fail after it is not known: ${effects.because}`;
    return hang(` ${paint('?', 'unknown')} `, text, width);
  }
  const { removals, found } = effects;
  const named = (wanted: Effect): readonly string[] =>
    found.clusters.flatMap(({ name, verdicts }) =>
      verdicts
        .filter(({ effect }) => effect === wanted)
        .map(({ checkId, before, after }) => {
          return `${name}: ${checkId}, ${kindText(before)} → ${kindText(after)}`;
        }),
    );
  const [breaks, doubts] = [named('breaks'), named('doubts')];
  const lines = (mark: string, texts: readonly string[]): readonly string[] => [
    ...texts.slice(0, mostNamed).flatMap((text) => hang(mark, text, width)),
    ...(texts.length > mostNamed
      ? hang(mark, `and ${counted(texts.length - mostNamed, 'more')}`, width)
      : []),
  ];
  const apart = removals.flatMap(({ id, outcome, because }) =>
    outcome === 'removed'
      ? []
      : outcome === 'left'
        ? [`${nameOf(id)} is left: ${because}`]
        : [`Whether ${nameOf(id)} is removed is not known: ${because}`],
  );
  return [
    ...lines(` ${paint('?', 'unknown')} `, apart),
    ...lines(` ${paint('✗', 'nonCompliant')} `, breaks),
    ...lines(` ${paint('?', 'unknown')} `, doubts),
    // Of what is not known nothing good is said.
    ...(breaks.length + doubts.length === 0 && isForeseen(effects)
      ? hang('   ', `No check of ${counted(found.examined, 'cluster')} comes to fail by it.`, width)
      : []),
    ...(isForeseen(effects) || doubts.length > 0
      ? []
      : hang(
          ` ${paint('?', 'unknown')} `,
          'Not everything that may rely on it could be read.',
          width,
        )),
  ];
}
