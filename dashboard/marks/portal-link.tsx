import { Link } from '@fluentui/react-components';
import { Open16Regular } from '@fluentui/react-icons/svg/open';
import { portalLink, scopeText } from '../wording/resource-ids.ts';
import styles from './portal-link.module.css';

/** To a resource in the Azure portal. */
export function PortalLink({ id }: { readonly id: string }) {
  return (
    <Link className={styles.link} href={portalLink(id)} target="_blank" rel="noreferrer">
      {`Open ${scopeText(id)} in the Azure portal`}
      <Open16Regular aria-hidden="true" />
    </Link>
  );
}
