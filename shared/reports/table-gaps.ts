import type { Tail } from './scan.ts';
import { type Sheet, heading, listLines } from './table-sheet.ts';
import { type Blank, placeText } from './table-unknowns.ts';
import { grouped } from './text-layout.ts';

/** What was not read, without what stands under UNKNOWN already. */
export function gapLines({ gaps }: Tail, told: readonly Blank[], sheet: Sheet): string[] {
  const names = new Set(told.map(({ what }) => what));
  const others = gaps.filter(({ what }) => !names.has(what));
  const known = gaps.length - others.length;
  const remark = known === 0 ? '' : `, ${grouped(known)} of them under UNKNOWN`;
  if (gaps.length === 0) return [];
  if (others.length === 0) {
    return [heading('NOT READ', `${grouped(gaps.length)}, named under UNKNOWN`, sheet)];
  }
  const texts = others.map(({ scope, what, why }) => {
    const place = placeText(scope, what);
    return `${what}${place === '' ? '' : ` (${place})`}: ${why}`;
  });
  return listLines('NOT READ', texts, sheet, `${grouped(gaps.length)}${remark}`);
}
