import type { WhatIf } from '../../api/api-types.ts';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { ClusterChanges } from '../../what-if/cluster-changes.tsx';
import { counted } from '../../wording/numbers.ts';

/** What a rule would do to the clusters that depend on its group. */
export function WhatIfAnswer({ answer }: { readonly answer: WhatIf }) {
  const { clusters, dependents, examined, isTold, remark } = answer;
  const breaking = clusters.filter(({ verdicts }) =>
    verdicts.some(({ effect }) => effect === 'breaks'),
  );
  return (
    <>
      <Card
        title={
          breaking.length > 0
            ? `It would break ${counted(breaking.length, 'cluster')}`
            : clusters.length === 0
              ? 'It would change nothing'
              : 'It would break no cluster'
        }
      >
        <p>
          {`${counted(dependents, 'cluster')} depend on this group; ${examined} were read just now and judged.`}
        </p>
        {isTold ? null : <p>{`Not all that it may do is known. ${remark ?? ''}`}</p>}
      </Card>
      {clusters.map((cluster) => (
        <Card
          key={cluster.key}
          title={cluster.name}
          more={<AppLink href={pathTo('clusters', cluster.key)}>The cluster</AppLink>}
        >
          <ClusterChanges cluster={cluster} />
        </Card>
      ))}
    </>
  );
}
