import type { NextStep, PolicyStep } from '../domain/next_step.ts';
import { didYouMean } from '../text/nearest.ts';
import { plainLine } from '../text/plain_text.ts';

/* `@next`, `@to` and `@ask` of a forbid: what is next for a request that it holds. */

/** What may stand under `@next`: the names that JSON has, and the words of the tables. */
const KINDS = {
  ask: 'request_info',
  decide: 'escalate',
  observe: 'observe',
  request_info: 'request_info',
  escalate: 'escalate',
} as const satisfies Record<string, NextStep['kind']>;

/** What may stand under `@to`; those of the second list may be followed by a name. */
const RECIPIENTS = ['requestor', 'security', 'another authorizer'] as const;
const NAMED = ['owner', 'manager', 'team'] as const;
const WORDS = [...RECIPIENTS, ...NAMED];

/** The annotations that a policy may have; others are read by nobody. */
export const ANNOTATIONS = ['id', 'says', 'advice', 'next', 'to', 'ask'] as const;

const LONGEST_ASK = 300;
const LONGEST_TO = 100;

type Annotations = Readonly<Record<string, string | null | undefined>>;
type Problem = { readonly annotation: (typeof ANNOTATIONS)[number]; readonly message: string };
export type StepRead = { readonly step: PolicyStep | null; readonly problems: readonly Problem[] };

/** A step needs no more than one of the three: who is asked something is the requestor, who decides is the owner. */
export function readStep(annotations: Annotations, effect: 'permit' | 'forbid'): StepRead {
  const given = (['next', 'to', 'ask'] as const).filter((name) => Object.hasOwn(annotations, name));
  const [first] = given;
  if (first === undefined) return { step: null, problems: [] };
  const problems: Problem[] = [];
  const say = (annotation: Problem['annotation'], message: string) => problems.push({ annotation, message });
  if (effect === 'permit') {
    say(first, `\`@${first}\` belongs to a forbid: a permit holds no request`);
    return { step: null, problems };
  }
  for (const name of given) if (text(annotations[name]) === '') say(name, `\`@${name}\` is empty`);
  if (problems.length > 0) return { step: null, problems };

  const [next, to, ask] = [text(annotations.next), text(annotations.to), text(annotations.ask)];
  if (next !== '' && !Object.hasOwn(KINDS, next)) say('next', notAllowed('next', next, Object.keys(KINDS)));
  if (to.length > LONGEST_TO) say('to', `\`@to\` has ${to.length} characters; at most ${LONGEST_TO} are shown`);
  else if (to !== '' && !isRecipient(to)) say('to', notAllowed('to', to, WORDS));
  if (ask.length > LONGEST_ASK) say('ask', `\`@ask\` has ${ask.length} characters; at most ${LONGEST_ASK} are shown`);
  if (problems.length > 0) return { step: null, problems };

  const kind = next === '' ? inferred(to, ask) : KINDS[next as keyof typeof KINDS];
  if (kind === 'request_info') {
    if (ask === '') say(first, '`@ask("…")` is missing: what the requestor is asked for');
    if (to !== '' && to !== 'requestor')
      say('to', 'a question goes to the requestor; `@next("decide")` goes to others');
  } else if (to === 'requestor') say('to', 'requestors decide nothing; `@next("ask")` asks them');
  if (kind === 'observe') {
    const needless = given.find((name) => name !== 'next');
    if (needless !== undefined) say(needless, `\`@${needless}\` says nothing here: \`observe\` waits for nobody`);
  }
  if (problems.length > 0) return { step: null, problems };
  return { step: { kind, to: to === '' ? DEFAULT_TO[kind] : to, ask: ask === '' ? null : ask }, problems };
}

const DEFAULT_TO = {
  request_info: 'requestor',
  escalate: 'owner',
  observe: 'Portcullis',
} as const satisfies Record<NextStep['kind'], string>;

const inferred = (to: string, ask: string): NextStep['kind'] =>
  to === 'requestor' || (to === '' && ask !== '') ? 'request_info' : 'escalate';

/** As it will be shown: what nobody could see is no text. */
const text = (given: string | null | undefined): string => plainLine(given ?? '', 10_000);

function isRecipient(to: string): boolean {
  if (WORDS.some((word) => word === to && word !== 'team')) return true;
  const [word = '', ...name] = to.split(/\s+/);
  return name.length > 0 && NAMED.some((one) => one === word);
}

function notAllowed(annotation: string, given: string, allowed: readonly string[]): string {
  const [first = ''] = given.split(/\s+/);
  const nearest = didYouMean(given, allowed) || didYouMean(first, allowed);
  const how = annotation === 'to' ? ` (${NAMED.join(', ')} with a name: \`team change-board\`)` : '';
  return `\`@${annotation}("${given}")\` is not allowed; allowed: ${allowed.join(', ')}${how}${nearest}`;
}
