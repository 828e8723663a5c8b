import type { Services } from './world.ts';

/** What the verbs do their work with, each part loaded when it is first needed. */
export const services: Services = {
  startAudit: async () => (await import('../shared/compose.ts')).startAudit,
  demoSettingsPath: async () => (await import('../shared/compose.ts')).demoSettingsPath(),
  catalogue: async () => (await import('../shared/checks/catalogue.ts')).catalogue,
  exportEstate: async () => (await import('../shared/compose-live.ts')).exportEstate,
  diagnose: async () => (await import('../shared/compose-live.ts')).diagnoseLive,
  startDemo: async () => (await import('./demo-stack.ts')).startDemo,
  simulator: async () => ({
    ...(await import('../simulator/estate/read-estate.ts')),
    ...(await import('../simulator/start-simulator.ts')),
  }),
  explainCluster: async () => (await import('../shared/compose.ts')).explainCluster,
  makePlans: async () => (await import('../shared/compose.ts')).makePlans,
  whatIf: async () => {
    const { readProposal, judgeProposal } = await import('../shared/compose.ts');
    return { parse: readProposal, judge: judgeProposal };
  },
  openApplier: async () => (await import('../shared/compose-remediation.ts')).openApplier,
  rollBackFile: async () => (await import('../shared/compose-remediation.ts')).rollBackFile,
  rollBackKept: async () => (await import('../shared/compose-remediation.ts')).rollBackKept,
  foresee: async () => (await import('../shared/compose.ts')).foresee,
  explain: async () => (await import('../shared/network/explain.ts')).explainInFull,
  diff: async () => (await import('../shared/network/diff.ts')).diffGroups,
  lint: async () => (await import('../shared/network/lint.ts')).lintGroup,
};
