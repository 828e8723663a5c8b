import type { HttpResponseInit } from '@azure/functions';
import type { Decided } from '../shared/pipeline/decide-remediation.ts';

/** What whoever decided is answered. */
export function decisionAnswer(decided: Decided): HttpResponseInit {
  if (decided.kind === 'decided') return { jsonBody: decided.head };
  if (decided.kind === 'conflict') return refusal(409, decided.because);
  return refusal(404, 'There is no such remediation.');
}

/** An answer that says why nothing was done. */
export function refusal(status: number, error: string): HttpResponseInit {
  return { status, jsonBody: { error } };
}
