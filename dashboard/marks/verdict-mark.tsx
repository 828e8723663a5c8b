import type { FluentIcon } from '@fluentui/react-icons';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleOff16Regular } from '@fluentui/react-icons/svg/circle-off';
import { DismissCircle16Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { QuestionCircle16Filled } from '@fluentui/react-icons/svg/question-circle';
import type { Posture, VerdictKind } from '../api/api-types.ts';
import { postureWords, verdictWords } from '../wording/words.ts';
import { Mark, type Tone } from './mark.tsx';

const marks: Readonly<Record<VerdictKind, readonly [Tone, FluentIcon]>> = {
  pass: ['good', CheckmarkCircle16Filled],
  fail: ['bad', DismissCircle16Filled],
  unknown: ['open', QuestionCircle16Filled],
  notApplicable: ['none', CircleOff16Regular],
};

/** What a check says. */
export function VerdictMark({ kind }: { readonly kind: VerdictKind }) {
  const [tone, icon] = marks[kind];
  return <Mark tone={tone} icon={icon} text={verdictWords[kind]} />;
}

const kinds: Readonly<Record<Posture, VerdictKind>> = {
  compliant: 'pass',
  nonCompliant: 'fail',
  unknown: 'unknown',
};

/** How a cluster stands. */
export function PostureMark({ posture }: { readonly posture: Posture }) {
  const [tone, icon] = marks[kinds[posture]];
  return <Mark tone={tone} icon={icon} text={postureWords[posture]} />;
}
