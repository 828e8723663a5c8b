import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { RollbackPreview } from '../api/api-types.ts';
import { readOnce } from '../api/read-once.ts';
import type { Sent } from '../api/send.ts';
import { Loading } from '../shell/loading.tsx';
import styles from './decision-dialog.module.css';
import { RollbackPreviewView } from './rollback-preview-view.tsx';

interface RollbackForesightProps {
  /** Of the remediation. */
  readonly id: string;
  /** Called once something is known, or that nothing could be foreseen. */
  readonly onSettled: () => void;
}

/**
 * What taking back would do, read when the dialog opens and then left alone: what is decided about
 * does not move. Where nothing can be foreseen it says so, and keeps nobody from going on.
 */
export function RollbackForesight({ id, onSettled }: RollbackForesightProps) {
  const [sent, setSent] = useState<Sent<RollbackPreview>>();
  const [attempt, setAttempt] = useState(1);
  useEffect(() => {
    let isGone = false;
    void readOnce('/remediations/{id}/rollback-preview', { path: { id } }).then((came) => {
      if (isGone) return;
      setSent(came);
      onSettled();
    });
    return () => {
      isGone = true;
    };
  }, [id, attempt, onSettled]);
  return (
    <div aria-live="polite" aria-busy={sent === undefined} className={styles.content}>
      {sent === undefined ? (
        <>
          <p>Azure is being read, to show what this would remove and which checks would fail.</p>
          <Loading lines={4} />
        </>
      ) : 'answer' in sent ? (
        <RollbackPreviewView preview={sent.answer} />
      ) : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Nothing was foreseen.</MessageBarTitle>
            {`${sent.trouble.error} You can still roll back, but which checks would come to fail is not known.`}
          </MessageBarBody>
          <MessageBarActions>
            <Button
              onClick={() => {
                setSent(undefined);
                setAttempt(attempt + 1);
              }}
            >
              Try again
            </Button>
          </MessageBarActions>
        </MessageBar>
      )}
    </div>
  );
}
