import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.machinelearningservices/workspaces`. */
export const workspaceRow = z.object({
  location: lenient.location,
  properties: lenient.whole(z.object({ containerRegistry: lenient.id, hubResourceId: lenient.id })),
});
