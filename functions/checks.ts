import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { catalogue } from '../shared/checks/catalogue.ts';
import { sentCheck } from '../shared/api/service-answers.ts';
import { httpAnswer } from './http-answer.ts';

/** The catalogue, as `portcullis checks` lists it. */
export async function checks(request: HttpRequest): Promise<HttpResponseInit> {
  return httpAnswer({ kind: 'json', json: catalogue.map(sentCheck) }, request);
}
