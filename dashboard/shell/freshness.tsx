import { Button } from '@fluentui/react-components';
import { ArrowClockwise16Regular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { Warning16Filled } from '@fluentui/react-icons/svg/warning';
import { distance, momentText } from '../wording/moments.ts';
import styles from './freshness.module.css';
import { useNow } from './use-now.ts';

interface FreshnessProps {
  readonly readAt: number | undefined;
  readonly isStale: boolean;
  readonly onRefresh: () => void;
}

/** When the service last answered for what is shown. */
export function Freshness({ readAt, isStale, onRefresh }: FreshnessProps) {
  const now = useNow();
  if (readAt === undefined) return null;
  const when = isStale ? distance(readAt, now) : momentText(new Date(readAt).toISOString());
  return (
    <p className={isStale ? `${styles.line} ${styles.stale}` : styles.line}>
      {isStale ? <Warning16Filled aria-hidden="true" /> : null}
      <span>{isStale ? `Not current: read ${when}` : `As of ${when}`}</span>
      <Button
        className={styles.button}
        size="small"
        appearance="subtle"
        icon={<ArrowClockwise16Regular />}
        aria-label="Read again now"
        title="Read again now"
        onClick={onRefresh}
      />
    </p>
  );
}
