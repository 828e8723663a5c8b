import type { FluentIcon } from '@fluentui/react-icons';
import { ArrowUndo16Regular } from '@fluentui/react-icons/svg/arrow-undo';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleHint16Regular } from '@fluentui/react-icons/svg/circle-hint';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { Warning16Filled } from '@fluentui/react-icons/svg/warning';
import type { Remediation } from '../api/api-types.ts';
import { Mark, type Tone } from '../marks/mark.tsx';
import { remediationWords } from '../wording/words.ts';

const marks: Readonly<Record<Remediation['state'], readonly [Tone, FluentIcon]>> = {
  queued: ['none', CircleHint16Regular],
  awaitingApproval: ['some', Warning16Filled],
  approved: ['none', CircleHint16Regular],
  waiting: ['none', CircleHint16Regular],
  running: ['none', CircleHint16Regular],
  done: ['good', CheckmarkCircle16Filled],
  rolledBack: ['open', ArrowUndo16Regular],
  partlyRolledBack: ['bad', Warning16Filled],
  refused: ['bad', DismissCircle16Filled],
  void: ['none', CircleHint16Regular],
  rejected: ['none', DismissCircle16Filled],
  expired: ['none', CircleHint16Regular],
};

/** How far a remediation is. */
export function RemediationMark({ state }: { readonly state: Remediation['state'] }) {
  const [tone, icon] = marks[state];
  return <Mark tone={tone} icon={icon} text={remediationWords[state]} />;
}
