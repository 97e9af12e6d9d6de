import { ACTION_NAMES, type Action } from '../domain/action.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Halt } from '../domain/halt.ts';
import type { Declined } from '../domain/recorded_decisions.ts';
import type { RunMode, RunRecord } from '../domain/run_record.ts';
import { haltWords } from '../phrases/halt_words.ts';
import { plainLine } from '../text/plain_text.ts';

/** What a cycle is for. */
export type Purpose =
  /** `person`: who is asked, where that is known. */
  | {
      readonly kind: 'run';
      readonly dryRun: boolean;
      readonly canAsk: boolean;
      readonly person?: string | undefined;
    }
  | { readonly kind: 'plan' }
  | { readonly kind: 'apply'; readonly planId: string; readonly approvedBy: string };

/** Whether a person says yes to each action of a run, or to the plan that it prepares or carries out. */
export const saidByPerson = ({ mode, planId }: Pick<RunRecord, 'mode' | 'planId'>): boolean =>
  mode === 'asking' || planId !== null;

/**
 * The requests with what people said no to. Whoever is asked at the terminal may say yes this time, so that nothing is held
 * back from them.
 */
export function withDeclined(
  dossiers: readonly Dossier[],
  mode: RunMode,
  declined: (requestId: string, action: Action) => Declined | null,
): readonly Dossier[] {
  if (mode === 'asking') return dossiers;
  return dossiers.map((dossier) => {
    const said = ACTION_NAMES.flatMap((action) => {
      const no = declined(dossier.request.id, action);
      return no === null ? [] : [[action, no] as const];
    });
    if (said.length === 0) return dossier;
    return { ...dossier, history: { ...dossier.history, declined: Object.fromEntries(said) } };
  });
}

type HowItActs = { readonly mode: RunMode; readonly observingBecause: string | null };

/**
 * Who lets actions through in a run; `unusable`: policy or prompts were edited, and the ones before serve. Pure. INVARIANT: a plan that is prepared, a rehearsal and a halt observe, whatever
 * the settings say; without autonomy and without a person to ask nothing is done.
 */
export function runModeOf(purpose: Purpose, autonomous: boolean, halt: Halt | null, unusable = false): HowItActs {
  const observing = (because: string): HowItActs => ({ mode: 'observing', observingBecause: because });
  if (purpose.kind === 'plan') return observing('it prepares a plan');
  if (purpose.kind === 'run' && purpose.dryRun) return observing('dry run');
  if (halt !== null) return observing(haltWords(halt, plainLine));
  if (unusable) return observing('policy or prompts cannot be used as they are now');
  if (purpose.kind === 'apply') return { mode: 'applying', observingBecause: null };
  if (autonomous) return { mode: 'autonomous', observingBecause: null };
  if (purpose.canAsk) return { mode: 'asking', observingBecause: null };
  return observing('not autonomous, and no terminal to ask at');
}
