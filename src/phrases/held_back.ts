import type { Action } from '../domain/action.ts';
import type { Reviewed } from '../domain/run_record.ts';
import { capWords } from './rule_words.ts';

/** What a cap or the circuit breaker held back: everything else allowed the action. */
export type HeldBack = { readonly reviewed: Reviewed; readonly action: Action; readonly why: string };

export const heldBackOf = (reviewed: readonly Reviewed[]): HeldBack[] =>
  reviewed.flatMap((one) =>
    one.decision.rules.flatMap((trace) =>
      trace.kind === 'cap' ? [{ reviewed: one, action: trace.action, why: capWords(trace) }] : [],
    ),
  );
