import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { keyHolder, principalOf } from '../shared/adapters/azure/client-principal.ts';
import { admit } from '../shared/api/admit.ts';
import { configuredService } from './configured-service.ts';
import { httpAnswer } from './http-answer.ts';
import { ownAnswers } from './own-answers.ts';
import { replyTo } from './reply-to.ts';

/**
 * Answers a request for `path` below `/api/`, which comes with a function key that the host has looked
 * at, or below `/dashboard/api/`, which comes from whoever the platform says is signed in. Both doors
 * lead to the same resources; who may have which is decided here.
 */
export async function answerApi(
  path: string,
  request: HttpRequest,
  context: InvocationContext,
  door: 'key' | 'principal',
): Promise<HttpResponseInit> {
  const { method, query, headers } = request;
  const service = configuredService(context);
  // Where the configuration is wrong, nobody knows whether the platform says who calls: it does not.
  const authenticatesCallers = service?.environment.authenticatesCallers ?? door === 'key';
  const told = { header: headers.get('x-ms-client-principal'), authenticatesCallers };
  const signedIn = () => {
    const principal = principalOf(told);
    return principal === undefined ? undefined : { ...principal, hasKey: false };
  };
  const caller = door === 'key' ? keyHolder(told) : signedIn();
  const asked = { method, path, query, header: (name: string) => headers.get(name) };
  try {
    const admitted = admit(asked, caller);
    if (admitted.kind === 'refused') return httpAnswer(admitted, request);
    const own = ownAnswers[admitted.name];
    return await (own?.(request, context) ?? replyTo(admitted, request, context, service));
  } catch (error) {
    context.error(`${method} ${path} failed`, error);
    throw error;
  }
}
