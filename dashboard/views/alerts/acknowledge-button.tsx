import { Button } from '@fluentui/react-components';
import { use, useState } from 'react';
import type { Alert } from '../../api/api-types.ts';
import { send } from '../../api/send.ts';
import { PersonContext } from '../../shell/person.ts';
import styles from './acknowledge-button.module.css';

interface AcknowledgeButtonProps {
  readonly alert: Alert;
  readonly onAcknowledged: () => void;
}

/** Notes that somebody has seen an alert; says who, where it is noted. */
export function AcknowledgeButton({ alert, onAcknowledged }: AcknowledgeButtonProps) {
  const { roles, name } = use(PersonContext);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState('');
  if (alert.state !== 'open') return <>{alert.acknowledgedBy ?? ''}</>;
  const mayAcknowledge = roles.includes('Operator');
  const acknowledge = async (): Promise<void> => {
    setSending(true);
    const body = name === '' ? {} : { by: name };
    const sent = await send('/alerts/{id}/acknowledge', { path: { id: alert.id } }, body);
    setSending(false);
    if ('trouble' in sent) setProblem(`${sent.trouble.error} ${sent.trouble.next}`);
    else onAcknowledged();
  };
  return (
    <>
      <Button
        size="small"
        disabledFocusable={!mayAcknowledge || isSending}
        {...(mayAcknowledge ? {} : { title: 'Needs the role Operator.' })}
        aria-label={`Acknowledge the alert of ${alert.checkId} on ${alert.subjectName}`}
        onClick={() => void acknowledge()}
      >
        Acknowledge
      </Button>
      {mayAcknowledge ? null : <span className={styles.why}> Needs the role Operator</span>}
      <span role="status">{problem}</span>
    </>
  );
}
