import { requestorKey } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import { type Reviewed, requestorOf } from '../domain/run_record.ts';
import { plural } from './plural.ts';
import { capWords } from './rule_words.ts';

/** What a cap or the circuit breaker held back: everything else allowed the action. What isolated persons asked for waits for security. */
export type HeldBack = { readonly reviewed: Reviewed; readonly action: Action; readonly why: string };

export const heldBackOf = (reviewed: readonly Reviewed[]): HeldBack[] =>
  reviewed.flatMap((one) =>
    one.decision.rules.flatMap((trace) =>
      trace.kind === 'cap' && trace.cap !== 'isolated'
        ? [{ reviewed: one, action: trace.action, why: capWords(trace) }]
        : [],
    ),
  );

/** So many persons are named. */
const MOST_NAMED = 5;

/** Whose requests the circuit breaker for suspicious texts holds, in a line; null when nobody's. Names are as the vault gives them. */
export function isolatedLine(reviewed: readonly Reviewed[]): string | null {
  const persons = new Map<string, { readonly name: string; readonly count: number }>();
  for (const { dossier, decision } of reviewed) {
    if (!decision.rules.some((trace) => trace.kind === 'cap' && trace.cap === 'isolated')) continue;
    const key = requestorKey(dossier.request) ?? '';
    const { name, count } = persons.get(key) ?? { name: requestorOf(dossier.request), count: 0 };
    persons.set(key, { name, count: count + 1 });
  }
  if (persons.size === 0) return null;
  const all = [...persons.values()].map(({ name, count }) => `${name} (${plural(count, 'request')})`);
  const more = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : '';
  return `Held for suspicious texts, whatever the request: ${all.slice(0, MOST_NAMED).join(', ')}${more}. Security should ask these persons; the requests of others go on.`;
}
