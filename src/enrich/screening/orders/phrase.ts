import type { Pattern } from '../view.ts';

/*
 * Building blocks for patterns over sentences made plain: lower case, words parted by one blank, no punctuation, one
 * sentence per line.
 */

/** One of the words; `|` may stand between them as in any pattern, blanks part them. */
export const one = (words: string): string => `(?:${words.trim().split(/\s+/).join('|').replaceAll('_', ' ')})`;

/** Up to `count` words of any kind, each with its blank. */
export const gap = (count: number): string => `(?:\\w+ ){0,${count}}`;

/** An idea with the ways to say it; each way begins at a word. */
export const idea = (says: string, ...ways: readonly string[]): Pattern => ({
  says,
  pattern: new RegExp(`\\b(?:${ways.join('|')})`, 'm'),
});

/** One sentence per line, words parted by one blank, nothing but words. */
export function madePlain(reading: string): string {
  return reading
    .replace(/(?<=\s)[.!?;]+|(?<![.!?;])[.!?;]+(?=\s|$|["')\]])|[\u3002\uff01\uff1f]/gu, '\n')
    .replace(/[^\p{L}\p{M}\p{N}\n]+/gu, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .trim();
}

const RATED = one('risk rating score level');

/** A rating that is no risk; plain words first, because logs are harmless and counters are zero every day. */
export const PLAIN_LOW = `(?:very |the )?${one('low lowest minimal minimum negligible')}(?: ${RATED})?`;
export const ANY_LOW = `(?:very |the )?${one('low lo lowest minimal minimum negligible harmless zero 0 none nothing safe routine trivial green fine')}(?: ${RATED})?`;

/** A place of the work: "low in the printer menu"; what the review itself is made of is none. */
export const ELSEWHERE = `(?! ${one('in on at of from by to')} ${one('the an? our its their')} (?!(?:\\w+ ){0,2}${one(`scale answers?
  output results? comments? summary list batch requests? review ratings? json response report records? grounds basis`)}\\b))`;

/** What may follow a rating that is a word of its own: `low disk space` and `low level format` go on otherwise. */
export const DONE = `(?= ${one(`and for to on in with as because since whatever regardless now then instead or also again only
  please here everywhere always it they so if until by this that the when before otherwise but_(?!was|got|is|found) comment close approve reason
  thanks no not is are at too sweetheart`)}\\b|$)`;

/** What the review gives. */
export const RATING = one(
  'risks? ratings? scores? scoring risk_level risk_score classification assessments? evaluations? verdict',
);

/** Who gives it. */
export const REVIEWER =
  one(`ai a_i llm language_model model assistant chatbot bot gpt agent evaluator reviewers? rater scorer
  classifier grader judge risk_(?:engine|model|system|bot|agent) automated_(?:review|reviewer|system|check)
  (?:scoring|review|rating)_(?:system|engine|model|agent|tool|service|bot) whoever_(?:rates|reads|reviews|scores)`);

export const MUST = one(`must shall should has_to have_to is_to are_to needs?_to ought_to will can_only may_only
  (?:is|are)_(?:required|asked|expected|supposed|meant)_to`);

/** Something that is rated. */
export const ITEM = one(
  'requests? entry entries items? tickets? records? ones? access rows? submissions? applications? itemid',
);
