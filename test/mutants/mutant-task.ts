import { appendFileSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** The environment variable with the path of the task; without it the tests run as they are. */
export const taskVariable = 'MUTANT_TASK';

const hits = z.record(z.string(), z.number());

const taskSchema = z.object({
  /** JSON: the instrumented text of each file that has mutants, by its path from the root. */
  code: z.string(),
  /** A file to which answers are appended, one JSON object a line. */
  answers: z.string(),
  /** A mutant that is there before any file is loaded. */
  fromStart: z.string().optional(),
  /** Which tests to run on each mutant, by their place; without it, what each test covers is measured. */
  mutants: z
    .array(
      z.object({
        id: z.string(),
        tests: z.array(z.number()),
        hitLimit: z.number(),
        milliseconds: z.number(),
      }),
    )
    .optional(),
});

const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('test'),
    name: z.string(),
    milliseconds: z.number(),
    /** Mutants by how often the test came by. */
    hits,
    /** What is wrong with the test itself: it fails on code that is whole. */
    failure: z.string().optional(),
  }),
  /** Mutants that were passed while files were loaded. */
  z.object({ kind: z.literal('loading'), hits }),
  z.object({ kind: z.literal('begun'), id: z.string() }),
  z.object({
    kind: z.literal('ended'),
    id: z.string(),
    status: z.enum(['killed', 'timeout', 'survived']),
    test: z.string().optional(),
  }),
  /** The test that found the mutant fails without it, too: something was left behind. */
  z.object({
    kind: z.literal('leaked'),
    id: z.string(),
    status: z.enum(['killed', 'timeout']),
    test: z.string(),
  }),
  z.object({ kind: z.literal('finished') }),
]);

/** What a worker is to do. */
export type MutantTask = z.infer<typeof taskSchema>;
export type MutantTrial = NonNullable<MutantTask['mutants']>[number];
/** What a worker says while it works. */
export type MutantAnswer = z.infer<typeof answerSchema>;

export function readTask(path: string): MutantTask {
  return taskSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export function readCode({ code }: MutantTask): Readonly<Record<string, string>> {
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(code, 'utf8')));
}

export function say({ answers }: MutantTask, answer: MutantAnswer): void {
  appendFileSync(answers, `${JSON.stringify(answer)}\n`);
}

export function heard(line: string): MutantAnswer {
  return answerSchema.parse(JSON.parse(line));
}
