import type { HttpResponseInit } from '@azure/functions';
import { catalogue } from '../shared/checks/catalogue.ts';

/** The catalogue, as `portcullis checks` lists it. */
export function checks(): HttpResponseInit {
  const jsonBody = catalogue.map(({ id, title, severity, appliesTo, remediation, source }) => {
    return { id, title, severity, appliesTo, remediation, source };
  });
  return { jsonBody };
}
