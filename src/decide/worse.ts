import type { AccessContext } from '../domain/access_context.ts';
import type { Action } from '../domain/action.ts';
import { decidedAsset } from '../domain/decided_content.ts';
import type { Decision } from '../domain/decision.ts';
import type { AssetFacts, Dossier } from '../domain/dossier.ts';
import { atMost } from '../domain/risk.ts';
import { firstReason } from '../phrases/rule_words.ts';

/** A request as it was decided on, or as it would be decided on now. */
export type Decided = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly decision: Decision;
};

type Row = (before: Decided, now: Decided, action: Action) => string | null;

/**
 * What may be worse right before a write than when it was decided, in the order in which it is asked. A rating rests on
 * the facts that the model was told: with others it says nothing.
 */
export const WORSE = {
  verdict: (_before, { decision }, action) =>
    decision.verdict === action ? null : firstReason(decision, 'it would be decided otherwise now'),
  gap: ({ dossier: { gaps } }, { dossier }) => {
    const gap = dossier.gaps.find(({ what }) => !gaps.some((known) => known.what === what));
    return gap === undefined ? null : `the ${gap.what} could not be read right before the call: ${gap.why}`;
  },
  asset: ({ dossier: { asset } }, { dossier }, action) =>
    action === 'close' || decidedAsset(asset) === decidedAsset(dossier.asset)
      ? null
      : `its asset is not as it was rated: ${assetWords(asset)} then, ${assetWords(dossier.asset)} now`,
  entitlement: ({ accessContext }, now, action) =>
    action === 'close' || contentOf(accessContext) === contentOf(now.accessContext)
      ? null
      : `it is about ${now.accessContext.entitlement ?? 'something unknown'} now, and was rated as ${accessContext.entitlement ?? 'something unknown'}`,
  floor: ({ decision }, now, action) =>
    action !== 'approve' || atMost(now.decision.floor, decision.floor)
      ? null
      : `facts alone make it ${now.decision.floor} now, and made it ${decision.floor} when it was decided`,
} as const satisfies Record<string, Row>;

/** Why the action is not taken although it was decided; null when nothing is worse. */
export function worseThan(before: Decided, now: Decided, action: Action): string | null {
  for (const row of Object.values(WORSE) as Row[]) {
    const why = row(before, now, action);
    if (why !== null) return why;
  }
  return null;
}

const contentOf = ({ entitlement, classes }: AccessContext): string => JSON.stringify([entitlement, classes]);

function assetWords(asset: AssetFacts | null): string {
  if (asset === null) return 'not read';
  const { type, containerPath, tags } = asset;
  return [type ?? 'no type', `in ${containerPath ?? 'no container'}`, ...tags].join(', ');
}
