import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { AzureError, SignInError } from '../shared/adapters/azure/azure-error.ts';
import { type Admitted, refused } from '../shared/api/admit.ts';
import { answer, isAnswered } from '../shared/api/answers.ts';
import type { Service } from '../shared/compose-service.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import { boundedText } from './bounded-text.ts';
import { httpAnswer } from './http-answer.ts';
import { tellTo } from './tell-to.ts';

/** What a request that was admitted is answered from the stores, or from Azure as it is now. */
export async function replyTo(
  admitted: Admitted,
  request: HttpRequest,
  context: InvocationContext,
  service: Service | undefined,
): Promise<HttpResponseInit> {
  const refuse = (...given: Parameters<typeof refused>) => httpAnswer(refused(...given), request);
  if (service === undefined) return refuse(500, 'The configuration is wrong; see the log.');
  const { name, route } = admitted;
  if (!isAnswered(name)) throw new TypeError(`nothing answers ${name}`);
  const text = route.body === undefined ? '' : await boundedText(request, route.longestBody);
  if (text === undefined) return refuse(413, `The body is longer than ${route.longestBody} bytes.`);
  const step = () => service.contextFor(tellTo(context));
  try {
    return httpAnswer(await answer({ ...service.api, step }, admitted, name, text), request);
  } catch (error) {
    context.error(`${route.method} ${route.path} failed`, error);
    if (error instanceof UsageError) {
      return refuse(500, 'The settings cannot be used.', { next: 'GET settings says why.' });
    }
    if (!(error instanceof AzureError || error instanceof SignInError)) throw error;
    return refuse(502, 'Azure did not give what the answer needs.', { next: 'The log says why.' });
  }
}
