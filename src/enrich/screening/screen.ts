import { repetition, tooLong } from './bulk.ts';
import { contentFree } from './content_free.ts';
import { delimiter } from './delimiter.ts';
import { encoded } from './encoded.ts';
import type { Ids } from './ids.ts';
import { lexical } from './lexical.ts';
import { markup } from './markup.ts';
import { mixedScript } from './mixed_script.ts';
import { roleTokens } from './role_tokens.ts';
import { capped } from './scoring_copy.ts';
import { type Script, unexpectedScript } from './script.ts';
import { structure } from './structure.ts';
import { type Evidence, TEXT_FLAG_NAMES, type TextFlag } from './text_flags.ts';
import { type View, viewOf } from './view.ts';

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
  invisible: ({ hidden }) =>
    hidden > 0 ? [`holds ${hidden} ${hidden === 1 ? 'character' : 'characters'} that cannot be seen`] : [],
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
