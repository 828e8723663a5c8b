/** A rule that somebody pasted, or why it cannot be asked about. */
export type PastedRule =
  | { readonly rule: Readonly<Record<string, unknown>> }
  | { readonly problem: string };

/** A security rule or a whole group as JSON; one member of a list is taken out of it. */
export function pastedRule(text: string): PastedRule {
  if (text.trim() === '') return { problem: 'Paste a security rule as JSON.' };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return {
      problem: `That is no JSON: ${error instanceof Error ? error.message : 'not understood'}`,
    };
  }
  const value = Array.isArray(json) && json.length === 1 ? json[0] : json;
  if (Array.isArray(value)) return { problem: 'Paste one rule, or a whole group with its rules.' };
  if (typeof value !== 'object' || value === null) return { problem: 'A rule is a JSON object.' };
  return { rule: Object.fromEntries(Object.entries(value)) };
}

/** What a rule looks like, to begin with. */
export const exampleRule = JSON.stringify(
  {
    name: 'deny-office',
    properties: {
      priority: 200,
      direction: 'Inbound',
      access: 'Deny',
      protocol: '*',
      sourceAddressPrefix: '203.0.113.0/24',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '443',
    },
  },
  null,
  2,
);
