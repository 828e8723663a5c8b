import * as lenient from './lenient.ts';

/**
 * `microsoft.resources/deploymentstacks`; what it detached is no longer its own.
 * Source: https://learn.microsoft.com/rest/api/resources/deployment-stacks/get-at-subscription
 */
export const deploymentStackRow = lenient.members({
  name: lenient.text,
  properties: lenient.whole(
    lenient.members({
      resources: lenient.presentList(lenient.requiredReference),
      denySettings: lenient.part(
        lenient.members({ mode: lenient.lowerText, applyToChildScopes: lenient.flag }),
      ),
    }),
  ),
});
