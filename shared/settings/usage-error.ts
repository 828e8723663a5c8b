/**
 * What a person asked for cannot be done as asked: a flag, a name, the settings file.
 * The command prints every problem and exits with 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
