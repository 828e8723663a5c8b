import type { FluentIcon } from '@fluentui/react-icons';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleHint16Regular } from '@fluentui/react-icons/svg/circle-hint';
import { CircleOff16Regular } from '@fluentui/react-icons/svg/circle-off';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { QuestionCircle16Filled } from '@fluentui/react-icons/svg/question-circle';
import { Warning16Filled } from '@fluentui/react-icons/svg/warning';
import type { HopState } from '../picture/explained.ts';
import { Mark, type Tone } from './mark.tsx';

const marks: Readonly<Record<HopState, readonly [Tone, FluentIcon, string]>> = {
  allowed: ['good', CheckmarkCircle16Filled, 'Lets pass'],
  absent: ['none', CircleOff16Regular, 'None here'],
  denied: ['bad', DismissCircle16Filled, 'Stops all'],
  partial: ['some', Warning16Filled, 'Stops some'],
  unknown: ['open', QuestionCircle16Filled, 'Not known'],
  notReached: ['none', CircleHint16Regular, 'Not reached'],
};

/** The colour of what a place does with packets. */
export function toneOf(state: HopState): Tone {
  return marks[state][0];
}

interface HopMarkProps {
  readonly state: HopState;
  /** Instead of the word for the state. */
  readonly text?: string;
}

/** What a place does with the packets that come to it. */
export function HopMark({ state, text }: HopMarkProps) {
  const [tone, icon, word] = marks[state];
  return <Mark tone={tone} icon={icon} text={text ?? word} />;
}
