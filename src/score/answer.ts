import { type Node, parseTree } from 'jsonc-parser';
import { z } from 'zod';
import { ANOMALY_FLAG_NAMES, type AnomalyFlag, type Scored } from '../domain/assessment.ts';
import { isRisk } from '../domain/risk.ts';
import { firstWords, plainLine } from '../text/plain_text.ts';
import { interning } from '../util/intern.ts';
import { bareJson } from './bare_json.ts';

/**
 * From the model's text to assessments. Strict about structure, because a forged structure could speak for another
 * request; lenient about wording, because a model that writes `High` meant high.
 * INVARIANT: total and pure. Whatever the text, nothing is thrown, and only slots that were asked get an assessment.
 */
export type ParsedAnswer = {
  readonly assessments: ReadonlyMap<string, Scored>;
  /** Slots without a usable assessment, in the order in which they were asked. */
  readonly missing: readonly string[];
  /** The whole answer was not one JSON object; then every slot is missing. */
  readonly malformed: boolean;
  /** What was put up with, for the log. */
  readonly notes: readonly string[];
};

export function parseAnswer(text: string, slots: readonly string[]): ParsedAnswer {
  const notes: string[] = [];
  const root = rootIn(text, slots, notes);
  if (root === null) return { assessments: new Map(), missing: [...slots], malformed: true, notes };

  const assessments = new Map<string, Scored>();
  for (const slot of slots) {
    const scored = root.doubled.has(slot) || !Object.hasOwn(root.values, slot) ? null : scoredFrom(root.values[slot]);
    if (scored !== null) assessments.set(slot, scored);
  }
  if (slots.some((slot) => root.doubled.has(slot))) notes.push('an answer said the same thing twice and was not used');
  if (Object.keys(root.values).some((key) => !slots.includes(key))) {
    notes.push('an answer held entries that were not asked for; they were ignored');
  }
  return { assessments, missing: slots.filter((slot) => !assessments.has(slot)), malformed: false, notes };
}

function rootIn(text: string, slots: readonly string[], notes: string[]): Root | null {
  const bare = bareJson(text, notes);
  const tree = bare === null ? null : strictJson(bare);
  return tree === null ? null : bySlot(tree, slots, notes);
}

type Root = { readonly values: Readonly<Record<string, unknown>>; readonly doubled: ReadonlySet<string> };

/** One JSON value and its tree, which tells what the value does not: of a doubled key that keeps the last. */
function strictJson(text: string): { readonly value: unknown; readonly tree: Node } | null {
  try {
    // JSON.parse decides about the syntax: no comments, no trailing text, no NaN.
    const value: unknown = JSON.parse(text);
    const tree = parseTree(text);
    return tree === undefined ? null : { value, tree };
  } catch {
    // Not JSON, or nested so deeply that the tree does not fit on the stack.
    return null;
  }
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What the answer says of each slot. Models without a schema put one word around the whole, or write a list whose entries say
 * their slot. INVARIANT: only where it cannot be read in two ways; an entry that names no slot is nobody's.
 */
function bySlot(
  { value, tree }: { value: unknown; tree: Node },
  slots: readonly string[],
  notes: string[],
): Root | null {
  if (Array.isArray(value)) return fromList(value, tree, notes);
  if (!isObject(value)) return null;
  const [key, ...others] = Object.keys(value);
  const inner = key === undefined ? undefined : value[key];
  const wrapped = key !== undefined && others.length === 0 && WRAPPERS.has(key.toLowerCase()) && !slots.includes(key);
  const node = tree.children?.[0]?.children?.[1];
  // Twice the same wrapper: which one counts is anybody's guess.
  if (wrapped && node !== undefined && tree.children?.length === 1 && typeof inner === 'object' && inner !== null) {
    notes.push('an answer stood inside a word of its own, which was taken off');
    return Array.isArray(inner) ? fromList(inner, node, notes) : rootOf(inner as Json, node);
  }
  const [only, ...more] = slots;
  if (
    only !== undefined &&
    more.length === 0 &&
    !Object.hasOwn(value, only) &&
    'risk' in value &&
    'anomaly_flags' in value
  ) {
    notes.push('an answer about one request did not name it, and was read as its own');
    return { values: { [only]: value }, doubled: new Set(holdsDoubledKey(tree) ? [only] : []) };
  }
  return rootOf(value, tree);
}
const WRAPPERS: ReadonlySet<string> = new Set([
  'answer',
  'answers',
  'assessment',
  'assessments',
  'data',
  'output',
  'ratings',
  'requests',
  'response',
  'result',
  'results',
  'reviews',
]);

const rootOf = (values: Json, tree: Node): Root => ({ values, doubled: doubledKeys(tree) });

/** What an entry of a list may call its slot. */
const SLOT_NAMES = ['slot', 'id', 'key', 'request', 'request_id'] as const;

/** All entries have to say their slot, and in the same word; one that is named twice is doubled. */
function fromList(list: readonly unknown[], tree: Node, notes: string[]): Root | null {
  const names = SLOT_NAMES.filter((name) => list.every((one) => isObject(one) && typeof one[name] === 'string'));
  const [name] = names;
  if (name === undefined || names.length > 1 || list.length === 0) return null;
  const values: Record<string, unknown> = {};
  const doubled = new Set<string>();
  list.forEach((one, index) => {
    const entry = one as Json;
    const slot = entry[name] as string;
    if (Object.hasOwn(values, slot) || holdsDoubledKey(tree.children?.[index])) doubled.add(slot);
    Object.defineProperty(values, slot, { value: entry, enumerable: true, configurable: true });
  });
  notes.push('an answer was a list of entries that name their request, and was read as that');
  return { values, doubled };
}

/** The top-level keys that stand there twice, or hold an object in which a key does: none of their values is trusted. */
function doubledKeys(root: Node): Set<string> {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const property of root.children ?? []) {
    const key = keyOf(property);
    if (seen.has(key) || holdsDoubledKey(property.children?.[1])) doubled.add(key);
    seen.add(key);
  }
  return doubled;
}

