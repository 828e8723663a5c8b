import type { Overview } from '../../api/api-types.ts';
import { AppLink } from '../../routing/app-link.tsx';
import { changedQuery } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { PostureMark } from '../../marks/verdict-mark.tsx';
import { numberText, shareText } from '../../wording/numbers.ts';
import { postures } from '../../wording/words.ts';
import styles from './posture-card.module.css';

/** How many clusters are as they should be, and what that means. */
export function PostureCard({ posture }: { readonly posture: Overview['posture'] }) {
  const { score, definition, clusters, compliant } = posture;
  return (
    <Card title="Posture">
      <p className={styles.score}>
        <span className={styles.number}>{score === null ? '–' : shareText(score)}</span>
        <span>{`${numberText(compliant)} of ${numberText(clusters)} clusters are compliant`}</span>
      </p>
      <div className={styles.bar} aria-hidden="true">
        {postures.map((one) => (
          <span key={one} className={styles[one]} style={{ flexGrow: posture[one] }} />
        ))}
      </div>
      <ul className={styles.counts}>
        {postures.map((one) => (
          <li key={one}>
            <PostureMark posture={one} />
            <AppLink href={pathTo('clusters') + changedQuery('', { posture: one })}>
              {numberText(posture[one])}
            </AppLink>
          </li>
        ))}
      </ul>
      <p className={styles.definition}>{definition}</p>
    </Card>
  );
}
