import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.graph/serviceprincipals`: object id and application id. */
export const servicePrincipalRow = z.object({ id: lenient.guid, appId: lenient.guid });
