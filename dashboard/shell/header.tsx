import { Button, Tooltip } from '@fluentui/react-components';
import { Navigation20Regular } from '@fluentui/react-icons/svg/navigation';
import { WeatherMoon20Regular } from '@fluentui/react-icons/svg/weather-moon';
import { WeatherSunny20Regular } from '@fluentui/react-icons/svg/weather-sunny';
import type { Me } from '../api/api-types.ts';
import { follow } from '../routing/app-link.tsx';
import { pathTo } from '../routing/route.ts';
import type { Shade } from '../theme/use-theme.ts';
import styles from './header.module.css';

interface HeaderProps {
  readonly person: Me;
  readonly shade: Shade;
  readonly onToggleShade: () => void;
  readonly isNavigationOpen: boolean;
  readonly onToggleNavigation: () => void;
}

/** The bar at the top: where one is, and as whom. */
export function Header(props: HeaderProps) {
  const { person, shade, onToggleShade, isNavigationOpen, onToggleNavigation } = props;
  const home = pathTo('');
  const other = shade === 'dark' ? 'light' : 'dark';
  return (
    <header className={styles.header}>
      <Button
        className={styles.menu}
        appearance="transparent"
        icon={<Navigation20Regular />}
        aria-label="Navigation"
        aria-expanded={isNavigationOpen}
        aria-controls="navigation"
        onClick={onToggleNavigation}
      />
      <a className={styles.name} href={home} onClick={(event) => follow(event, home)}>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            d="M3 22V9.500C3 4.500 7 2 12 2s9 2.500 9 7.500V22M8 4v18M12 2.500V22M16 4v18M3 10h18M3 16h18"
          />
        </svg>
        Portcullis
      </a>
      <span className={styles.what}>Inference clusters of Azure Machine Learning</span>
      <span className={styles.space} />
      <Tooltip content={`Change to the ${other} theme`} relationship="label">
        <Button
          className={styles.button}
          appearance="transparent"
          icon={shade === 'dark' ? <WeatherSunny20Regular /> : <WeatherMoon20Regular />}
          onClick={onToggleShade}
        />
      </Tooltip>
      {person.name === '' ? null : (
        <span className={styles.person}>
          <span className={styles.personName}>{person.name}</span>
          <span className={styles.roles}>{person.roles.join(', ') || 'no role'}</span>
        </span>
      )}
    </header>
  );
}
