import { createContext } from 'react';
import type { Me } from '../api/api-types.ts';

/** Until it is known who looks at the page. */
export const nobody: Me = { name: '', roles: [], provider: '' };

/** Who looks at the page, and what they may. */
export const PersonContext = createContext<Me>(nobody);