function holdsDoubledKey(node: Node | undefined): boolean {
  const children = node?.children ?? [];
  if (node?.type === 'object' && new Set(children.map(keyOf)).size < children.length) return true;
  return children.some(holdsDoubledKey);
}

const keyOf = (property: Node): string => String(property.children?.[0]?.value);

// Risk and flags are what the gate reads: without them there is no assessment. One without a confidence is an assessment,
// and opens nothing. The texts are for people: one that is missing or of another kind is empty.
const Item = z.object({
  risk: z.string(),
  anomaly_flags: z.array(z.unknown()),
  summary: z.string().catch(''),
  confidence: z.unknown().optional(),
  comment: z.unknown().optional(),
});

function scoredFrom(value: unknown): Scored | null {
  const item = Item.safeParse(value);
  if (!item.success) return null;
  const risk = item.data.risk.trim().toLowerCase();
  const known = isRisk(risk);
  return {
    kind: 'scored',
    risk: known ? risk : 'medium',
    normalised: !known,
    flags: sameFlags(flagsFrom(item.data.anomaly_flags)),
    confidence: confidenceFrom(item.data.confidence),
    summary: plainLine(item.data.summary, 500),
    comment: firstWords(plainLine(commentFrom(item.data.comment), 300), 20),
  };
}

/** INVARIANT: only a number from 0 to 1 is one. A text, a percentage, anything else is none, and never read upwards. */
const confidenceFrom = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 && value <= 1 ? Math.abs(value) : null;

/** A few combinations stand in nearly all assessments of a large window. */
const sameFlags = interning(500);

/**
 * Words outside the vocabulary are not lost: together they become one `other`. INVARIANT: a word of the vocabulary counts
 * however it is written: without a schema, models answer `Injection-Suspected`, `{"flag": …}`, or a sentence around the word.
 */
function flagsFrom(words: readonly unknown[]): AnomalyFlag[] {
  const flags = new Set<AnomalyFlag>();
  for (const word of words) {
    for (const flag of namesIn(typeof word === 'string' ? word : (JSON.stringify(word) ?? ''))) flags.add(flag);
  }
  return [...flags];
}

function namesIn(text: string): readonly AnomalyFlag[] {
  const plain = text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z]+/g, '_');
  const words = `_${plain}_`;
  const named = ANOMALY_FLAG_NAMES.filter((name) => words.includes(`_${name}_`));
  if (named.length > 0) return named;
  return STEERING.test(plain) ? ['injection_suspected'] : ['other'];
}

/** Models have words of their own for it: `prompt_injection`, `manipulation`. */
const STEERING = /inject|manipulat|jailbreak|steering/;

/** Models wrap the comment once more, as an object or as the text of one: `{"comment": "…"}`. */
function commentFrom(value: unknown): string {
  const wrapped = typeof value === 'string' && value.trim().startsWith('{') ? jsonOrNull(value) : value;
  const inner = Wrapped.safeParse(wrapped);
  if (inner.success) return inner.data.comment;
  return typeof value === 'string' ? value : '';
}

const Wrapped = z.object({ comment: z.string() });

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
