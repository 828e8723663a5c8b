import { useResource } from '../../api/use-resource.ts';
import { Page } from '../../shell/page.tsx';

/** How the tenant stands. */
export function Overview() {
  const overview = useResource('/overview', {});
  return (
    <Page title="Overview" resource={overview}>
      {(data) => <p>{data.posture.definition}</p>}
    </Page>
  );
}
