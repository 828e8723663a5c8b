/**
 * A string literal of Kusto: quotes and backslashes escaped, and whatever a line may not hold. What
 * comes from settings, tags or answers of Azure enters a query through here alone.
 * Source: https://learn.microsoft.com/kusto/query/scalar-data-types/string
 */
export function kqlString(text: string): string {
  const escaped = text.replaceAll(/[\\'"\p{Cc}\u2028\u2029]/gu, (character) =>
    character === '\\' || character === "'" || character === '"'
      ? `\\${character}`
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

/** `('a', 'b')` for `in` and `in~`. */
export function kqlList(texts: Iterable<string>): string {
  return `(${[...texts].map(kqlString).join(', ')})`;
}

/** `'text'` of OData, as `$filter` and key predicates write it. */
export function odataString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
