import type { Action } from '../domain/action.ts';
import type { CedarCase } from './cedar_case.ts';
import type { Cedar, ParsedPolicy } from './cedar_source.ts';
import { type Declared, declaredTypes, fits } from './declared_types.ts';
import { type Mentions, mentionsOf } from './mentions.ts';

/** What is kept of one policy folder, in characters of the keys; an answer counts as so many of its own. */
const MOST_KEPT = 4_000_000;
const PER_ANSWER = 400;

type Ask<A> = (action: Action, made: CedarCase) => A;
/** Null for what is never remembered. */
export type KeyOf = (action: Action, made: CedarCase) => string | null;

/**
 * What an answer depends on, as one text: the values of the attributes that policies for this action mention. Null for a
 * case that does not fit the schema (Cedar refuses it, whatever the policies mention) and where the policies or the schema
 * are not understood.
 */
export function keyOfCases(cedar: Cedar, policies: readonly ParsedPolicy[], schema: string): KeyOf {
  const trees = policies.map(({ json }) => json);
  const known = new Map<Action, { mentions: Mentions; declared: Declared }>();
  for (const [action, declared] of declaredTypes(cedar, schema)) {
    const mentions = mentionsOf(trees, action);
    if (mentions !== null) known.set(action, { mentions, declared });
  }
  return (action, made) => {
    const about = known.get(action);
    return about === undefined || !fits(made, about.declared) ? null : `${action} ${valuesOf(about.mentions, made)}`;
  };
}

/** In the order of the policies, so that each has its place; what is missing is null, which no value is. */
function valuesOf(mentions: Mentions, { principal, resource, context }: CedarCase): string {
  const values: unknown[] = [];
  for (const name of mentions.principal) values.push(principal.attrs[name] ?? null);
  for (const name of mentions.resource) values.push(resource.attrs[name] ?? null);
  for (const name of mentions.context) values.push(context[name] ?? null);
  if (mentions.ids.has('principal')) values.push(principal.uid);
  if (mentions.ids.has('resource')) values.push(resource.uid);
  return JSON.stringify(values);
}

/**
 * The same question with its answers remembered: most requests are the same to the policies.
 * INVARIANT: a remembered answer is the fresh one. One with an error is asked for each time, and is never remembered.
 */
export function remembering<A extends { readonly errors: readonly string[] }>(
  keyOf: KeyOf,
  ask: Ask<A>,
  mostKept = MOST_KEPT,
): Ask<A> {
  const answers = new Map<string, A>();
  let kept = 0;
  return (action, made) => {
    const key = keyOf(action, made);
    if (key === null) return ask(action, made);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(action, made);
    const size = key.length + PER_ANSWER;
    if (answer.errors.length > 0 || size > mostKept) return answer;
    if (kept + size > mostKept) {
      answers.clear();
      kept = 0;
    }
    kept += size;
    answers.set(key, answer);
    return answer;
  };
}
