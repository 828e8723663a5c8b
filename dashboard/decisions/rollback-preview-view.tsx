import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { FluentIcon } from '@fluentui/react-icons';
import { ArrowUndo16Regular } from '@fluentui/react-icons/svg/arrow-undo';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleOff16Regular } from '@fluentui/react-icons/svg/circle-off';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { QuestionCircle16Filled } from '@fluentui/react-icons/svg/question-circle';
import type { RollbackPreview } from '../api/api-types.ts';
import { Mark, type Tone } from '../marks/mark.tsx';
import { ClusterChanges } from '../what-if/cluster-changes.tsx';
import { momentText } from '../wording/moments.ts';
import { type Foresight, foreseenText, madeText } from './foreseen-text.ts';
import styles from './rollback-preview-view.module.css';

type Removal = RollbackPreview['removals'][number];

const outcomes: Readonly<Record<Removal['outcome'], readonly [Tone, FluentIcon, string]>> = {
  removed: ['bad', ArrowUndo16Regular, 'Will be removed'],
  left: ['none', CircleOff16Regular, 'Will be left as it is'],
  unknown: ['open', QuestionCircle16Filled, 'Not known whether it goes'],
};

const icons: Readonly<Record<Foresight, FluentIcon>> = {
  bad: DismissCircle16Filled,
  open: QuestionCircle16Filled,
  good: CheckmarkCircle16Filled,
};

/** What taking back would remove, and what would come of that. */
export function RollbackPreviewView({ preview }: { readonly preview: RollbackPreview }) {
  const { removals, held, clusters, isTold, remark, readAt } = preview;
  const [grade, says] = foreseenText(preview);
  return (
    <div className={styles.preview}>
      {held === null ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>For now, nothing would be taken back.</MessageBarTitle>
            {`${held} You can still roll back: it is held until the mode is remediate. portcullis rollback takes it back in any mode.`}
          </MessageBarBody>
        </MessageBar>
      )}
      <section>
        <h3 className={styles.heading}>What is undone</h3>
        <ul className={styles.list}>
          {removals.map((removal) => (
            <RemovalLine key={removal.id} removal={removal} />
          ))}
        </ul>
      </section>
      <section>
        <h3 className={styles.heading}>What comes of it</h3>
        <p>
          <Mark tone={grade} icon={icons[grade]} text={says} />
        </p>
        {isTold ? null : (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              <MessageBarTitle>Not all that it may do is known.</MessageBarTitle>
              {remark}
            </MessageBarBody>
          </MessageBar>
        )}
        {clusters.map((cluster) => (
          <section key={cluster.key} className={styles.cluster} aria-label={cluster.name}>
            <p className={styles.name}>{cluster.name}</p>
            <ClusterChanges cluster={cluster} isBrief />
          </section>
        ))}
        <p className={styles.soft}>{`As Azure was at ${momentText(readAt)}.`}</p>
      </section>
    </div>
  );
}

function RemovalLine({ removal }: { readonly removal: Removal }) {
  const { outcome, because, method, url } = removal;
  const [tone, icon, text] = outcomes[outcome];
  return (
    <li className={styles.removal}>
      <p>
        <Mark tone={tone} icon={icon} text={text} />
      </p>
      <p>{madeText(removal)}</p>
      {because === null ? null : <p>{because}</p>}
      {outcome === 'left' ? null : (
        <p className={styles.request}>
          <code>{`${method} ${url}`}</code>
        </p>
      )}
    </li>
  );
}
