import { Modal } from '../shell/modal.tsx';
import { scopeText } from '../wording/resource-ids.ts';
import { AccessFacts } from './access-facts.tsx';
import type { Choice } from './choice.ts';
import { placeNames } from './explained.ts';
import { HopFacts } from './hop-facts.tsx';
import { NeedFacts } from './need-facts.tsx';

interface ChoicePanelProps {
  readonly choice: Choice;
  readonly onClose: () => void;
}

/** What there is to tell of a place in the picture: what decides there, and a packet for proof. */
export function ChoicePanel({ choice, onClose }: ChoicePanelProps) {
  return (
    <Modal title={titleOf(choice)} place="side" onClose={onClose}>
      <Facts choice={choice} />
    </Modal>
  );
}

function titleOf(choice: Choice): string {
  if (choice.kind === 'hop') return placeNames[choice.hop.place];
  return choice.kind === 'need' ? choice.need.what : `Roles on ${scopeText(choice.access.scope)}`;
}

function Facts({ choice }: { readonly choice: Choice }) {
  if (choice.kind === 'hop') return <HopFacts hop={choice.hop} path={choice.path} />;
  if (choice.kind === 'need') return <NeedFacts need={choice.need} />;
  return <AccessFacts access={choice.access} />;
}
