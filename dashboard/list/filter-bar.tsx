import { Button, SearchBox } from '@fluentui/react-components';
import { DocumentCsv20Regular } from '@fluentui/react-icons/svg/document-csv';
import { type ReactNode, useEffect, useState } from 'react';
import type { QueryChange } from '../routing/query.ts';
import { oneOf } from '../routing/query.ts';
import styles from './filter-bar.module.css';

interface FilterBarProps {
  readonly search: string;
  readonly onChange: (change: QueryChange) => void;
  /** The names of what is filtered by, to clear them all. */
  readonly filters: readonly string[];
  /** Where the same rows are as CSV; undefined where they are not. */
  readonly csv?: string;
  /** How many rows there are, in words. */
  readonly count: string;
  readonly children?: ReactNode;
}

const pause = 120;

/** What a list is narrowed by. All of it stands in the page's address. */
export function FilterBar(props: FilterBarProps) {
  const { search, onChange, filters, csv, count, children } = props;
  const asked = oneOf(search, 'search') ?? '';
  const [typed, setTyped] = useState({ words: asked, over: asked });
  // Somebody went back, or cleared the filters: what was typed before that is no longer asked for.
  const words = typed.over === asked ? typed.words : asked;
  useEffect(() => {
    if (words === asked) return undefined;
    const timer = setTimeout(() => onChange({ search: words }), pause);
    return () => clearTimeout(timer);
  }, [words, asked, onChange]);

  const isFiltered = ['search', ...filters].some((name) => oneOf(search, name) !== undefined);
  const clear = (): void =>
    onChange(Object.fromEntries(['search', ...filters].map((name) => [name, undefined])));
  return (
    <div className={styles.bar} role="search">
      <SearchBox
        className={styles.search}
        placeholder="Search"
        aria-label="Search"
        value={words}
        onChange={(_, { value }) => setTyped({ words: value, over: asked })}
      />
      {children}
      {isFiltered ? (
        <Button appearance="subtle" onClick={clear}>
          Clear filters
        </Button>
      ) : null}
      <span className={styles.space} />
      <span role="status" className={styles.count}>
        {count}
      </span>
      {csv === undefined ? null : (
        <Button
          as="a"
          href={csv}
          download=""
          appearance="subtle"
          className={styles.csv}
          icon={<DocumentCsv20Regular />}
        >
          Export to CSV
        </Button>
      )}
    </div>
  );
}
