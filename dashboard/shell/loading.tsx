import { Skeleton, SkeletonItem } from '@fluentui/react-components';
import styles from './loading.module.css';

/** Grey bars in place of what is not there yet. */
export function Loading({ lines = 3 }: { readonly lines?: number }) {
  return (
    <Skeleton aria-label="Being read" className={styles.bars}>
      {Array.from({ length: lines }, (_, index) => (
        <SkeletonItem
          key={index}
          size={16}
          className={index % 3 === 2 ? styles.short : undefined}
        />
      ))}
    </Skeleton>
  );
}
