import { Button } from '@fluentui/react-components';
import { use, useState } from 'react';
import type { Decided, Remediation } from '../api/api-types.ts';
import { PersonContext } from '../shell/person.ts';
import { remediationWords } from '../wording/words.ts';
import { type Decision, decisions, decisionsIn, objectionTo } from './decision.ts';
import { DecisionDialog } from './decision-dialog.tsx';
import styles from './decision-buttons.module.css';

interface DecisionButtonsProps {
  readonly remediation: Remediation;
  /** Called when something was decided, to read anew what came of it. */
  readonly onDecided: () => void;
}

/** What can be decided about a remediation now, or why not by this person. */
export function DecisionButtons({ remediation, onDecided }: DecisionButtonsProps) {
  const { roles } = use(PersonContext);
  const [asked, setAsked] = useState<Decision>();
  const [made, setMade] = useState<Decided>();
  const possible = decisionsIn(remediation.state);
  const objections = [
    ...new Set(possible.flatMap((decision) => objectionTo(decision, roles) ?? [])),
  ];
  return (
    <div className={styles.buttons}>
      {possible.map((decision) => (
        <Button
          key={decision}
          appearance={decision === 'approve' ? 'primary' : 'secondary'}
          disabledFocusable={objectionTo(decision, roles) !== undefined}
          onClick={() => {
            setMade(undefined);
            setAsked(decision);
          }}
        >
          {`${decisions[decision].verb}…`}
        </Button>
      ))}
      {objections.map((objection) => (
        <p key={objection} className={styles.why}>
          {objection}
        </p>
      ))}
      <p role="status">{made?.state === remediation.state ? saidOf(made) : ''}</p>
      {asked === undefined ? null : (
        <DecisionDialog
          decision={asked}
          remediation={remediation}
          onClose={() => setAsked(undefined)}
          onDecided={(decided) => {
            setAsked(undefined);
            setMade(decided);
            onDecided();
          }}
        />
      )}
    </div>
  );
}

/** What came of a decision, as long as nothing has come after it. */
function saidOf({ state, note }: Decided): string {
  return `${remediationWords[state]}.${note === undefined ? '' : ` ${note}`}`;
}
