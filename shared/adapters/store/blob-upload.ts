/** Bytes of a block that is uploaded; two are on their way at a time, so memory stays flat. */
export const blockBytes = 4 * 1024 * 1024;
export const blocksAtOnce = 2;

/** The pieces as few larger chunks: a report has a piece for every line. */
export async function* chunked(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const chunkLength = 256 * 1024;
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length >= chunkLength) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}
