import type { ReactNode } from 'react';
import type { Tone } from '../marks/mark.tsx';
import { Connector } from './connector.tsx';
import type { Way } from './explained.ts';
import styles from './lane.module.css';

/** A place on a way. One that can be chosen has more to tell. */
export interface Stop {
  readonly id: string;
  /** What it is: `Subnet NSG`. */
  readonly kind: string;
  readonly name: string;
  readonly mark: ReactNode;
  readonly tone: Tone;
  /** What decides there. */
  readonly note?: ReactNode;
  /** How open the way is in front of it. */
  readonly way: Way;
  readonly isReached: boolean;
  readonly isEnd?: boolean;
}

interface LaneProps {
  /** What goes from where to where, and whether it arrives. */
  readonly title: ReactNode;
  readonly stops: readonly Stop[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** One way, from its start to its end: side by side where there is room, else from above. */
export function Lane({ title, stops, chosen, onChoose }: LaneProps) {
  return (
    <li className={styles.lane}>
      <h4 className={styles.title}>{title}</h4>
      <ol className={styles.track}>
        {stops.map((stop, index) => (
          <li key={stop.id} className={stop.isEnd === true ? styles.endStop : styles.stop}>
            {index === 0 ? null : <Connector way={stop.way} />}
            {stop.isEnd === true ? (
              <div className={classesOf(stop, undefined)}>
                <StopText {...stop} />
              </div>
            ) : (
              <button
                type="button"
                className={classesOf(stop, chosen)}
                aria-haspopup="dialog"
                aria-expanded={stop.id === chosen}
                onClick={() => onChoose(stop.id)}
              >
                <StopText {...stop} />
              </button>
            )}
          </li>
        ))}
      </ol>
    </li>
  );
}

function StopText({ kind, name, mark, note }: Stop) {
  return (
    <>
      <span className={styles.head}>
        <span className={styles.kind}>{kind}</span>
        {mark}
      </span>
      {name === '' ? null : (
        <span className={styles.name} title={name}>
          {name}
        </span>
      )}
      {note === undefined ? null : <span className={styles.note}>{note}</span>}
    </>
  );
}

function classesOf({ id, tone, isReached, isEnd }: Stop, chosen: string | undefined): string {
  return [
    styles.card,
    styles[tone],
    isReached ? '' : styles.unreached,
    isEnd === true ? styles.end : '',
    id === chosen ? styles.chosen : '',
  ].join(' ');
}
