import.meta.glob('../access/!(recorded-)*.test.ts', { eager: true });
