import type { paths } from './api-types.ts';

interface Answering<T> {
  readonly responses: { readonly 200: { readonly content: { readonly 'application/json': T } } };
}

/** Paths of the API that answer JSON to GET. */
export type ReadPath = {
  [P in keyof paths]: paths[P] extends { get: Answering<unknown> } ? P : never;
}[keyof paths];

/** Paths of the API that something is sent to. */
export type WritePath = {
  [P in keyof paths]: paths[P] extends { post: Answering<unknown> } ? P : never;
}[keyof paths];

/** What a path answers to GET. */
export type ReadAnswer<P extends ReadPath> = paths[P] extends { get: Answering<infer T> }
  ? T
  : never;

/** What a path answers to POST. */
export type WriteAnswer<P extends WritePath> = paths[P] extends { post: Answering<infer T> }
  ? T
  : never;

/** What a path takes in a POST. */
export type WriteBody<P extends WritePath> = paths[P] extends {
  post: { requestBody: { content: { 'application/json': infer T } } };
}
  ? T
  : never;

/** The parameters of a path, those of headers aside: the client sets them. */
export type ReadParameters<P extends ReadPath> = paths[P] extends { get: { parameters: infer T } }
  ? Omit<T, 'header' | 'cookie'>
  : never;

/** As above, of a path that something is sent to. */
export type WriteParameters<P extends WritePath> = paths[P] extends {
  post: { parameters: infer T };
}
  ? Omit<T, 'header' | 'cookie'>
  : never;
