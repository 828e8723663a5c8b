import { settingsFileName } from '../shared/settings/settings-from-text.ts';
import type { Flag } from './arguments.ts';
import { cloudFlag } from './live-source.ts';

/** What is looked at, and by which settings: flags of verbs that audit and print one thing. */
export const sourceFlags: readonly Flag[] = [
  {
    name: 'estate',
    value: '<path>',
    says: 'Read this file or folder instead of Azure: rows as Azure Resource Graph returns them, as JSON or JSON lines.',
  },
  { name: 'demo', says: 'Read the estate that comes with the command.' },
  cloudFlag,
  {
    name: 'settings',
    value: '<file>',
    says: `Read the settings from here instead of ${settingsFileName} in this folder, or those of the demo.`,
  },
];

/** How such a verb reads and prints, whatever its formats are. */
export const readingFlags: readonly Flag[] = [
  {
    name: 'strict',
    says: 'What the estate does not hold is unknown, instead of taken as empty and listed as assumed.',
  },
  { name: 'quiet', says: 'No progress on standard error.' },
  { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
];

/** How such a verb reads and prints, for a person or a program. */
export const printingFlags: readonly Flag[] = [
  {
    name: 'format',
    value: 'table|json',
    oneOf: ['table', 'json'],
    fallback: 'table',
    says: 'How to print it.',
  },
  ...readingFlags,
];
