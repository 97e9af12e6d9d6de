import { folded } from '../../text/look_alikes.ts';
import { type Ids, namedIds } from './ids.ts';
import { withoutAnyUnseen } from './invisible.ts';
import { found, normalised, type Pattern, readingsOf } from './view.ts';

/** Stands where a text of the model was not fit to be shown. */
export const REPLACEMENT = 'The remark of the model is not shown; please look at the request itself.';

const SHORTEST = 20;
const LONGEST = 200;

export type Neutralised = {
  /** One line of letters, digits, blanks and `.,;:()%/'-`, fit for any sink that still does its own escaping. */
  readonly text: string;
  readonly replaced: boolean;
  /** Why, for report and log; never for the requestor, to whom it would tell what to try next. */
  readonly why: string | null;
};

export type CommentContext = {
  /** Of the justifications that the model saw with the comment: it may have copied from any of them. */
  readonly justifications?: Passages;
  readonly prompt?: Passages;
  /** Ids and short names of all requests, this one included: a person needs none, and no other may be named. */
  readonly ids?: Ids['otherIds'];
  /** More for a summary; 200 characters unless told. */
  readonly longest?: number;
};

/**
 * Makes a free text of the model harmless, or replaces it. The model has read what requestors wrote and may repeat it,
 * so the text is treated as theirs: an addition to our own sentences, never the reason for anything.
 */
export function neutraliseComment(comment: string, context: CommentContext): Neutralised {
  const longest = context.longest ?? LONGEST;
  const seen = plain(comment.slice(0, longest * 8));
  const text = seen
    .replace(/[^\p{L}\p{M}\p{N} .,;:()%/'-]+/gu, '')
    .replace(/ {2,}/g, ' ')
    .replace(/^[ .,;:)%/'-]+/u, '')
    .trim();
  // Asked of both: taking a sign out of the middle can make an address of what was none.
  const why =
    unfit(seen, context) ?? (text === seen ? null : unfit(text, context)) ?? wrongLength(text, comment.length, longest);
  return why === null ? { text, replaced: false, why } : { text: REPLACEMENT, replaced: true, why };
}

/** Joiners as well: what shows a comment need not shape Persian. */
const plain = (text: string): string => withoutAnyUnseen(normalised(text).line).normalize('NFKC');

function wrongLength(text: string, given: number, longest: number): string | null {
  const characters = Array.from(text).length;
  if (characters < SHORTEST) return 'too short to say anything';
  return characters > longest || given > longest * 8 ? `longer than ${longest} characters` : null;
}

function unfit(text: string, { justifications = NONE, prompt = NONE, ids = [] }: CommentContext): string | null {
  const said = readingsOf(text).flatMap((reading) => found(UNFIT, reading))[0];
  if (said !== undefined) return said;
  if (phoneNumber(text)) return 'holds a phone number';
  if (namedIds(text, { selfIds: [], otherIds: ids }).others > 0) return 'names a request';
  if (repeatsPassage(text, justifications)) return 'repeats a justification';
  return repeatsPassage(text, prompt) ? 'repeats the prompt' : null;
}

const NONE: Passages = new Set();

/** Read in lower case with look-alikes folded; the words are English because the prompt asks for English. */
const UNFIT: readonly Pattern[] = [
  {
    says: 'holds an address',
    pattern:
      /[a-z][a-z0-9+.-]{1,20}:\s?\/\/|\bwww\.|\b(?:https?|hxxps?|mailto|tel|javascript|data):|[^\s@]@|\b[\p{L}\p{N}-]{1,63}\.\p{L}{2,24}\b|\b(?:dot|punkt|point) (?:com|org|net|io|info|de|example)\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|\/\/|\\\\/u,
  },
  {
    says: 'holds a phone number',
    pattern: /\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|plus|double)[ ,.-]{1,3}){4}/,
  },
  {
    says: 'names a request',
    pattern:
      /\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b|(?<!\d{4} )\br\d{1,3}\b|\breq[-_ ]?\d{2,12}\b/,
  },
  {
    says: 'speaks of an approval or an authority',
    pattern:
      /\b(?:(?:pre-?|auto-?)?approve[ds]?|approving|verified|verifies|vetted|authori[sz]e[ds]|cleared|endorsed|certified|sanctioned|whitelisted|rubber-?stamped|greenlit|signed[ -]off|sign[ -]off|(?:reviewed|checked|confirmed|accepted|agreed|granted|validated) by|safe to|(?:approval|permission|authori[sz]ation|clearance|consent) (?:was |is |has been )?(?:granted|given|obtained|received|confirmed|on file)|ciso|cso|cio|cto|ceo|cfo|head of|chief [a-z]{3,20} officer|board of directors|security team (?:has|have|had|agreed|says|knows)|no (?:further )?(?:review|check|action) (?:is )?(?:needed|required|necessary)|can be trusted|fully trusted)\b/,
  },
  {
    says: 'tells the reader what to do',
    pattern:
      /\b(?:click|dial|phone|visit|browse|download|log ?in|sign ?in|follow (?:the|this) link|scan (?:the|this) (?:code|qr)|reply to|forward (?:this|the)|paste|run the|enter your|password is|(?:please|must|should|just|simply|now|you can|you may|you should|kindly|urgently) (?:call|open|grant|accept|reject|deny|close|allow|release|ignore|contact|email|mail|transfer|confirm|respond|proceed|skip|escalate|do|let))\b|(?:^|[.;:!?] ?)(?:call|open|contact|email|mail|grant|accept|reject|deny|allow|ignore|proceed|skip|confirm|release|let|do not|don't|never|transfer)\b/,
  },
];

/** Seven digits and more with the signs of phone numbers between them, dates and times taken out first. */
function phoneNumber(text: string): boolean {
  const undated = text.replace(
    /(?<![\p{N}])\p{N}{1,4}([-./])\p{N}{1,2}\1\p{N}{1,4}(?![\p{N}])|(?<!\p{N})\p{N}{1,2}:\p{N}{2}(?::\p{N}{2})?(?!\p{N})/gu,
    'd',
  );
  const runs = undated.match(/(?<![\p{L}\p{N}-])[+(]?\p{N}[\p{N} ()./-]{5,60}/gu) ?? [];
  return runs.some((run) => (run.match(/\p{N}/gu)?.length ?? 0) >= 7);
}

/** As many words in a row as nobody writes twice by accident. */
const PASSAGE = 8;

/** The passages of some texts, for many questions about whether one of them is repeated. */
export type Passages = ReadonlySet<string>;

export const passagesOf = (sources: readonly string[]): Passages => new Set(sources.flatMap(passages));

/** Whether eight consecutive words of the text are a passage, whatever the case, the signs and the spacing. */
const repeatsPassage = (text: string, known: Passages): boolean =>
  known.size > 0 && passages(text).some((passage) => known.has(passage));

function passages(text: string): string[] {
  const words = wordsOf(text);
  return Array.from({ length: Math.max(0, words.length - PASSAGE + 1) }, (_, start) =>
    words.slice(start, start + PASSAGE).join(' '),
  );
}

/** Scripts without blanks count each character as a word. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;
const wordsOf = (text: string): string[] => folded(withoutAnyUnseen(normalised(text).line)).match(WORD) ?? [];
