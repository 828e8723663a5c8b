import type { Plan } from '../api/api-types.ts';
import { HopMark } from '../marks/hop-mark.tsx';
import { Mark } from '../marks/mark.tsx';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleOff16Regular } from '@fluentui/react-icons/svg/circle-off';
import { scopeText } from '../wording/resource-ids.ts';
import { boxText } from './packet-box.ts';
import { Scroll } from '../shell/scroll.tsx';
import styles from './plan-tables.module.css';

/** What a plan does to packets and permissions: exactly these, and no others. */
export function BeforeAfter({ plan }: { readonly plan: Plan }) {
  const { newlyAllowed, newlyDenied, newlyGranted } = plan.diff;
  const passes = <HopMark state="allowed" text="Passes" />;
  const stopped = <HopMark state="denied" text="Stopped" />;
  return (
    <Scroll className={styles.scroll} label="Before and after">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{newlyGranted.length > 0 ? 'Permission' : 'Packets'}</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {newlyAllowed.map((box) => (
            <tr key={`allowed ${boxText(box)}`}>
              <td>{boxText(box)}</td>
              <td>{stopped}</td>
              <td>{passes}</td>
            </tr>
          ))}
          {newlyDenied.map((box) => (
            <tr key={`denied ${boxText(box)}`}>
              <td>{boxText(box)}</td>
              <td>{passes}</td>
              <td>{stopped}</td>
            </tr>
          ))}
          {newlyGranted.map(({ principalId, role, scope }) => (
            <tr key={`${principalId} ${role} ${scope}`}>
              <td>{`${role} for ${principalId} at ${scopeText(scope)}`}</td>
              <td>
                <Mark tone="none" icon={CircleOff16Regular} text="Not assigned" />
              </td>
              <td>
                <Mark tone="good" icon={CheckmarkCircle16Filled} text="Assigned" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
