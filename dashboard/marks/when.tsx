import { useNow } from '../shell/use-now.ts';
import { distance, momentText } from '../wording/moments.ts';

/** A moment as far as it is from now; its date for whoever points at it, and on paper. */
export function When({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={momentText(at)}>
      {distance(Date.parse(at), now)}
    </time>
  );
}
