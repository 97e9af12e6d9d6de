import { NO_IDS } from './ids.ts';
import { type Screened, screenText } from './screen.ts';
import type { TextFlag } from './text_flags.ts';

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
