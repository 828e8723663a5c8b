import { createHash } from 'node:crypto';

/** Where the next page of a query begins. */
interface Position {
  readonly offset: number;
  readonly top: number;
}

/** A token for the rest of a query's rows, which no other query takes. */
export function skipTokenOf(query: string, { offset, top }: Position): string {
  const position = { $id: '1', MaxRows: top, RowsToSkip: offset, QueryHash: hashOf(query) };
  return Buffer.from(JSON.stringify(position)).toString('base64');
}

/** What a token says; undefined where it is none of ours or of another query. */
export function positionIn(token: string, query: string): Position | undefined {
  const text = Buffer.from(token, 'base64').toString();
  const [, top, offset, hash] =
    /^\{"\$id":"1","MaxRows":(\d+),"RowsToSkip":(\d+),"QueryHash":"(\w+)"\}$/.exec(text) ?? [];
  return hash === hashOf(query) ? { offset: Number(offset), top: Number(top) } : undefined;
}

function hashOf(query: string): string {
  return createHash('sha256').update(query).digest('hex').slice(0, 16);
}
