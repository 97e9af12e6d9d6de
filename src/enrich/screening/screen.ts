import { plural } from '../../phrases/plural.ts';
import { contentFree, repetition, tooLong } from './content.ts';
import { encoded } from './encoded.ts';
import { type Ids, NO_IDS } from './ids.ts';
import { lexical } from './lexical.ts';
import { markup } from './markup.ts';
import { structure } from './records.ts';
import { mixedScript, type Script, unexpectedScript } from './scripts.ts';
import { delimiter, roleTokens } from './spoofing.ts';
import { type Evidence, TEXT_FLAG_NAMES, type TextFlag } from './text_flags.ts';
import type { View } from './view.ts';
import { capped, viewOf } from './view.ts';

/**
 * Looks at a justification before anybody reads it: what the model may read of it, and what is odd about it.
 * INVARIANT: the answer can only take eligibility away. Rules find the loud tries; that a text is unflagged proves
 * nothing, and the gate has to be safe with any text at all.
 */
export function screenText(text: string, context: Context): Screened {
  const view = viewOf(text.slice(0, SCREENED_LENGTH), context);
  const evidence = TEXT_FLAG_NAMES.flatMap((flag) => DETECTORS[flag](view, context).map((says) => ({ flag, says })));
  return { scoring: capped(view.line), flags: [...new Set(evidence.map(({ flag }) => flag))], evidence };
}

export type Context = Ids & {
  /** The scripts that justifications are expected in; absent means that any will do. */
  readonly scripts?: readonly Script[];
};

export type Screened = {
  /** What the model reads: NFKC, one line, nothing unseen, at most `COPY_CHARACTERS` and `COPY_BYTES`. */
  readonly scoring: string;
  /** Each once, in the order of `TEXT_FLAGS`. */
  readonly flags: readonly TextFlag[];
  readonly evidence: readonly Evidence[];
};

/** What lies beyond is never sent anywhere, and the text is flagged for its length. */
export const SCREENED_LENGTH = 20_000;

type Detector = (view: View, context: Context) => string[];

const DETECTORS = {
  invisible: ({ hidden }) => (hidden > 0 ? [`holds ${plural(hidden, 'character')} that cannot be seen`] : []),
  mixed_script: mixedScript,
  markup,
  role_tokens: roleTokens,
  structure,
  delimiter,
  encoded,
  lexical,
  other_id: ({ otherIds }) => (otherIds > 0 ? ['names another request of this run'] : []),
  length: tooLong,
  repetition,
  script: (view, { scripts }) => unexpectedScript(view, scripts),
  content_free: contentFree,
} as const satisfies Record<TextFlag, Detector>;

export const NAME_LENGTH = 64;
export const NAME_WITHHELD = 'name withheld';

/** What names of assets, persons and forms are made of. Quotation marks, braces and angle brackets are not. */
const ALLOWED = /^(?:[\p{L}\p{M}\p{N} ._@\\/()&+,:;'#$~*|!?=[\]-]|\u200c|\u200d)*$/u;

/** A name needs no reason, and may be as long as somebody made it. */
const NOT_FOR_NAMES: ReadonlySet<TextFlag> = new Set<TextFlag>(['content_free', 'length', 'script', 'repetition']);

/**
 * A name of an asset, a requestor or a form, as the model may read it. A requestor may have written it, so it is looked
 * at like a justification; one that is flagged or holds unusual signs is withheld altogether, because nothing that the
 * review needs is lost with it.
 */
export function screenName(name: string): Screened {
  const { scoring, flags, evidence } = screenText(name, NO_IDS);
  const counted = evidence.filter(({ flag }) => !NOT_FOR_NAMES.has(flag));
  const withheld = counted.length > 0 || !ALLOWED.test(scoring);
  return {
    scoring: withheld ? NAME_WITHHELD : Array.from(scoring).slice(0, NAME_LENGTH).join('').trimEnd(),
    flags: flags.filter((flag) => !NOT_FOR_NAMES.has(flag)),
    evidence: counted,
  };
}
