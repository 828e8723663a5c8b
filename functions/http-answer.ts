import { ReadableStream, TextEncoderStream } from 'node:stream/web';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Refused } from '../shared/api/admit.ts';
import type { CsvReply, JsonReply } from '../shared/api/context.ts';
import { etagOf, isKnown } from './etag.ts';

const always = { 'x-content-type-options': 'nosniff' };

/** A reply as HTTP has it: with an ETag, or 304 where the caller has it already. */
export function httpAnswer(
  reply: JsonReply<unknown> | CsvReply | Refused,
  { method, headers }: Pick<HttpRequest, 'method' | 'headers'>,
): HttpResponseInit {
  if (reply.kind === 'refused') {
    const { status, problem } = reply;
    return { status, jsonBody: problem, headers: { ...always, 'cache-control': 'no-store' } };
  }
  const text = reply.kind === 'json' ? JSON.stringify(reply.json) : undefined;
  if (method !== 'GET') return { body: text ?? '', headers: { ...always, ...typeOf(reply) } };
  // The records are made twice, so that nobody holds them all.
  const etag = etagOf(reply.kind === 'csv' ? reply.records() : [text ?? '']);
  const known = { ...always, etag, 'cache-control': 'private, no-cache' };
  if (isKnown(etag, headers.get('if-none-match'))) return { status: 304, headers: known };
  const typed = { ...known, ...typeOf(reply) };
  if (reply.kind === 'json') return { body: text ?? '', headers: typed };
  const pieces = ReadableStream.from(reply.records());
  return { body: pieces.pipeThrough(new TextEncoderStream()), headers: typed };
}

function typeOf(reply: JsonReply<unknown> | CsvReply): Record<string, string> {
  return reply.kind === 'json'
    ? { 'content-type': 'application/json; charset=utf-8' }
    : {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${reply.name}"`,
      };
}
