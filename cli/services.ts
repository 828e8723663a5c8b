import type { Services } from './world.ts';

/** What the verbs do their work with, each part loaded when it is first needed. */
export const services: Services = {
  auditEstate: async () => (await import('../shared/compose.ts')).auditEstate,
  demoSettingsPath: async () => (await import('../shared/compose.ts')).demoSettingsPath(),
  catalogue: async () => (await import('../shared/checks/catalogue.ts')).catalogue,
  explain: async () => (await import('../shared/network/explain.ts')).explainInFull,
  diff: async () => (await import('../shared/network/diff.ts')).diffGroups,
  lint: async () => (await import('../shared/network/lint.ts')).lintGroup,
};
