import { z } from 'zod';
import { dashedGuid } from '../../model/guid.ts';
import { type ResourceId, resourceId } from '../../model/resource-id.ts';
import { parsePrefix } from '../../packets/address.ts';

/**
 * The members of Azure's rows as Azure really writes them: null and `""` mean absent, lists may be
 * null, booleans and numbers may be texts. A value of another kind is a parse miss.
 */
export type Json = Readonly<Record<string, unknown>>;

/** What a blank member means is that it is absent. */
export function isBlank(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const text = z.unknown().transform((value, context): string | undefined => {
  if (isBlank(value)) return undefined;
  if (typeof value === 'string') return value;
  context.addIssue('is no text');
  return z.NEVER;
});

export const requiredText = text.transform((value, context): string => {
  if (value !== undefined) return value;
  context.addIssue('is absent');
  return z.NEVER;
});

export const lowerText = text.transform((value) => value?.toLowerCase());

export const requiredLowerText = requiredText.transform((value) => value.toLowerCase());

export const id = text.transform((value): ResourceId | undefined =>
  value === undefined ? undefined : resourceId(value),
);

export const requiredId = requiredText.transform((value): ResourceId => resourceId(value));

/** A GUID, lower-cased and with its dashes: deny assignments write theirs without. */
export const guid = requiredLowerText.transform(dashedGuid);

export const flag = z.unknown().transform((value, context): boolean | undefined => {
  if (isBlank(value)) return undefined;
  if (typeof value === 'boolean') return value;
  const written = typeof value === 'string' ? value.toLowerCase() : value;
  if (written === 'true' || written === 1) return true;
  if (written === 'false' || written === 0) return false;
  context.addIssue('is neither true nor false');
  return z.NEVER;
});

export const integer = z.unknown().transform((value, context): number | undefined => {
  if (isBlank(value)) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  context.addIssue('is no whole number');
  return z.NEVER;
});

export const requiredInteger = integer.transform((value, context): number => {
  if (value !== undefined) return value;
  context.addIssue('is absent');
  return z.NEVER;
});

/** An object of these members; an absent one is read as undefined, and others are left out. */
export function members<T extends z.ZodRawShape>(shape: T) {
  const names = Object.keys(shape);
  return z
    .unknown()
    .transform((value): unknown =>
      isObject(value) ? Object.fromEntries(names.map((name) => [name, value[name]])) : value,
    )
    .pipe(z.object(shape));
}

/** A list; null and absent are empty. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .unknown()
    .transform((value) => (isBlank(value) ? [] : value))
    .pipe(z.array(item));
}

/** A list whose absence would prove something if it were taken as empty: only an empty list is empty. */
export function presentList<T extends z.ZodType>(item: T) {
  return z
    .unknown()
    .transform((value, context): unknown => {
      if (!isBlank(value)) return value;
      context.addIssue('is absent');
      return z.NEVER;
    })
    .pipe(z.array(item));
}

/** The non-blank texts of a list. */
export const texts = list(text).transform(withoutBlanks);

/** The like, of a list whose absence would prove something. */
export const presentTexts = presentList(text).transform(withoutBlanks);

function withoutBlanks(values: readonly (string | undefined)[]): string[] {
  return values.filter((value): value is string => value !== undefined);
}

/** An object that may be absent. */
export function part<T extends z.ZodType>(schema: T) {
  return z
    .unknown()
    .transform((value): unknown => (isBlank(value) ? undefined : value))
    .pipe(schema.optional());
}

/** An object that must be there; its own members may all be absent. */
export function whole<T extends z.ZodType>(schema: T) {
  return z
    .unknown()
    .transform((value, context): unknown => {
      if (isObject(value)) return value;
      context.addIssue(isBlank(value) ? 'is absent' : 'is no object');
      return z.NEVER;
    })
    .pipe(schema);
}

/** A CIDR prefix or an address; whatever is neither would make an address space of unknown size. */
export const prefix = text.transform((value, context): string | undefined => {
  if (value === undefined || parsePrefix(value) !== undefined) return value;
  context.addIssue('is neither an address nor a CIDR prefix');
  return z.NEVER;
});

/** The prefixes of a list. */
export const prefixes = list(prefix).transform(withoutBlanks);

/** What a reference `{ "id": "…" }` names; one that names nothing is no proof that there is nothing. */
export const requiredReference = z.unknown().transform((value, context): ResourceId => {
  if (isBlank(value)) {
    context.addIssue('is absent');
    return z.NEVER;
  }
  const written = isObject(value) ? (value['id'] ?? value['Id'] ?? value['ID']) : undefined;
  if (typeof written === 'string' && written !== '') return resourceId(written);
  context.addIssue('is no reference: it has no id');
  return z.NEVER;
});

/** The id of a reference that may be absent. */
export const reference = part(requiredReference).transform(
  (value): ResourceId | undefined => value,
);

/** The ids of a list of references. */
export const references = list(requiredReference);

/** Prefixes of a member that has a singular and a plural form, each once. */
export function united(
  singular: string | undefined,
  plural: readonly string[] | undefined,
): readonly string[] {
  return [...new Set([...(singular === undefined ? [] : [singular]), ...(plural ?? [])])];
}

/** A region as Azure's own tables spell it: `West Europe` and `westeurope` are one. */
export const location = text.transform((value) => value?.toLowerCase().replaceAll(' ', ''));

/** One of these words in any casing, as it stands here. */
export function word<const T extends readonly string[]>(words: T) {
  return requiredText.transform((value, context): T[number] => {
    const found = words.find((one) => one.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    context.addIssue(`is none of ${words.join(', ')}`);
    return z.NEVER;
  });
}
