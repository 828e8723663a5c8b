import * as lenient from './lenient.ts';

/** `microsoft.machinelearningservices/workspaces/onlineendpoints`; managed ones name no compute. */
export const onlineEndpointRow = lenient.members({
  properties: lenient.whole(lenient.members({ scoringUri: lenient.text, compute: lenient.id })),
});
