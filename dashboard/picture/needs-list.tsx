import { VerdictMark } from '../marks/verdict-mark.tsx';
import type { Need } from './explained.ts';
import styles from './needs-list.module.css';

interface NeedsListProps {
  readonly needs: readonly Need[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** What the nodes must reach although outbound is restricted, each with its answer. */
export function NeedsList({ needs, chosen, onChoose }: NeedsListProps) {
  const numbered = needs.map((need, index) => ({ need, id: `need.${index}` }));
  const groups = [
    ['Always needed', numbered.filter(({ need }) => !need.isOptional)],
    ['Needed by some features', numbered.filter(({ need }) => need.isOptional)],
  ] as const;
  return groups.map(([title, members]) =>
    members.length === 0 ? null : (
      <section key={title}>
        <h4 className={styles.title}>{title}</h4>
        <ul className={styles.list}>
          {members.map(({ need, id }) => (
            <li key={id}>
              <button
                type="button"
                className={`${styles.need} ${need.kind === 'fail' ? styles.fail : ''} ${id === chosen ? styles.chosen : ''}`}
                aria-haspopup="dialog"
                aria-expanded={id === chosen}
                onClick={() => onChoose(id)}
              >
                <VerdictMark kind={need.kind} />
                <span className={styles.what}>{need.what}</span>
                <span className={styles.rule}>{need.evidence[0]?.rule ?? ''}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    ),
  );
}
