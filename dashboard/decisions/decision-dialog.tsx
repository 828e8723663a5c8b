import {
  Button,
  Field,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  Textarea,
} from '@fluentui/react-components';
import { useCallback, useRef, useState } from 'react';
import type { Decided, Remediation } from '../api/api-types.ts';
import type { Trouble } from '../api/problem.ts';
import { send } from '../api/send.ts';
import { Modal } from '../shell/modal.tsx';
import { type Decision, decisions } from './decision.ts';
import { RollbackForesight } from './rollback-foresight.tsx';
import styles from './decision-dialog.module.css';

interface DecisionDialogProps {
  readonly decision: Decision;
  /** As it was looked at: the decision is about this hash and no other. */
  readonly remediation: Remediation;
  readonly onClose: () => void;
  /** Called with what came of it. */
  readonly onDecided: (decided: Decided) => void;
}

const longest = 1000;

/** Asks whether it is meant, and why. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { decision, remediation, onClose, onDecided } = props;
  const { verb, asks, warns, needsReason } = decisions[decision];
  // What is shown is what is decided about, whatever the page reads meanwhile.
  const [{ id, hash, summary, clusterName }] = useState(remediation);
  const [because, setBecause] = useState('');
  const [isSending, setSending] = useState(false);
  const [isTried, setTried] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const [isForeseen, setForeseen] = useState(decision !== 'rollback');
  const settle = useCallback(() => setForeseen(true), []);
  const reasonBox = useRef<HTMLTextAreaElement>(null);
  const reason = because.trim();
  const isMissing = needsReason && reason === '';

  const decide = async (): Promise<void> => {
    setTried(true);
    // It may be out of sight.
    if (isMissing) reasonBox.current?.focus();
    if (isMissing || isSending || !isForeseen) return;
    setSending(true);
    const body = reason === '' ? { hash } : { hash, because: reason };
    const sent = await send(`/remediations/{id}/${decision}`, { path: { id } }, body);
    setSending(false);
    if ('trouble' in sent) {
      setTrouble(sent.trouble);
      return;
    }
    onDecided(sent.answer);
  };

  return (
    <Modal title={asks} place="middle" onClose={onClose}>
      <div className={styles.content}>
        <p>
          <strong>{clusterName}</strong>
        </p>
        <p>{decision === 'rollback' ? `The plan was: ${summary}` : summary}</p>
        <p className={styles.soft}>{warns}</p>
        <p className={styles.soft}>
          Plan <code>{hash.slice(0, 12)}</code>
        </p>
        {decision === 'rollback' ? <RollbackForesight id={id} onSettled={settle} /> : null}
        <Field
          label={needsReason ? 'Reason' : 'Reason (may be left out)'}
          required={needsReason}
          validationState={isTried && isMissing ? 'error' : 'none'}
          validationMessage={
            isTried && isMissing ? 'Say why: it is kept with the remediation.' : ''
          }
        >
          <Textarea
            textarea={{ ref: reasonBox }}
            value={because}
            maxLength={longest}
            onChange={(_, { value }) => setBecause(value)}
          />
        </Field>
        {trouble === undefined ? null : (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>
              <MessageBarTitle>{trouble.error}</MessageBarTitle>
              {trouble.next}
            </MessageBarBody>
          </MessageBar>
        )}
        <div className={styles.buttons}>
          <Button
            appearance="primary"
            disabledFocusable={isSending || !isForeseen}
            onClick={() => void decide()}
          >
            {isSending ? 'Sending' : verb}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </div>
    </Modal>
  );
}
