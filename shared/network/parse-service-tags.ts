import { z } from 'zod';
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

/**
 * The service tag list as Azure answers it (`values` at the top) or as a row (`properties.values`).
 * @throws RangeError naming the first field that is not as published.
 */
export function parseServiceTags(json: unknown): ServiceTags {
  const inside = tagListInside.safeParse(json);
  const parsed = inside.success ? inside : tagList.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RangeError(
      `not a service tag list: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { values } = 'properties' in parsed.data ? parsed.data.properties : parsed.data;
  return serviceTags(
    values.map(({ name, properties }) => ({
      name,
      addressPrefixes: properties.addressPrefixes ?? [],
    })),
  );
}
