import { FluentProvider } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import { useResource } from '../api/use-resource.ts';
import { usePath } from '../routing/location.ts';
import { routeOf } from '../routing/route.ts';
import { useTheme } from '../theme/use-theme.ts';
import { CurrentView } from '../views/current-view.tsx';
import { Banner } from './banner.tsx';
import styles from './dashboard.module.css';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { PersonContext, nobody } from './person.ts';

/** The whole page: the header, the ways to its views, and the view that the address names. */
export function Dashboard() {
  const { theme, shade, toggle } = useTheme();
  const path = usePath();
  const route = routeOf(path);
  const person = useResource('/me', {}).data ?? nobody;
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);

  // After a way was taken within the page, the keyboard and the screen reader start at its top.
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    setOpen(false);
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <FluentProvider theme={theme}>
      <PersonContext value={person}>
        <div className={styles.page} data-shade={shade}>
          <a className={styles.skip} href="#main">
            Skip to the content
          </a>
          <Header
            person={person}
            shade={shade}
            onToggleShade={toggle}
            isNavigationOpen={isOpen}
            onToggleNavigation={() => setOpen(!isOpen)}
          />
          <Banner person={person} />
          <div className={styles.body}>
            <Navigation route={route} isOpen={isOpen} />
            <main id="main" ref={main} tabIndex={-1} className={styles.main}>
              <CurrentView route={route} />
            </main>
          </div>
        </div>
      </PersonContext>
    </FluentProvider>
  );
}
