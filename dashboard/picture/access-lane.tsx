import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { QuestionCircle16Filled } from '@fluentui/react-icons/svg/question-circle';
import type { FluentIcon } from '@fluentui/react-icons';
import { Mark, type Tone } from '../marks/mark.tsx';
import { scopeText } from '../wording/resource-ids.ts';
import type { Access, Way } from './explained.ts';
import { Lane } from './lane.tsx';

const answers: Readonly<Record<Access['verdict'], readonly [Tone, FluentIcon, string, Way]>> = {
  granted: ['good', CheckmarkCircle16Filled, 'Holds it', 'open'],
  notGranted: ['bad', DismissCircle16Filled, 'Does not hold it', 'shut'],
  unknown: ['open', QuestionCircle16Filled, 'Not known', 'perhaps'],
};

interface AccessLaneProps {
  readonly access: Access;
  readonly id: string;
  readonly identity: string;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** From the identity of the cluster over the roles that it holds to a scope. */
export function AccessLane({ access, id, identity, chosen, onChoose }: AccessLaneProps) {
  const { asks, scope, verdict, grants, lacking } = access;
  const [tone, icon, text, way] = answers[verdict];
  const [grant] = grants;
  const others = grants.length - 1;
  return (
    <Lane
      title={`${asks.join(', ')} on ${scopeText(scope)}`}
      chosen={chosen}
      onChoose={onChoose}
      stops={[
        {
          id: `${id}.from`,
          kind: 'Identity',
          name: identity,
          mark: null,
          tone: 'none',
          way: 'open',
          isReached: true,
          isEnd: true,
        },
        {
          id,
          kind: 'Role assignment',
          name: grant === undefined ? 'No role is known to give it' : grant.role,
          mark: <Mark tone={tone} icon={icon} text={text} />,
          tone,
          note: grant === undefined ? lackText(lacking) : grantText(grant, others),
          way: grant === undefined ? way : 'open',
          isReached: true,
        },
        {
          id: `${id}.to`,
          kind: 'Scope',
          name: scopeText(scope),
          mark: null,
          tone,
          note: grant === undefined ? undefined : lackText(lacking),
          way,
          isReached: true,
          isEnd: true,
        },
      ]}
    />
  );
}

function lackText(lacking: string | null): string | undefined {
  return lacking === null ? undefined : `Lacks ${lacking}`;
}

function grantText(grant: Access['grants'][number], others: number): string {
  const from = grant.inheritedFrom === 'here' ? '' : ', inherited from there';
  const more = others === 0 ? '' : `; and ${others} more`;
  return `At ${scopeText(grant.scope)}${from}${more}`;
}
