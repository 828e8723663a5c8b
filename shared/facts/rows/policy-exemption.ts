import { z } from 'zod';
import * as lenient from './lenient.ts';

/** Whoever writes metadata writes what they like: what is no text, or no list of texts, says nothing. */
const anyText = z
  .unknown()
  .transform((value) => (typeof value === 'string' && value !== '' ? value : undefined));
const anyTexts = z
  .unknown()
  .transform((value): readonly string[] =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [],
  );
const anyMembers = z
  .unknown()
  .transform((value): lenient.Json => (lenient.isObject(value) ? value : {}));

/** `microsoft.authorization/policyexemptions`. */
export const policyExemptionRow = lenient.members({
  name: lenient.text,
  properties: lenient.whole(
    lenient
      .members({
        policyAssignmentId: lenient.id,
        policyDefinitionId: lenient.id,
        policyDefinitionReferenceIds: lenient.texts,
        exemptionCategory: lenient.text,
        expiresOn: lenient.text,
        displayName: lenient.text,
        description: lenient.text,
        metadata: anyMembers,
        resourceSelectors: lenient.list(z.unknown()),
      })
      .transform(({ metadata, ...properties }) => ({
        ...properties,
        approvedBy: anyText.parse(metadata['approvedBy']),
        ticket: anyText.parse(metadata['ticketRef'] ?? metadata['ticket']),
        checks: anyTexts.parse(anyMembers.parse(metadata['portcullis'])['checks']),
      })),
  ),
});
