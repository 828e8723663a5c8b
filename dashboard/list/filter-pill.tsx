import { ChevronDown16Regular } from '@fluentui/react-icons/svg/chevron-down';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import styles from './filter-pill.module.css';

export interface Option {
  readonly value: string;
  readonly text: string;
}

interface FilterPillProps {
  readonly title: string;
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
}

/** One thing that a list is narrowed by: `Posture: all`, or what was chosen. */
export function FilterPill({ title, options, chosen, onChoose }: FilterPillProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const closeOnEscape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isOpen) return;
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      role="presentation"
      className={styles.place}
      onKeyDown={closeOnEscape}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className={chosen.length === 0 ? styles.pill : `${styles.pill} ${styles.active}`}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {`${title}: ${chosenText(options, chosen)}`}
        <ChevronDown16Regular aria-hidden="true" />
      </button>
      <fieldset id={id} className={styles.options} hidden={!isOpen} tabIndex={-1}>
        <legend className={styles.legend}>{title}</legend>
        {options.length === 0 ? <p>There is nothing to choose from.</p> : null}
        {options.map(({ value, text }) => (
          <label key={value} className={styles.option}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={() => onChoose(toggled(chosen, value))}
            />
            {text}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function toggled(chosen: readonly string[], value: string): readonly string[] {
  return chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
}

function chosenText(options: readonly Option[], chosen: readonly string[]): string {
  const [first] = chosen;
  if (first === undefined) return 'all';
  const text = options.find(({ value }) => value === first)?.text ?? first;
  return chosen.length === 1 ? text : `${text} and ${chosen.length - 1} more`;
}
