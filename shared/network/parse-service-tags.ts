import { z } from 'zod';
import { parsePrefix } from '../packets/address.ts';
import { type ServiceTags, serviceTags } from './service-tags.ts';

const tagList = z.object({
  values: z.array(
    z.object({
      name: z.string(),
      properties: z.object({ addressPrefixes: z.array(z.string()).nullish() }),
    }),
  ),
});

const tagListInside = z.object({ properties: tagList });

/** The list, and the names of tags that it gives prefixes nobody can read: those tags are not in it. */
export interface ParsedServiceTags {
  readonly tags: ServiceTags;
  readonly unreadable: readonly string[];
}

/**
 * The service tag list as Azure answers it (`values` at the top) or as a row (`properties.values`).
 * @throws RangeError naming the first field that is not as published.
 */
export function parseServiceTags(json: unknown): ServiceTags {
  return readServiceTagList(json).tags;
}

/**
 * {@link parseServiceTags}, and what of the list was left out.
 * @throws RangeError naming the first field that is not as published.
 */
export function readServiceTagList(json: unknown): ParsedServiceTags {
  const inside = tagListInside.safeParse(json);
  const parsed = inside.success ? inside : tagList.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RangeError(
      `not a service tag list: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { values } = 'properties' in parsed.data ? parsed.data.properties : parsed.data;
  const unreadable: string[] = [];
  const read = values.flatMap(({ name, properties }) => {
    const addressPrefixes = properties.addressPrefixes;
    if (addressPrefixes?.every((prefix) => parsePrefix(prefix) !== undefined)) {
      return [{ name, addressPrefixes }];
    }
    unreadable.push(name);
    return [];
  });
  return { tags: serviceTags(read), unreadable };
}
