import type { HttpResponseInit } from '@azure/functions';
import { catalogue } from '../shared/checks/catalogue.ts';

/** The catalogue. */
export function checks(): HttpResponseInit {
  return {
    jsonBody: catalogue.map(({ id, title, severity, appliesTo, remediation, source }) => {
      return { id, title, severity, appliesTo, remediation, source };
    }),
  };
}
