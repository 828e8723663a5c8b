import type { Explanation } from '../api/api-types.ts';
import type { Access, Hop, Need, Path } from './explained.ts';

/** What was chosen in the picture. */
export type Choice =
  | { readonly kind: 'hop'; readonly path: Path; readonly hop: Hop }
  | { readonly kind: 'need'; readonly need: Need }
  | { readonly kind: 'access'; readonly access: Access };

/** What an id of the picture stands for: `in.0.2`, `out.1.3`, `need.4`, `role.0`. */
export function choiceOf(explanation: Explanation, id: string): Choice | undefined {
  const [kind, ...rest] = id.split('.');
  const [first = -1, second = -1] = rest.map(Number);
  if (kind === 'need') {
    const need = explanation.needs[first];
    return need === undefined ? undefined : { kind: 'need', need };
  }
  if (kind === 'role') {
    const access = explanation.access[first];
    return access === undefined ? undefined : { kind: 'access', access };
  }
  if (kind !== 'in' && kind !== 'out') return undefined;
  const path = (kind === 'in' ? explanation.inbound : explanation.outbound)[first];
  const hop = path?.hops[second];
  return path === undefined || hop === undefined ? undefined : { kind: 'hop', path, hop };
}
