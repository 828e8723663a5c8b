import.meta.glob(
  [
    '../network/*.test.ts',
    '!../network/{*.z3,budget,first-engine,recorded-groups,lint-rules.property}.test.ts',
  ],
  { eager: true },
);
