/** The dashboard as static files: `dist/dashboard/`, served below `/dashboard/`. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the function app answers while the page is developed with `vite dashboard`. */
const app = process.env['PORTCULLIS_DASHBOARD_APP'] ?? 'http://127.0.0.1:7071';

export default defineConfig({
  root: import.meta.dirname,
  base: '/dashboard/',
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // Data URLs would need `font-src data:` and the like of the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { '/dashboard/api': app, '/.auth': app } },
});
