import type { AccessContext } from '../domain/access_context.ts';
import type { Considered } from '../domain/confirmation.ts';
import type { Dossier } from '../domain/dossier.ts';
import { plainLine } from '../text/plain_text.ts';
import { anyWord, enumWord, factsFor, type Known } from './facts.ts';

/**
 * What the model gets to see of a request: docs/model-contract.md, The question. Each `user` message is one JSON
 * document, made by the serialiser alone.
 * INVARIANT: no id of a request, a person, an asset or a form is sent; what people wrote stands in `untrusted_text` only.
 */

/** What screening made of a request's texts: the copy for the model, and whether it has to be alone with it. */
export type TreatedText = {
  readonly scoring: string;
  readonly suspicious: boolean;
  readonly names: {
    readonly requestor: string | null;
    readonly asset: string | null;
    readonly form: string | null;
  };
};

/** A dossier under the short name by which the model knows it. */
export type Slotted = Known & { readonly slot: string; readonly texts?: TreatedText | undefined };

export const slotted = (
  dossiers: readonly Dossier[],
  screened?: ReadonlyMap<string, TreatedText>,
  accessContexts?: ReadonlyMap<string, AccessContext>,
): Slotted[] =>
  dossiers.map((dossier, index) => ({
    slot: slotName(index),
    dossier,
    texts: screened?.get(dossier.request.id),
    accessContext: accessContexts?.get(dossier.request.id),
  }));

export const slotName = (index: number): string => `r${index + 1}`;

export type Context = { readonly windowDays: number; readonly agentUser: string | null };

const JUSTIFICATION_LENGTH = 1000;
const NAME_LENGTH = 64;

/** One request as the model sees it. */
export type Entry = { readonly facts: Record<string, unknown>; readonly untrusted_text?: Record<string, unknown> };
type Named = readonly (readonly [slot: string, entry: Entry])[];

/** The ordinary question, about one or several requests. */
export const userMessage = (asked: readonly Slotted[], context: Context): string =>
  documentOf({ context, requests: asked.map((one) => [one.slot, entryFor(one)]) });

function sharedFacts(requests: Named): Record<string, unknown> {
  const [first, ...others] = requests.map(([, { facts }]) => facts);
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(
      ([name, value]) =>
        value !== undefined && others.every((facts) => JSON.stringify(facts[name]) === JSON.stringify(value)),
    ),
  );
}

const unlessEmpty = (facts: Record<string, unknown>): Record<string, unknown> | undefined =>
  Object.keys(facts).length === 0 ? undefined : facts;

const without = (facts: Record<string, unknown>, shared: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !Object.hasOwn(shared, name)));

/** What the model gets to see of one request, wherever it stands: what a kept assessment is about. */
export const entryFor = (one: Omit<Slotted, 'slot'>): Entry => ({
  facts: factsFor(one, anyWord),
  untrusted_text: textFor(one.dossier, one.texts),
});

/** What stands around the requests of a question. */
export const contextFor = ({ windowDays, agentUser }: Context): Record<string, unknown> => ({
  expected_automation_user: agentUser === null ? undefined : plainLine(agentUser, NAME_LENGTH),
  window_days: windowDays,
});

/** The question that decides about a rejection: one request with its own text, and nothing of any other. */
export const singleMessage = (one: Slotted & Considered, context: Context): string =>
  documentOf({ mode: 'solo', context, requests: [[one.slot, entryFor(one)]] });

/** What stands for a request where no text may stand: not even the vault's own words, unless they look like one. */
export const factsOnlyFacts = (considered: Known): Record<string, unknown> => factsFor(considered, enumWord);

/**
 * The question that decides about approvals.
 * INVARIANT: the same whatever the requestors wrote as justification or as a name, so nothing of it can speak for itself
 * or for another request.
 */
export const factsOnlyMessage = (
  rows: readonly { readonly slot: string; readonly facts: Record<string, unknown> }[],
  { windowDays }: Context,
): string =>
  documentOf({
    mode: 'blind',
    // The agent's name is left out as well: `by_expected_automation` says all that it is good for.
    context: { windowDays, agentUser: null },
    requests: rows.map(({ slot, facts }) => [slot, { facts }]),
  });

/**
 * What a fact is at rest. A model that overlooks the list takes them for unknown, which is never milder.
 * INVARIANT: each is the milder value of its fact, or says nothing: what should raise a rating is told with its request.
 */
const AT_REST: Readonly<Record<string, unknown>> = {
  ...{ classes: [], privileged: false, break_glass: false, asset_known: true, in_role: true, sod_conflicts: [] },
  ...{
    approvals_recorded: 0,
    approvals_missing: [],
    only_own_approval: false,
    first_for_asset: false,
    requests_in_hour: 1,
  },
};

/** Those that every request of the question is told of, and at least two have at rest: they are left out there. */
function restingFacts(requests: Named): Record<string, unknown> {
  const resting = Object.entries(AT_REST).filter(
    ([name, value]) =>
      requests.every(([, { facts }]) => facts[name] !== undefined) &&
      requests.filter(([, { facts }]) => isSame(facts[name], value)).length > 1,
  );
  return Object.fromEntries(resting);
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const withoutResting = (facts: Record<string, unknown>, resting: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).filter(([name, value]) => !(name in resting && isSame(resting[name], value))),
  );

/** Without any blank, and what is the same in every question first. Facts that all requests of it share stand there once. */
function documentOf(question: {
  readonly mode?: 'blind' | 'solo';
  readonly context: Context;
  readonly requests: Named;
}): string {
  const { mode, context, requests } = question;
  const shared = requests.length > 1 ? sharedFacts(requests) : {};
  const own: Named = requests.map(([slot, entry]) => [slot, { ...entry, facts: without(entry.facts, shared) }]);
  const resting = own.length > 1 ? restingFacts(own) : {};
  return JSON.stringify({
    mode,
    ...contextFor(context),
    shared_facts: unlessEmpty(shared),
    facts_unless_stated: unlessEmpty(resting),
    requests: Object.fromEntries(
      own.map(([slot, entry]) => [slot, { ...entry, facts: withoutResting(entry.facts, resting) }]),
    ),
  });
}

/** The texts as screening left them, where there was one; in any case as one bounded line. */
function textFor({ request, facts }: Dossier, texts: TreatedText | undefined): Record<string, unknown> {
  const { requestor, asset, form } = texts?.names ?? {
    requestor: textOr(request.requestor.name, request.requestor.displayName),
    asset: request.asset?.name,
    form: request.form?.name,
  };
  const said = plainLine(texts?.scoring ?? request.justification, JUSTIFICATION_LENGTH);
  return {
    // Sent even when empty: a missing reason is something the model has to see.
    justification: facts.own ? said.replace(OWN_RUN, '') : said,
    requestor: name(requestor),
    asset: name(asset),
    form: name(form),
  };
}

/** Each run asks for its own keys in a sentence that ends with its id; apart from that they are the same request. */
const OWN_RUN = / for run [0-9TZ]{15,25}$/i;

const textOr = (text: string | null, otherwise: string | null): string | null =>
  name(text) === undefined ? otherwise : text;

function name(text: string | null | undefined): string | undefined {
  const plain = text ? plainLine(text, NAME_LENGTH) : '';
  return plain === '' ? undefined : plain;
}
