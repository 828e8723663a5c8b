import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import type { Plan } from '../api/api-types.ts';
import { Mark } from '../marks/mark.tsx';
import styles from './plan-proof.module.css';

const claims: Readonly<Record<keyof Plan['proof'], string>> = {
  checkPasses: 'With it, the check passes',
  withinRequest: 'It opens nothing beyond what the check asks for',
  nothingDenied: 'It stops nothing that passes today',
  othersKept: 'No other check that passes comes to fail',
};

const order = ['checkPasses', 'withinRequest', 'nothingDenied', 'othersKept'] as const;

/** What is proven of a plan, on what was read. */
export function PlanProof({ proof }: { readonly proof: Plan['proof'] }) {
  return (
    <ul className={styles.list}>
      {order.map((claim) => (
        <li key={claim}>
          {proof[claim] ? (
            <Mark tone="good" icon={CheckmarkCircle16Filled} text={claims[claim]} />
          ) : (
            <Mark tone="bad" icon={DismissCircle16Filled} text={`Not so: ${claims[claim]}`} />
          )}
        </li>
      ))}
    </ul>
  );
}
