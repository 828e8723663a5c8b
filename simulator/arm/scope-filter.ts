/** What a list of Microsoft.Authorization is narrowed by. */
export interface ScopeFilter {
  /** Which of the functions on scopes it names, lower-cased: `atscope`, `atexactscope`, … */
  readonly functions: readonly string[];
  /** The principal of `assignedTo('…')`, lower-cased. */
  readonly assignedTo: string | undefined;
  /** The comparisons `<member> eq '<value>'`. */
  readonly equal: readonly (readonly [member: string, value: string])[];
}

const scopeFunctions = ['atscope', 'atexactscope', 'atscopeandbelow', 'excludeexpired'];

/**
 * Reads an OData filter as far as Microsoft.Authorization takes one: functions and comparisons joined
 * by `and`. Undefined where it is something else.
 * https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
 */
export function readScopeFilter(text: string): ScopeFilter | undefined {
  const clauses = text.trim() === '' ? [] : text.split(/\s+and\s+/i);
  const functions: string[] = [];
  const equal: [string, string][] = [];
  let assignedTo: string | undefined;
  for (const clause of clauses.map((part) => part.trim())) {
    const [, name = '', argument] = /^(\w+)\(\s*(?:'([^']*)')?\s*\)$/.exec(clause) ?? [];
    const [, member, value = ''] = /^(\w+)\s+eq\s+'?([^']*)'?$/i.exec(clause) ?? [];
    if (name.toLowerCase() === 'assignedto' && argument !== undefined) {
      assignedTo = argument.toLowerCase();
    } else if (scopeFunctions.includes(name.toLowerCase())) {
      functions.push(name.toLowerCase());
    } else if (member !== undefined) {
      equal.push([member, value]);
    } else {
      return undefined;
    }
  }
  return { functions, assignedTo, equal };
}
