import { z } from 'zod';
import * as lenient from './lenient.ts';

/**
 * `microsoft.kubernetesconfiguration/extensions`. Resource Graph writes its members in PascalCase,
 * Azure Resource Manager in camelCase; settings are texts, their names in any casing.
 */
export const extensionRow = lenient.members({
  properties: lenient.whole(
    z
      .unknown()
      .transform((properties): unknown => lowerKeys(properties))
      .pipe(
        lenient.members({
          extensiontype: lenient.requiredLowerText,
          configurationsettings: z.unknown().transform((settings) => lowerKeys(settings)),
        }),
      )
      .transform((properties) => ({
        type: properties.extensiontype,
        setting: (name: string): string | undefined => {
          const value = properties.configurationsettings[name.toLowerCase()];
          return typeof value === 'string' || typeof value === 'boolean'
            ? String(value).toLowerCase()
            : undefined;
        },
      })),
  ),
});

export type ExtensionRow = z.infer<typeof extensionRow>;

function lowerKeys(value: unknown): Record<string, unknown> {
  if (!lenient.isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]));
}
