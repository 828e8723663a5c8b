import { isObject } from './lenient.ts';

/** The tags of a row as they are written; whatever is no text is no tag. */
export function tagsOf(tags: unknown): Readonly<Record<string, string>> {
  if (!isObject(tags)) return {};
  return Object.fromEntries(
    Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The value of a tag; Azure compares tag names without regard to case. */
export function tagOf(tags: unknown, name: string): string | undefined {
  if (!isObject(tags)) return undefined;
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(tags)) {
    if (key.toLowerCase() === wanted && typeof value === 'string') return value;
  }
  return undefined;
}
