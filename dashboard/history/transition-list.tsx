import type { Transition } from '../api/api-types.ts';
import { SeverityMark } from '../marks/severity-mark.tsx';
import { AppLink } from '../routing/app-link.tsx';
import { pathTo } from '../routing/route.ts';
import { causeText } from '../wording/findings.ts';
import { momentText } from '../wording/moments.ts';
import { resolutionWords, transitionWords } from '../wording/words.ts';
import styles from './timeline.module.css';

interface TransitionListProps {
  readonly transitions: readonly Transition[];
  /** Whether each is named by its check, with a link to the finding. */
  readonly withCheck: boolean;
}

/** What findings went through, each with whoever changed what. */
export function TransitionList({ transitions, withCheck }: TransitionListProps) {
  if (transitions.length === 0) return <p>Nothing has happened yet.</p>;
  return (
    <ol className={styles.timeline}>
      {transitions.map(
        ({ kind, at, sequence, fingerprint, checkId, severity, cause, resolution }) => (
          <li key={`${fingerprint} ${sequence}`} className={styles.moment}>
            <p className={styles.when}>{momentText(at)}</p>
            <div>
              <p className={styles.what}>
                <strong>{transitionWords[kind]}</strong>
                {resolution === undefined ? null : (
                  <span>{resolutionWords[resolution] ?? resolution}</span>
                )}
                {withCheck ? (
                  <AppLink href={pathTo('findings', fingerprint)}>{checkId}</AppLink>
                ) : null}
                <SeverityMark severity={severity} />
              </p>
              {cause === undefined ? null : <p className={styles.cause}>{causeText(cause)}</p>}
            </div>
          </li>
        ),
      )}
    </ol>
  );
}
