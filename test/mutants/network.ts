import.meta.glob(
  [
    '../network/*.test.ts',
    '../cli/nsg-*.test.ts',
    '!../network/{*.z3,first-engine,recorded-groups,budget}.test.ts',
  ],
  { eager: true },
);
