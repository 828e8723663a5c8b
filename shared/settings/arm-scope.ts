import { z } from 'zod';

/** A cluster, or a resource group or subscription above clusters, as settings name it; `/` is everything. */
export const armScope = z.string().superRefine((text, context) => {
  if (/^\/providers\/microsoft\.management\//i.test(text)) {
    context.addIssue({
      code: 'custom',
      message:
        'is a management group, which no cluster id contains; name its subscriptions, one entry each',
    });
  } else if (text !== '/' && !/^\/subscriptions\/[^/]/i.test(text)) {
    context.addIssue({
      code: 'custom',
      message:
        'must be the id of a cluster or of a resource group or subscription above it, beginning with "/subscriptions/"',
    });
  }
});
