import type { WorkFiles } from '../../store-ports.ts';

/** Files in memory, for tests: they are gone with the process. */
export function memoryFiles(): WorkFiles {
  const files = new Map<string, string>();
  return {
    async write(name, pieces) {
      let text = '';
      for await (const piece of pieces) text += piece;
      files.set(name, text);
    },
    async lines(name) {
      const text = files.get(name);
      if (text === undefined) return undefined;
      return (async function* () {
        yield* text.split('\n').filter((line) => line !== '');
      })();
    },
    async *names(prefix) {
      yield* [...files.keys()].filter((name) => name.startsWith(prefix)).toSorted();
    },
    async remove(name) {
      files.delete(name);
    },
  };
}
