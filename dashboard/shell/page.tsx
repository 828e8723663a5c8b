import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { type ReactNode, useEffect } from 'react';
import type { Reading } from '../api/resource-store.ts';
import { type Crumb, Breadcrumbs } from './breadcrumbs.tsx';
import { Freshness } from './freshness.tsx';
import { Loading } from './loading.tsx';
import styles from './page.module.css';

interface PageProps<T> {
  readonly title: string;
  /** What kind of thing the title names, or what the view is for. */
  readonly subtitle?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  /** Buttons that concern the whole view. */
  readonly actions?: ReactNode;
  /** What the view shows. */
  readonly resource: Reading<T> & { readonly retry: () => void };
  readonly children: (data: T) => ReactNode;
}

/** A view: its title, what it is part of, how fresh it is, and what keeps it from being so. */
export function Page<T>(props: PageProps<T>) {
  const { title, subtitle, crumbs = [], actions, resource, children } = props;
  const { data, trouble, retry, readAt } = resource;
  useEffect(() => {
    document.title = title === 'Overview' ? 'Portcullis' : `${title} · Portcullis`;
  }, [title]);
  return (
    <>
      <Breadcrumbs crumbs={crumbs} here={title} />
      <div className={styles.head}>
        <div className={styles.titles}>
          <h1 className={styles.title}>{title}</h1>
          {subtitle === undefined ? null : <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        <Freshness readAt={readAt} isStale={trouble !== undefined} onRefresh={retry} />
      </div>
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      {trouble === undefined ? null : (
        <MessageBar
          className={styles.trouble}
          intent={data === undefined ? 'error' : 'warning'}
          layout="multiline"
        >
          <MessageBarBody>
            <MessageBarTitle>{trouble.error}</MessageBarTitle>
            {data === undefined
              ? trouble.next
              : `What you see is as it was read before. ${trouble.next}`}
          </MessageBarBody>
          <MessageBarActions>
            <Button onClick={retry}>Try again</Button>
          </MessageBarActions>
        </MessageBar>
      )}
      {data === undefined ? trouble === undefined ? <Loading lines={9} /> : null : children(data)}
    </>
  );
}
