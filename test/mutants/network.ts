import.meta.glob(
  [
    '../network/*.test.ts',
    '../cli/nsg-*.test.ts',
    '!../network/{*.z3,budget,recorded-groups}.test.ts',
  ],
  { eager: true },
);
