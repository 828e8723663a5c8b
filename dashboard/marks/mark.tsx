import type { FluentIcon } from '@fluentui/react-icons';
import styles from './mark.module.css';

/** What a colour means; each goes with a shape and a word, never alone. */
export type Tone = 'good' | 'bad' | 'some' | 'open' | 'none';

interface MarkProps {
  readonly tone: Tone;
  readonly icon: FluentIcon;
  readonly text: string;
}

/** A shape and a word in the colour of what they mean. */
export function Mark({ tone, icon: Icon, text }: MarkProps) {
  return (
    <span className={`${styles.mark} ${styles[tone]}`}>
      <Icon aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}
