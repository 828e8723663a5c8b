import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { follow } from './app-link.tsx';

interface LinkButtonProps {
  readonly href: string;
  readonly isPrimary: boolean;
  readonly children: ReactNode;
}

/** A link within the page that is what to press next. */
export function LinkButton({ href, isPrimary, children }: LinkButtonProps) {
  return (
    <Button
      as="a"
      size="small"
      appearance={isPrimary ? 'primary' : 'secondary'}
      href={href}
      onClick={(event: Parameters<typeof follow>[0]) => follow(event, href)}
    >
      {children}
    </Button>
  );
}
