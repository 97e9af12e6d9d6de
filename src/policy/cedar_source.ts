import v8 from 'node:v8';
import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { ACTION_NAMES, type Action } from '../domain/action.ts';
import type { PolicyStep } from '../domain/next_step.ts';
import { plainLine } from '../text/plain_text.ts';
import type { PolicyFile } from './folder.ts';
import { characterAt, type Finding, type Place, placed, placeOf, topOf } from './place.ts';
import { ANNOTATIONS, readStep } from './policy_step.ts';

/** One policy as people speak of it: in a report, in `explain`, in a lint. */
export type PolicyInfo = {
  /** Its `@id`: what reports call it. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly actions: readonly Action[];
  /** Its `@says`: one sentence for a person. */
  readonly says: string;
  /** Its `@advice`: what the person can do about it. */
  readonly advice: string | null;
  /** Its `@next`, `@to` and `@ask`: what is next for a request that it holds. */
  readonly next: PolicyStep | null;
  /** Annotations that nothing reads. */
  readonly unread: readonly string[];
  readonly place: Place;
  readonly text: string;
};

export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

let loading: Promise<Cedar> | undefined;

/** Cedar is 4 MB of WebAssembly: loaded when a policy is, not with every `--help`. */
export function loadCedar(): Promise<Cedar> {
  loading ??= loadCalmly();
  return loading;
}

/**
 * V8 optimises a function of WebAssembly after it has executed about so many bytes. Its usual bound is met while a policy is
 * read, and what is compiled then costs more processor time than a run of thousands of requests gets back.
 */
const OPTIMISE_AFTER = { usual: 13_000_000, here: 1_000_000_000 };

async function loadCalmly(): Promise<Cedar> {
  const optimiseAfter = (bytes: number) => v8.setFlagsFromString(`--wasm-tiering-budget=${bytes}`);
  optimiseAfter(OPTIMISE_AFTER.here);
  try {
    return await import('@cedar-policy/cedar-wasm/nodejs');
  } finally {
    // With any other option than those that it was built with, Node compiles its own modules anew.
    optimiseAfter(OPTIMISE_AFTER.usual);
  }
}

/** A policy, Cedar's own tree of it, and its text with a permit for a forbid. */
export type ParsedPolicy = PolicyInfo & { readonly json: PolicyJson; readonly asPermit: string };

export type SourceRead = { readonly policies: readonly ParsedPolicy[]; readonly findings: readonly Finding[] };

/** INVARIANT: a file that lost its content is no file without rules: its forbids would be gone in silence. */
const EMPTY = 'is empty: if nothing of it is wanted, remove the file, or leave a comment in it';

/** Takes one .cedar file apart into policies with their names, sentences and places. */
export function readSource(cedar: Cedar, { file, text }: PolicyFile): SourceRead {
  if (text.trim() === '') return { policies: [], findings: [{ place: topOf(file), message: EMPTY }] };
  const parsed = cedar.checkParsePolicySet({ staticPolicies: text });
  if (parsed.type === 'failure') {
    return { policies: [], findings: parsed.errors.map((error) => findingOf(error, file, text)) };
  }
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') {
    return { policies: [], findings: parts.errors.map((error) => findingOf(error, file, text)) };
  }
  const findings: Finding[] = [];
  const policies: ParsedPolicy[] = [];
  for (const { part, offset } of inFileOrder(parts.policies, text)) {
    const place = placeOf(file, text, offset);
    const answer = cedar.policyToJson(part);
    if (answer.type === 'failure') {
      findings.push(...answer.errors.map((error) => ({ place, message: error.message })));
      continue;
    }
    const { annotations = {}, effect } = answer.json;
    const [id, says, advice] = [annotations.id ?? '', (annotations.says ?? '').trim(), annotations.advice?.trim()];
    if (id === '') findings.push({ place, message: 'has no `@id("…")`: reports could not name it' });
    else if (!/^[a-z][a-z0-9-]*$/.test(id)) {
      findings.push({ place, message: `\`@id("${id}")\` must be small letters, digits and hyphens` });
    }
    if (plainLine(says) === '')
      findings.push({ place, message: 'has no `@says("…")`: one sentence for the person who reads the report' });
    const { step: next, problems } = readStep(annotations, effect);
    for (const { annotation, message } of problems) {
      findings.push({ place: placeOf(file, text, offset + annotationIn(part, annotation)), message });
    }
    const unread = Object.keys(annotations).filter((name) => !ANNOTATIONS.some((known) => known === name));
    const about = { id, says, effect, actions: actionsOf(answer.json), advice: advice || null, next, unread };
    policies.push({ ...about, place, text: part, json: answer.json, asPermit: asPermit(part) });
  }
  return { policies, findings };
}

