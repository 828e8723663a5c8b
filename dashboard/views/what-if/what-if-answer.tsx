import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { QuestionCircle16Filled } from '@fluentui/react-icons/svg/question-circle';
import { CircleHint16Regular } from '@fluentui/react-icons/svg/circle-hint';
import type { FluentIcon } from '@fluentui/react-icons';
import type { WhatIf } from '../../api/api-types.ts';
import { EvidenceList } from '../../marks/evidence-list.tsx';
import { Mark, type Tone } from '../../marks/mark.tsx';
import { VerdictMark } from '../../marks/verdict-mark.tsx';
import { Packet } from '../../picture/packet.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { counted } from '../../wording/numbers.ts';
import { nameOf } from '../../wording/resource-ids.ts';
import styles from './what-if-answer.module.css';

type Cluster = WhatIf['clusters'][number];
type Change = Cluster['verdicts'][number];

const effects: Readonly<Record<Change['effect'], readonly [Tone, FluentIcon, string]>> = {
  breaks: ['bad', DismissCircle16Filled, 'Breaks'],
  mends: ['good', CheckmarkCircle16Filled, 'Mends'],
  doubts: ['open', QuestionCircle16Filled, 'No longer known'],
  alters: ['none', CircleHint16Regular, 'Alters'],
};

/** What a rule would do to the clusters that depend on its group. */
export function WhatIfAnswer({ answer }: { readonly answer: WhatIf }) {
  const { clusters, dependents, examined, isTold, remark } = answer;
  const breaking = clusters.filter(({ verdicts }) =>
    verdicts.some(({ effect }) => effect === 'breaks'),
  );
  return (
    <>
      <Card
        title={
          breaking.length > 0
            ? `It would break ${counted(breaking.length, 'cluster')}`
            : clusters.length === 0
              ? 'It would change nothing'
              : 'It would break no cluster'
        }
      >
        <p>
          {`${counted(dependents, 'cluster')} depend on this group; ${examined} were read just now and judged.`}
        </p>
        {isTold ? null : <p>{`Not all that it may do is known. ${remark ?? ''}`}</p>}
      </Card>
      {clusters.map((cluster) => (
        <Card
          key={cluster.key}
          title={cluster.name}
          more={<AppLink href={pathTo('clusters', cluster.key)}>The cluster</AppLink>}
        >
          <ul className={styles.list}>
            {cluster.verdicts.map((change) => (
              <VerdictChange key={change.checkId} change={change} />
            ))}
          </ul>
          <PacketChanges packets={cluster.packets} />
        </Card>
      ))}
    </>
  );
}

function VerdictChange({ change }: { readonly change: Change }) {
  const { effect, checkId, title, before, after, summary, evidence } = change;
  const [tone, icon, text] = effects[effect];
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
      {effect === 'mends' ? null : <EvidenceList evidence={evidence} />}
    </li>
  );
}

function PacketChanges({ packets }: { readonly packets: Cluster['packets'] }) {
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
