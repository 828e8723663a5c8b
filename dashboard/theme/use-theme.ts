import { type Theme, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { useCallback, useSyncExternalStore } from 'react';

export type Shade = 'light' | 'dark';

// Fluent's own is too dim on the dark theme's cards: 4.2 to 1, and words need 4.5 to 1.
const darkTheme: Theme = { ...webDarkTheme, colorStatusDangerForeground1: '#f28b93' };

const storageKey = 'portcullis.theme';
const listeners = new Set<() => void>();
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');
const printing = window.matchMedia('print');

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  darkSystem.addEventListener('change', listener);
  printing.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    darkSystem.removeEventListener('change', listener);
    printing.removeEventListener('change', listener);
  };
}

/** What was chosen on this machine, else what the system prefers; paper is always light. */
function currentShade(): Shade {
  if (printing.matches) return 'light';
  const chosen = localStorage.getItem(storageKey);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return darkSystem.matches ? 'dark' : 'light';
}

/** Fluent's theme, its shade, and how to change to the other one. */
export function useTheme(): { theme: Theme; shade: Shade; toggle: () => void } {
  const shade = useSyncExternalStore(subscribe, currentShade);
  const toggle = useCallback(() => {
    const other = currentShade() === 'dark' ? 'light' : 'dark';
    // Whoever goes back to what the system prefers follows it again.
    if ((other === 'dark') === darkSystem.matches) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, other);
    for (const listener of listeners) listener();
  }, []);
  return { theme: shade === 'dark' ? darkTheme : webLightTheme, shade, toggle };
}
