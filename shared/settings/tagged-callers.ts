import type { Callers } from './cluster-settings.ts';
import { whyNoSource } from './caller-source.ts';

/** The tag by which whoever owns a cluster says who calls it. */
export const callersTag = 'portcullis:callers';

/** Who calls a cluster by its tag, or why the tag says nothing. */
export type TaggedCallers =
  | { readonly ok: true; readonly callers: Callers }
  | { readonly ok: false; readonly problem: string };

/**
 * The callers of a tag: `none`, or addresses, prefixes, ranges and service tags by comma or blank.
 * One that is wrong makes the whole tag say nothing, or the check would ask for less than was meant.
 */
export function taggedCallers(tag: string): TaggedCallers {
  const sources = tag.split(/[\s,;]+/).filter((source) => source !== '');
  const [only, ...others] = sources;
  if (only === undefined) return { ok: false, problem: 'it is empty' };
  if (others.length === 0 && only.toLowerCase() === 'none') {
    return { ok: true, callers: { kind: 'none' } };
  }
  for (const source of sources) {
    const says = whyNoSource(source);
    if (says !== undefined) return { ok: false, problem: `${JSON.stringify(source)} ${says}` };
  }
  return { ok: true, callers: { kind: 'listed', sources, from: 'tag' } };
}
