/**
 * The one JSON text in what a model wrote, without what some models put around it: thoughts, a Markdown fence, a sentence.
 * INVARIANT: it is never looked for. What is left when these are taken off has to be the whole of it, and anything else that
 * could be an answer makes it none: a model may have repeated what a requestor wrote, and that must not become its answer.
 */
export function bareJson(text: string, notes: string[]): string | null {
  if (text.length > MAX_LENGTH) return null;
  const whole = text.trim();
  if (isJsonLike(whole)) return whole;
  const rest = withoutThoughts(whole, notes);
  if (isJsonLike(rest)) return rest;
  return insideFence(rest, notes) ?? withoutSentence(rest, notes);
}

/** Far above the longest honest answer; bounds the work on a flood. */
const MAX_LENGTH = 1_000_000;

/** Whether it begins and ends as JSON does; the parser says whether it is. */
const isJsonLike = (text: string): boolean =>
  (text.startsWith('{') && text.endsWith('}')) || (text.startsWith('[') && text.endsWith(']'));

/** The tags in which models think aloud. */
const THOUGHT = '(?:think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad)';
const OPENING = new RegExp(`^<\\|?${THOUGHT}\\|?>`, 'i');
const CLOSING = new RegExp(`<\\|?/${THOUGHT}\\|?>|\\[/THINK\\]`, 'i');

/**
 * Up to the first end of thoughts. Some servers take the tag away that begins them and leave the one that ends them. Thoughts
 * without an end are no answer.
 */
function withoutThoughts(text: string, notes: string[]): string {
  const end = CLOSING.exec(text);
  if (end === null) return OPENING.test(text) ? '' : text;
  notes.push('an answer began with thoughts, which were taken off');
  return text.slice(end.index + end[0].length).trim();
}

const FENCE = '```';

/** The inside of the one fence; null when there is none, or more than one. */
function insideFence(text: string, notes: string[]): string | null {
  const [before, inside, after, ...more] = text.split(FENCE);
  if (before === undefined || inside === undefined || after === undefined || more.length > 0) return null;
  const opened = /^(?:json[c5]?)?[ \t]*\r?\n|^json[ \t]+/i.exec(inside);
  if (opened === null || !isSentence(before) || !isSentence(after)) return null;
  notes.push('an answer came inside a code fence, which was taken off');
  if (before.trim() + after.trim() !== '') notes.push('an answer had a sentence around it, which was taken off');
  return inside.slice(opened[0].length).trim();
}

/** One object with a sentence before or behind it, and no bracket anywhere else. */
function withoutSentence(text: string, notes: string[]): string | null {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}') + 1];
  if (from === -1 || to <= from || text.includes(FENCE)) return text === '' ? null : text;
  if (!isSentence(text.slice(0, from)) || !isSentence(text.slice(to))) return text;
  notes.push('an answer had a sentence around it, which was taken off');
  return text.slice(from, to);
}

/** Longer ones are no way to introduce an answer; one with a bracket or a quote mark of code may hold another answer. */
const MOST_OF_A_SENTENCE = 600;
const isSentence = (text: string): boolean => text.length <= MOST_OF_A_SENTENCE && !/[{}[\]`]/.test(text);
