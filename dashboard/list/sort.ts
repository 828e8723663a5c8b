/** The order of a list after the title of a column was pressed: by it, or the other way round. */
export function nextSort(sort: string, pressed: string): string {
  return sort === pressed ? reversed(pressed) : pressed;
}

/** What a screen reader says of the order of a column. */
export function ariaSort(
  sort: string,
  column: string | undefined,
): 'ascending' | 'descending' | 'none' {
  if (column === undefined || (sort !== column && sort !== reversed(column))) return 'none';
  return sort.startsWith('-') ? 'descending' : 'ascending';
}

/** The sort that a text names: one of some fields, or one with a hyphen for the reverse. */
export function sortOf<const Field extends string, const Fallback extends Field | `-${Field}`>(
  fields: readonly Field[],
  text: string | undefined,
  fallback: Fallback,
): Field | `-${Field}` {
  const sorts = fields.flatMap((field): readonly (Field | `-${Field}`)[] => [field, `-${field}`]);
  return sorts.find((sort) => sort === text) ?? fallback;
}

function reversed(sort: string): string {
  return sort.startsWith('-') ? sort.slice(1) : `-${sort}`;
}
