import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { Me } from '../api/api-types.ts';
import styles from './banner.module.css';

/** Says so where this is no real tenant, or whoever looks may not look. */
export function Banner({ person }: { readonly person: Me }) {
  if (person.provider !== 'local') return null;
  return (
    <aside aria-label="About this installation">
      <MessageBar className={styles.banner} intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>This is a demo on this machine.</MessageBarTitle>
          The clusters are made up, sign-in is by a link instead of Microsoft Entra, and whoever has
          the link may approve. What you change, you change in the simulator.
        </MessageBarBody>
      </MessageBar>
    </aside>
  );
}
