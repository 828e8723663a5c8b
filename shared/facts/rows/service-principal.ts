import * as lenient from './lenient.ts';

/** `microsoft.graph/serviceprincipals`: object id and application id. */
export const servicePrincipalRow = lenient.members({ id: lenient.guid, appId: lenient.guid });
