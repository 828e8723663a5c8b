import { Button } from '@fluentui/react-components';
import { Checkmark16Regular } from '@fluentui/react-icons/svg/checkmark';
import { Copy16Regular } from '@fluentui/react-icons/svg/copy';
import { useEffect, useState } from 'react';
import styles from './code-block.module.css';
import { Scroll } from './scroll.tsx';

interface CodeBlockProps {
  readonly text: string;
  /** What it is, for the button: `the command`. */
  readonly what: string;
}

/** Text to copy as it is. */
export function CodeBlock({ text, what }: CodeBlockProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), 4000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      // The browser does not let us; the text can be selected all the same.
      setState('failed');
    }
  };
  return (
    <div className={styles.block}>
      <Scroll label={what} className={styles.scroll}>
        <pre className={styles.text}>
          <code>{text}</code>
        </pre>
      </Scroll>
      <Button
        className={styles.copy}
        size="small"
        icon={state === 'copied' ? <Checkmark16Regular /> : <Copy16Regular />}
        aria-label={`Copy ${what}`}
        onClick={() => void copy()}
      >
        {state === 'copied' ? 'Copied' : 'Copy'}
      </Button>
      <span role="status" className={styles.said}>
        {state === 'failed' ? 'It could not be copied: select the text instead.' : ''}
        {state === 'copied' ? <span className={styles.spoken}>{`Copied ${what}`}</span> : null}
      </span>
    </div>
  );
}
