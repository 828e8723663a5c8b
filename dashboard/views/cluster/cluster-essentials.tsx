import { Fragment } from 'react';
import type { ClusterDetail } from '../../api/api-types.ts';
import { PortalLink } from '../../marks/portal-link.tsx';
import { FactList } from '../../shell/fact-list.tsx';
import { nameOf, scopeText } from '../../wording/resource-ids.ts';
import { apiServerWords, modeWords } from '../../wording/words.ts';
import styles from './cluster-essentials.module.css';

interface ClusterEssentialsProps {
  readonly cluster: ClusterDetail;
  /** Whether it is shown at once; else when somebody opens it. */
  readonly isOpen: boolean;
}

/** What a cluster is, as in the portal's essentials. */
export function ClusterEssentials({ cluster, isOpen }: ClusterEssentialsProps) {
  const { subscriptionName, subscriptionId, resourceGroup, location, workspaces, subnets } =
    cluster;
  const { apiServer, scoringEndpoints, mode, modeBecause, knownBy, unread, id } = cluster;
  const listed = (name: string, texts: readonly string[]) => (
    <>
      {texts.length === 0 ? 'none' : texts.map((text) => <div key={text}>{text}</div>)}
      {unread.includes(name) ? <div>and perhaps more that could not be read</div> : null}
    </>
  );
  return (
    <details className={styles.essentials} open={isOpen}>
      <summary className={styles.summary}>Essentials</summary>
      <FactList
        facts={[
          ['Subscription', subscriptionName ?? subscriptionId],
          ['Resource group', resourceGroup],
          ['Region', location],
          ['Workspaces', listed('workspaces', workspaces.map(nameOf))],
          [
            'Scoring endpoints',
            listed(
              'scoringEndpoints',
              scoringEndpoints.map(
                ({ ip, ports, visibility }) => `${ip}, port ${ports.join(', ')}, ${visibility}`,
              ),
            ),
          ],
          ['API server', apiServerWords[apiServer]],
          ['Subnets', listed('subnets', subnets.map(nameOf))],
          ['Known by', [...new Set(knownBy.map((way) => scopeText(way.id)))].join(', ')],
          [
            'Mode',
            <Fragment key="mode">
              {`${modeWords[mode]}. `}
              <span className={styles.soft}>{modeBecause}</span>
            </Fragment>,
          ],
          ['In Azure', <PortalLink key="portal" id={id} />],
        ]}
      />
    </details>
  );
}
