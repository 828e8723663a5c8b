import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.machinelearningservices/workspaces/onlineendpoints`; managed ones name no compute. */
export const onlineEndpointRow = z.object({
  properties: lenient.whole(z.object({ scoringUri: lenient.text, compute: lenient.id })),
});
