import type { Dossier } from '../request/dossier.ts';
import { higher, type Risk } from '../request/risk.ts';

/**
 * The least risk that facts alone give a request. The model can only raise it.
 * INVARIANT: final risk = the higher of this floor and the model's view.
 */
export const FLOOR_RULES = {
  'floor-no-justification': {
    risk: 'medium',
    about: 'no justification',
    holds: ({ request }) => !/[\p{L}\p{N}]/u.test(request.justification),
  },
  'floor-requestor-unknown': {
    risk: 'high',
    about: 'the vault names no requestor',
    holds: ({ gaps }) => gaps.some((gap) => gap.what === 'requestor'),
  },
  'floor-asset-unreadable': {
    risk: 'medium',
    about: 'deep analysis could not read the asset or its container',
    holds: ({ gaps }) => gaps.some((gap) => gap.what === 'asset' || gap.what === 'container'),
  },
} as const satisfies Record<string, { risk: Risk; about: string; holds: (dossier: Dossier) => boolean }>;
export type FloorRule = keyof typeof FLOOR_RULES;

export function riskFloor(dossier: Dossier): { risk: Risk; rules: FloorRule[] } {
  const rules = (Object.keys(FLOOR_RULES) as FloorRule[]).filter((name) => FLOOR_RULES[name].holds(dossier));
  return { risk: rules.map((name) => FLOOR_RULES[name].risk).reduce<Risk>(higher, 'low'), rules };
}
