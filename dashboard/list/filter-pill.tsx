import {
  Menu,
  MenuButton,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
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
  return (
    <Menu
      checkedValues={{ chosen: [...chosen] }}
      onCheckedValueChange={(_, { checkedItems }) => onChoose(checkedItems)}
    >
      <MenuTrigger disableButtonEnhancement>
        <MenuButton
          shape="circular"
          className={chosen.length === 0 ? styles.pill : `${styles.pill} ${styles.active}`}
        >
          {`${title}: ${chosenText(options, chosen)}`}
        </MenuButton>
      </MenuTrigger>
      <MenuPopover className={styles.menu}>
        <MenuList>
          {options.map(({ value, text }) => (
            <MenuItemCheckbox key={value} name="chosen" value={value}>
              {text}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function chosenText(options: readonly Option[], chosen: readonly string[]): string {
  const [first] = chosen;
  if (first === undefined) return 'all';
  const text = options.find(({ value }) => value === first)?.text ?? first;
  return chosen.length === 1 ? text : `${text} and ${chosen.length - 1} more`;
}
