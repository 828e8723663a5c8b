/** From the least the service may do to the most; a later one includes the earlier ones. */
export const modes = ['audit', 'alert', 'plan', 'remediate'] as const;

export type Mode = (typeof modes)[number];

/** The mode of this name, in any casing; undefined for what is none. */
export function modeNamed(text: string): Mode | undefined {
  const wanted = text.trim().toLowerCase();
  return modes.find((mode) => mode === wanted);
}
