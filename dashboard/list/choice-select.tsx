import { Select } from '@fluentui/react-components';
import { useId } from 'react';
import styles from './choice-select.module.css';
import type { Option } from './filter-pill.tsx';

interface ChoiceSelectProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

/** One of a few, with a label beside it. */
export function ChoiceSelect({ label, options, value, onChoose }: ChoiceSelectProps) {
  const id = useId();
  return (
    <span className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <Select id={id} value={value} onChange={(_, chosen) => onChoose(chosen.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </Select>
    </span>
  );
}
