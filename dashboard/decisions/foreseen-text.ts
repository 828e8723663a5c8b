import type { RollbackPreview } from '../api/api-types.ts';
import { counted } from '../wording/numbers.ts';
import { nameOf, scopeText } from '../wording/resource-ids.ts';

type Preview = Pick<RollbackPreview, 'clusters' | 'isTold' | 'examined'>;

/** How grave what is foreseen is: a check fails, something is not known, or neither. */
export type Foresight = 'bad' | 'open' | 'good';

/** What is foreseen, in a sentence; what is not known is never said to be well. */
export function foreseenText({
  clusters,
  isTold,
  examined,
}: Preview): readonly [Foresight, string] {
  const breaking = clusters.map(
    ({ verdicts }) => verdicts.filter(({ effect }) => effect === 'breaks').length,
  );
  const checks = breaking.reduce((sum, count) => sum + count, 0);
  if (checks > 0) {
    const affected = counted(breaking.filter((count) => count > 0).length, 'cluster');
    const [one, many] = [
      `${counted(checks, 'check')} of ${affected}`,
      checks === 1 ? 'comes' : 'come',
    ];
    return ['bad', `${one} ${many} to fail${isTold ? '' : ', and perhaps more'}`];
  }
  return isTold
    ? ['good', `No check of ${counted(examined, 'cluster')} comes to fail`]
    : ['open', 'Whether a check comes to fail is not known'];
}

/** What a remediation made: `Rule r of network security group n`, or a role, for whom and where. */
export function madeText({ id, role }: RollbackPreview['removals'][number]): string {
  if (role !== null) return `${role.role} for ${role.principalId} at ${scopeText(role.scope)}`;
  const [, group, rule] = /^(.*)\/securityrules\/([^/]+)$/.exec(id) ?? [];
  return group === undefined || rule === undefined
    ? scopeText(id)
    : `Rule ${nameOf(rule)} of ${scopeText(group)}`;
}
