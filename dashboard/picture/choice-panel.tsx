import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  OverlayDrawer,
} from '@fluentui/react-components';
import { Dismiss24Regular } from '@fluentui/react-icons/svg/dismiss';
import { scopeText } from '../wording/resource-ids.ts';
import { AccessFacts } from './access-facts.tsx';
import type { Choice } from './choice.ts';
import styles from './choice-panel.module.css';
import { placeNames } from './explained.ts';
import { HopFacts } from './hop-facts.tsx';
import { NeedFacts } from './need-facts.tsx';

interface ChoicePanelProps {
  readonly choice: Choice | undefined;
  readonly onClose: () => void;
}

/** What there is to tell of a place in the picture: what decides there, and a packet for proof. */
export function ChoicePanel({ choice, onClose }: ChoicePanelProps) {
  return (
    <OverlayDrawer
      className={styles.panel}
      position="end"
      size="medium"
      open={choice !== undefined}
      onOpenChange={(_, { open }) => {
        if (!open) onClose();
      }}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button
              appearance="subtle"
              icon={<Dismiss24Regular />}
              aria-label="Close"
              onClick={onClose}
            />
          }
        >
          {choice === undefined ? '' : titleOf(choice)}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>{choice === undefined ? null : <Facts choice={choice} />}</DrawerBody>
    </OverlayDrawer>
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
