import { AppLink } from '../routing/app-link.tsx';
import { pathTo } from '../routing/route.ts';

/** For addresses that name nothing. */
export function Nowhere({ path }: { readonly path: string }) {
  return (
    <>
      <h1>There is nothing here</h1>
      <p>{`${path} names no view of this page.`}</p>
      <p>
        <AppLink href={pathTo('')}>To the overview</AppLink>
      </p>
    </>
  );
}
