import { Button } from '@fluentui/react-components';
import { Dismiss20Regular } from '@fluentui/react-icons/svg/dismiss';
import { type ReactNode, useLayoutEffect, useId, useRef } from 'react';
import styles from './modal.module.css';

interface ModalProps {
  readonly title: string;
  /** In the middle, or along the right edge. */
  readonly place: 'middle' | 'side';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * What is dealt with before anything else. It is the browser's own dialog, which holds the focus,
 * gives it back at the end and closes on Escape; Fluent's adds elements for that which can be
 * focused and are hidden from screen readers, and 45 kB.
 */
export function Modal({ title, place, onClose, children }: ModalProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed before it leaves the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${styles.modal} ${styles[place]}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        // What is beside the dialog belongs to it too, as its backdrop.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className={styles.inner}>
        <div className={styles.head}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          <Button
            appearance="subtle"
            icon={<Dismiss20Regular />}
            aria-label="Close"
            onClick={onClose}
          />
        </div>
        {children}
      </div>
    </dialog>
  );
}