/** Two policies of one name: one would take the place of the other. */
export function doubledIds(policies: readonly ParsedPolicy[]): Finding[] {
  const first = new Map<string, Place>();
  return policies.flatMap(({ id, place }) => {
    const earlier = first.get(id);
    first.set(id, earlier ?? place);
    if (id === '' || earlier === undefined) return [];
    return [{ place, message: `\`@id("${id}")\` is taken by the policy at ${placed(earlier)}` }];
  });
}

/** What Cedar says about a text, at the place it means. */
export function findingOf(error: DetailedError, file: string, text: string): Finding {
  const where = error.sourceLocations?.[0];
  // The names that Cedar gives to policies without one are no names that a person has seen.
  const message = error.message.replace(/^for policy `policy\d+`, /, '').replaceAll('\n', ' ');
  const notes = [where?.label, error.help].filter((note) => note !== null && note !== undefined && note !== '');
  return {
    place: where === undefined ? topOf(file) : placeOf(file, text, characterAt(text, where.start)),
    message: [message, ...notes].join('; '),
  };
}

function actionsOf({ action }: PolicyJson): Action[] {
  const listed =
    action.op === 'All'
      ? [...ACTION_NAMES]
      : 'entity' in action
        ? [action.entity]
        : 'entities' in action
          ? action.entities
          : [];
  const ids = listed.map((one) => (typeof one === 'string' ? one : '__entity' in one ? one.__entity.id : one.id));
  return ACTION_NAMES.filter((name) => ids.includes(name));
}

/** Cedar hands the policies out sorted by their running number as a text: 0, 1, 10, 11, 2. */
function inFileOrder(parts: readonly string[], text: string): { part: string; offset: number }[] {
  const numbers = parts.map((_, at) => `${at}`).sort();
  const ordered = parts
    .map((part, at) => ({ part, number: Number(numbers[at]) }))
    .sort((a, b) => a.number - b.number)
    .map(({ part }) => part);
  // A policy that is also there as a comment must not be found in the comment.
  const bare = withoutComments(text);
  let from = 0;
  return ordered.map((part) => {
    const offset = Math.max(0, bare.indexOf(withoutComments(part), from));
    from = offset + part.length;
    return { part, offset };
  });
}

/** Where an annotation stands in a policy. */
function annotationIn(policy: string, name: string): number {
  const bare = policy.replace(LITERAL_OR_COMMENT, (whole) => ' '.repeat(whole.length));
  const found = [...bare.matchAll(/@\s*(\w+)/g)].find(([, written]) => written === name);
  return found?.index ?? 0;
}

const withoutComments = (text: string): string =>
  text.replace(LITERAL_OR_COMMENT, (whole, literal) => literal ?? ' '.repeat(whole.length));

/** By text, because Cedar's JSON form loses digits of large numbers on its way through JavaScript. */
function asPermit(policy: string): string {
  const bare = policy.replace(LITERAL_OR_COMMENT, (whole) => ' '.repeat(whole.length));
  // An annotation may have the same name.
  const effect = [...bare.matchAll(/(@\s*)?\bforbid\b/g)].find(([, at]) => at === undefined);
  if (effect === undefined) return policy;
  return `${policy.slice(0, effect.index)}permit${policy.slice(effect.index + 'forbid'.length)}`;
}

// A quotation that does not close ends with the text: Cedar has refused it by then.
const LITERAL_OR_COMMENT = /("(?:[^"\\]|\\.|\\$)*(?:"|$))|\/\/[^\n]*/gs;
