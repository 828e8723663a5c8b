import { Field, Input } from '@fluentui/react-components';
import { use, useState } from 'react';
import type { Finding } from '../api/api-types.ts';
import styles from '../decisions/decision-dialog.module.css';
import { CodeBlock } from '../shell/code-block.tsx';
import { Modal } from '../shell/modal.tsx';
import { PersonContext } from '../shell/person.ts';
import { policySnippet, settingsSnippet } from './exemption-snippets.ts';

interface ExemptionDialogProps {
  readonly finding: Finding;
  readonly onClose: () => void;
}

const usualDays = 90;

/**
 * The text that accepts a finding for a while, to copy. Exemptions live in settings that are
 * reviewed, or in Azure Policy: the page writes neither.
 */
export function ExemptionDialog({ finding, onClose }: ExemptionDialogProps) {
  const { name } = use(PersonContext);
  const [reason, setReason] = useState('');
  const [approvedBy, setApprovedBy] = useState(name);
  const [ticket, setTicket] = useState('');
  const [expiresOn, setExpiresOn] = useState(() =>
    new Date(Date.now() + usualDays * 24 * 3_600_000).toISOString().slice(0, 10),
  );
  const [policyAssignment, setPolicyAssignment] = useState('');
  const { checkId, clusterId, fingerprint } = finding;
  const exempting = {
    checkId,
    clusterId,
    fingerprint,
    reason: reason.trim(),
    approvedBy: approvedBy.trim(),
    ticket: ticket.trim(),
    expiresOn,
    policyAssignment: policyAssignment.trim(),
  };
  return (
    <Modal title="Accept this finding for a while" place="middle" onClose={onClose}>
      <div className={styles.content}>
        <p>
          Exemptions are reviewed like code, so this page writes none. Fill in why, and copy what it
          makes.
        </p>
        <Field label="Reason" required>
          <Input value={reason} onChange={(_, { value }) => setReason(value)} />
        </Field>
        <Field label="Accepted by">
          <Input value={approvedBy} onChange={(_, { value }) => setApprovedBy(value)} />
        </Field>
        <Field label="Ticket">
          <Input value={ticket} onChange={(_, { value }) => setTicket(value)} />
        </Field>
        <Field label="Last day">
          <Input type="date" value={expiresOn} onChange={(_, { value }) => setExpiresOn(value)} />
        </Field>
        {exempting.reason === '' ? (
          <p className={styles.soft}>The snippets appear when there is a reason.</p>
        ) : (
          <>
            <h3>In exemptions of portcullis.settings.json</h3>
            <CodeBlock text={settingsSnippet(exempting)} what="the exemption for the settings" />
            <h3>Or as an exemption from Azure Policy</h3>
            <Field
              label="Id of the policy assignment"
              hint="Where a policy asks for the same, so that both accept it."
            >
              <Input
                value={policyAssignment}
                onChange={(_, { value }) => setPolicyAssignment(value)}
              />
            </Field>
            {exempting.policyAssignment === '' ? null : (
              <CodeBlock text={policySnippet(exempting)} what="the command for Azure Policy" />
            )}
          </>
        )}
      </div>
    </Modal>
  );
}
