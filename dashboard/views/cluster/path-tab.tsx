import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components';
import { useResource } from '../../api/use-resource.ts';
import { PathPicture } from '../../picture/path-picture.tsx';
import { Loading } from '../../shell/loading.tsx';
import { momentText } from '../../wording/moments.ts';
import styles from './path-tab.module.css';

/** The picture of the path, drawn of what Azure says now. */
export function PathTab({ clusterKey }: { readonly clusterKey: string }) {
  const { data, trouble, retry } = useResource('/clusters/{key}/explanation', {
    path: { key: clusterKey },
  });
  return (
    <section aria-label="Path" className={styles.tab}>
      {trouble === undefined ? null : (
        <MessageBar intent={data === undefined ? 'error' : 'warning'} layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{trouble.error}</MessageBarTitle>
            {trouble.next}
          </MessageBarBody>
          <MessageBarActions>
            <Button onClick={retry}>Try again</Button>
          </MessageBarActions>
        </MessageBar>
      )}
      {data === undefined ? (
        trouble === undefined ? (
          <>
            <p className={styles.note}>Azure is being read for this picture.</p>
            <Loading lines={8} />
          </>
        ) : null
      ) : (
        <>
          <p className={styles.note}>
            {`Drawn of what Azure said ${momentText(data.explainedAt)}. Choose a place to see the rule that decides and a packet for proof.`}
          </p>
          <PathPicture explanation={data} />
          {data.assumptions.length === 0 ? null : (
            <details>
              <summary>{`Assumed (${data.assumptions.length})`}</summary>
              <ul className={styles.assumptions}>
                {data.assumptions.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </section>
  );
}
