import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Misfortune } from './faults.ts';
import type { Answer } from './wire.ts';

/** Sends an answer, as whole or as broken as the misfortune has it. */
export async function respond(
  response: ServerResponse,
  answer: Answer,
  does: Misfortune | undefined,
): Promise<void> {
  if (does?.kind === 'hang') return;
  if (does?.kind === 'reset') {
    response.socket?.destroy();
    return;
  }
  const body = Buffer.from(textOf(answer, does));
  const id = randomUUID();
  response.writeHead(answer.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-cache',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': id,
    ...answer.headers,
  });
  if (does?.kind === 'truncated') {
    response.write(body.subarray(0, Math.floor(body.length * does.part)), () => {
      response.socket?.destroy();
    });
    return;
  }
  if (does?.kind === 'slow') {
    const size = Math.ceil(body.length / does.pieces);
    for (let start = 0; start < body.length; start += size) {
      response.write(body.subarray(start, start + size));
      await pause(does.pauseMs);
    }
    response.end();
    return;
  }
  response.end(body);
}

function textOf({ body }: Answer, does: Misfortune | undefined): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (does?.kind === 'malformed') return `{"value":[,]}${text}`;
  return does?.kind === 'cutJson' ? text.slice(0, Math.floor(text.length * does.part)) : text;
}
