import { Instrumenter } from '@stryker-mutator/instrumenter';
import { globSync, readFileSync } from 'node:fs';

/** One way to break the code. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly mutator: string;
  /** The text of the line it begins in. */
  readonly at: string;
  readonly code: string;
  readonly replacement: string;
  /** The same in every version of the file that has these lines in this order. */
  readonly key: string;
}

export interface BrokenFiles {
  readonly mutants: readonly Mutant[];
  /** The text of each file with all its mutants in it, each behind a switch. */
  readonly code: Readonly<Record<string, string>>;
}

const ignore = (): undefined => undefined;
const never = (): boolean => false;
const silence = {
  isTraceEnabled: never,
  isDebugEnabled: never,
  isInfoEnabled: never,
  isWarnEnabled: never,
  isErrorEnabled: never,
  isFatalEnabled: never,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};

/** The mutants of Stryker in these files; string literals are left out, as in stryker.config.json. */
export async function breakFiles(patterns: readonly string[]): Promise<BrokenFiles> {
  const names = globSync([...patterns])
    .map((name) => name.replaceAll('\\', '/'))
    .toSorted();
  const files = names.map((name) => ({
    name,
    mutate: true,
    content: readFileSync(name, 'utf8').replaceAll('\r\n', '\n'),
  }));
  const made = await new Instrumenter(silence).instrument(files, {
    plugins: null,
    ignorers: [],
    excludedMutations: ['StringLiteral'],
  });
  const lines = new Map(files.map(({ name, content }) => [name, content.split('\n')]));
  const seen = new Map<string, number>();
  const mutants = made.mutants
    .filter(({ status }) => status === undefined)
    .map(({ id, fileName: file, mutatorName: mutator, replacement, location }): Mutant => {
      const { start, end } = location;
      const text = lines.get(file) ?? [];
      const at = text[start.line]?.trim() ?? '';
      const within = text.slice(start.line, end.line + 1);
      within.push((within.pop() ?? '').slice(0, end.column));
      const code = inOneLine(within.join('\n').slice(start.column));
      const same = [file, at, code, mutator, replacement].join('|');
      const count = (seen.get(same) ?? 0) + 1;
      seen.set(same, count);
      return {
        id,
        file,
        line: start.line + 1,
        column: start.column + 1,
        mutator,
        at,
        code,
        replacement: inOneLine(replacement),
        key: `${same}|${count}`,
      };
    });
  return {
    mutants,
    code: Object.fromEntries(made.files.map(({ name, content }) => [name, content])),
  };
}

/** So much as is needed to know it again. */
function inOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
