import { Link } from '@fluentui/react-components';
import type { MouseEvent, ReactNode } from 'react';
import { navigate } from './location.ts';

interface AppLinkProps {
  readonly href: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A link within the page: a plain click does not load it anew. */
export function AppLink({ href, className = '', children }: AppLinkProps) {
  return (
    <Link as="a" href={href} className={className} onClick={(event) => follow(event, href)}>
      {children}
    </Link>
  );
}

/** Follows a link within the page unless the click asks for a tab or window of its own. */
export function follow(event: MouseEvent<HTMLElement>, href: string): void {
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!isPlain || event.button !== 0) return;
  event.preventDefault();
  navigate(href);
}
