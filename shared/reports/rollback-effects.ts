import type { Paint } from './paint.ts';
import { counted, hang } from './text-layout.ts';
import { type Effect, type WhatIf, isTold, kindText } from './what-if.ts';

/** What taking something back would do to verdicts, or why that is not known. */
export type RollbackEffects =
  | { readonly kind: 'judged'; readonly found: WhatIf }
  | { readonly kind: 'unknown'; readonly because: string };

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
  const { found } = effects;
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
  return [
    ...lines(` ${paint('✗', 'nonCompliant')} `, breaks),
    ...lines(` ${paint('?', 'unknown')} `, doubts),
    ...(breaks.length + doubts.length === 0
      ? hang('   ', `No check of ${counted(found.examined, 'cluster')} comes to fail by it.`, width)
      : []),
    ...(isTold(found) || doubts.length > 0
      ? []
      : hang(
          ` ${paint('?', 'unknown')} `,
          'Not everything that may rely on it could be read.',
          width,
        )),
  ];
}
