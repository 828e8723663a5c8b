import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { QuestionCircle16Filled } from '@fluentui/react-icons/svg/question-circle';
import { CircleHint16Regular } from '@fluentui/react-icons/svg/circle-hint';
import type { FluentIcon } from '@fluentui/react-icons';
import type { ChangedCluster } from '../api/api-types.ts';
import { EvidenceList } from '../marks/evidence-list.tsx';
import { Mark, type Tone } from '../marks/mark.tsx';
import { VerdictMark } from '../marks/verdict-mark.tsx';
import { Packet } from '../picture/packet.tsx';
import { AppLink } from '../routing/app-link.tsx';
import { pathTo } from '../routing/route.ts';
import { nameOf } from '../wording/resource-ids.ts';
import styles from './cluster-changes.module.css';

type Change = ChangedCluster['verdicts'][number];

const effects: Readonly<Record<Change['effect'], readonly [Tone, FluentIcon, string]>> = {
  breaks: ['bad', DismissCircle16Filled, 'Breaks'],
  mends: ['good', CheckmarkCircle16Filled, 'Mends'],
  doubts: ['open', QuestionCircle16Filled, 'No longer known'],
  alters: ['none', CircleHint16Regular, 'Alters'],
};

interface ClusterChangesProps {
  readonly cluster: ChangedCluster;
  /** Whether the proof of a verdict is there to be unfolded: somebody is about to decide. */
  readonly isBrief?: boolean;
}

/** What would become of a cluster: its verdicts and its packets. */
export function ClusterChanges({ cluster, isBrief = false }: ClusterChangesProps) {
  return (
    <>
      <ul className={styles.list}>
        {cluster.verdicts.map((change) => (
          <VerdictChange key={change.checkId} change={change} isBrief={isBrief} />
        ))}
      </ul>
      <PacketChanges packets={cluster.packets} />
    </>
  );
}

interface VerdictChangeProps {
  readonly change: Change;
  readonly isBrief: boolean;
}

function VerdictChange({ change, isBrief }: VerdictChangeProps) {
  const { effect, checkId, title, before, after, summary, evidence } = change;
  const [tone, icon, text] = effects[effect];
  const proof =
    effect === 'mends' || evidence.length === 0 ? null : <EvidenceList evidence={evidence} />;
  return (
    <li className={styles.change}>
      <p className={styles.head}>
        <Mark tone={tone} icon={icon} text={text} />
        <AppLink href={pathTo('checks', checkId)}>{checkId}</AppLink>
        <span className={styles.ways}>
          {before === null ? 'none' : <VerdictMark kind={before} />}
          <span>→</span>
          {after === null ? 'none' : <VerdictMark kind={after} />}
        </span>
      </p>
      <p>{summary ?? title}</p>
      {isBrief && proof !== null ? (
        <details>
          <summary className={styles.summary}>Proof</summary>
          {proof}
        </details>
      ) : (
        proof
      )}
    </li>
  );
}

function PacketChanges({ packets }: { readonly packets: ChangedCluster['packets'] }) {
  if (packets.length === 0) return null;
  return (
    <>
      <h3 className={styles.heading}>Packets</h3>
      <ul className={styles.list}>
        {packets.map(({ subnetId, direction, access, isCertain, lines, isWhole, witness }) => (
          <li key={`${subnetId} ${direction} ${access}`} className={styles.change}>
            <p>
              <strong>{access === 'Allow' ? 'Newly allowed' : 'Newly stopped'}</strong>
              {`, ${direction}, subnet ${nameOf(subnetId)}${isCertain ? '' : ', perhaps'}`}
            </p>
            {lines.map((line) => (
              <p key={line}>
                <code>{line}</code>
              </p>
            ))}
            {isWhole ? null : <p>and more</p>}
            {witness === null ? null : <Packet packet={witness} />}
          </li>
        ))}
      </ul>
    </>
  );
}
