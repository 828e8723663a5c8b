import { AppLink } from '../routing/app-link.tsx';
import { pathTo } from '../routing/route.ts';
import styles from './breadcrumbs.module.css';

/** A view above the one that is shown. */
export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** Where the view stands. The overview is above all others. */
export function Breadcrumbs({
  crumbs,
  here,
}: {
  readonly crumbs: readonly Crumb[];
  readonly here: string;
}) {
  if (here === 'Overview') return null;
  const above = [{ text: 'Overview', href: pathTo('') }, ...crumbs];
  return (
    <nav aria-label="Breadcrumb" className={styles.crumbs}>
      <ol>
        {above.map(({ text, href }) => (
          <li key={href}>
            <AppLink href={href}>{text}</AppLink>
          </li>
        ))}
        <li aria-current="page" className={styles.here}>
          {here}
        </li>
      </ol>
    </nav>
  );
}
