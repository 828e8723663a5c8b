/**
 * The dashboard. What the page's Content-Security-Policy must allow, each tried in Chromium:
 *
 * - `script-src 'self'`, `img-src 'self'`, `connect-src 'self'`: our own files and API, no others.
 * - `style-src 'self'` and `'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='`, the hash of the
 *   empty text. Fluent UI makes empty `<style>` elements and fills them by `insertRule`, which no
 *   policy forbids; but a browser gives an element whose text the policy does not allow no sheet
 *   to insert into. A style element with any text in it stays forbidden, as it was.
 * - `style=` attributes are set by script (CSSOM) and need nothing.
 */
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './shell/dashboard.tsx';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no element with the id root');
createRoot(place).render(
  <StrictMode>
    <Dashboard />
  </StrictMode>,
);
