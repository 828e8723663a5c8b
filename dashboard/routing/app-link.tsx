import { Link, type LinkProps } from '@fluentui/react-components';
import type { MouseEvent } from 'react';
import { navigate } from './location.ts';

interface AppLinkProps extends Omit<LinkProps, 'as' | 'onClick'> {
  readonly href: string;
}

/** A link within the page: a plain click does not load it anew. */
export function AppLink({ href, ...others }: AppLinkProps) {
  return <Link {...others} as="a" href={href} onClick={(event) => follow(event, href)} />;
}

/** Follows a link within the page unless the click asks for a tab or window of its own. */
export function follow(event: MouseEvent<HTMLElement>, href: string): void {
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!isPlain || event.button !== 0) return;
  event.preventDefault();
  navigate(href);
}
