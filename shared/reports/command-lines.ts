/** A command on lines that a shell joins again, broken before its flags. */
export function commandLines(command: string, width: number): string[] {
  const [first = '', ...flags] = command.split(/ (?=--)/);
  const lines = [first];
  for (const flag of flags) {
    const last = lines.at(-1) ?? '';
    // Room for the backslash that says that the command goes on.
    if (last.length + 1 + flag.length + 2 <= width) lines[lines.length - 1] = `${last} ${flag}`;
    else lines.push(`  ${flag}`);
  }
  return lines.map((line, index) => `     ${line}${index < lines.length - 1 ? ' \\' : ''}`);
}
