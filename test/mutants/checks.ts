import.meta.glob('../checks/*.test.ts', { eager: true });
