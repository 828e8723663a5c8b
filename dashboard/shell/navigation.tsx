import { Alert20Regular } from '@fluentui/react-icons/svg/alert';
import { Beaker20Regular } from '@fluentui/react-icons/svg/beaker';
import { ClipboardTaskListLtr20Regular } from '@fluentui/react-icons/svg/clipboard-task-list-ltr';
import { Cube20Regular } from '@fluentui/react-icons/svg/cube';
import { History20Regular } from '@fluentui/react-icons/svg/history';
import { Home20Regular } from '@fluentui/react-icons/svg/home';
import { Settings20Regular } from '@fluentui/react-icons/svg/settings';
import { ShieldError20Regular } from '@fluentui/react-icons/svg/shield-error';
import { Wrench20Regular } from '@fluentui/react-icons/svg/wrench';
import type { ReactElement } from 'react';
import { useResource } from '../api/use-resource.ts';
import { follow } from '../routing/app-link.tsx';
import { type Route, pathTo } from '../routing/route.ts';
import { numberText } from '../wording/numbers.ts';
import styles from './navigation.module.css';

interface NavigationProps {
  readonly route: Route;
  /** On narrow screens, where it is out of the way otherwise. */
  readonly isOpen: boolean;
}

/** The ways to all views, with how much waits in some of them. */
export function Navigation({ route, isOpen }: NavigationProps) {
  const { data } = useResource('/overview', {});
  return (
    <nav
      id="navigation"
      aria-label="Views"
      className={isOpen ? `${styles.nav} ${styles.open}` : styles.nav}
    >
      <div className={styles.inner}>
        <ul>
          <Way to="" views={['overview']} icon={<Home20Regular />} route={route} text="Overview" />
          <Way
            to="clusters"
            views={['clusters', 'cluster']}
            icon={<Cube20Regular />}
            route={route}
            text="Clusters"
          />
          <Way
            to="findings"
            views={['findings', 'finding']}
            icon={<ShieldError20Regular />}
            route={route}
            text="Findings"
          />
          <Way
            to="alerts"
            views={['alerts']}
            icon={<Alert20Regular />}
            route={route}
            text="Alerts"
            waiting={data?.alerts.open}
            waits="open"
          />
          <Way
            to="remediations"
            views={['remediations', 'remediation']}
            icon={<Wrench20Regular />}
            route={route}
            text="Remediations"
            waiting={data?.remediations.awaitingApproval}
            waits="wait for approval"
          />
          <Way
            to="what-if"
            views={['what-if']}
            icon={<Beaker20Regular />}
            route={route}
            text="What if"
          />
          <Way
            to="checks"
            views={['checks', 'check']}
            icon={<ClipboardTaskListLtr20Regular />}
            route={route}
            text="Checks"
          />
          <Way
            to="scans"
            views={['scans', 'scan']}
            icon={<History20Regular />}
            route={route}
            text="Scans"
          />
          <Way
            to="settings"
            views={['settings']}
            icon={<Settings20Regular />}
            route={route}
            text="Settings"
          />
        </ul>
        {data === undefined ? null : <p className={styles.version}>Portcullis {data.version}</p>}
      </div>
    </nav>
  );
}

interface WayProps {
  readonly to: Parameters<typeof pathTo>[0];
  readonly views: readonly Route['view'][];
  readonly icon: ReactElement;
  readonly text: string;
  readonly route: Route;
  readonly waiting?: number | undefined;
  readonly waits?: string;
}

function Way({ to, views, icon, text, route, waiting = 0, waits = '' }: WayProps) {
  const href = pathTo(to);
  const [list] = views;
  const isHere = views.includes(route.view);
  return (
    <li>
      <a
        className={styles.way}
        href={href}
        aria-current={route.view === list ? 'page' : isHere ? 'true' : undefined}
        onClick={(event) => follow(event, href)}
      >
        {icon}
        <span className={styles.text}>{text}</span>
        {waiting === 0 ? null : (
          <span className={styles.waiting}>
            <span aria-hidden="true">{numberText(waiting)}</span>
            <span className={styles.spoken}>{`, ${numberText(waiting)} ${waits}`}</span>
          </span>
        )}
      </a>
    </li>
  );
}
