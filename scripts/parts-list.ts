import { z } from 'zod';
import type { BundledPackage } from './bundled-packages.ts';

/** What npm writes of a project, in CycloneDX: https://cyclonedx.org/specification/overview/ */
const npmsList = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  serialNumber: z.string().optional(),
  metadata: z.looseObject({ timestamp: z.string().optional(), component: z.looseObject({}) }),
  components: z.array(
    z.looseObject({ name: z.string(), version: z.string(), 'bom-ref': z.string() }),
  ),
  dependencies: z.array(
    z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() }),
  ),
});

/**
 * npm's list of parts, less what is installed and not in the bundle, and less its number and hour and
 * the name of the folder, so that the same app has the same list.
 * @throws Error where a package in the bundle is not on npm's list.
 */
export function partsList(
  npmsJson: string,
  name: string,
  packages: readonly BundledPackage[],
): string {
  const { serialNumber: _number, metadata, ...list } = npmsList.parse(JSON.parse(npmsJson));
  const { timestamp: _hour, ...about } = metadata;
  const component = { ...about.component, name };
  const bundled = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = list.components.filter(({ name, version }) =>
    bundled.delete(`${name}@${version}`),
  );
  if (bundled.size > 0) throw new Error(`npm does not list ${[...bundled].join(', ')}`);
  const kept = new Set(components.map((component) => component['bom-ref']));
  const dependencies = list.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ dependsOn = [], ...each }) => ({
      ...each,
      dependsOn: dependsOn.filter((ref) => kept.has(ref)),
    }));
  return `${JSON.stringify({ ...list, metadata: { ...about, component }, components, dependencies }, null, 2)}\n`;
}
