import type { UpstreamError } from '../../util/errors.ts';
import type { ModelState } from './model_state.ts';
import { type Meaning, meaningOf } from './refusals.ts';
import { type Said, saidIn } from './said.ts';

/** What the endpoint said in place of an answer, and what that means. */
export type Heard = { readonly said: Said; readonly meaning: Meaning };

/** How an endpoint tells the SDK whether to repeat a call. */
const REPEAT = 'x-should-retry';
/** In what `hear` makes of an error that came with HTTP 200; it may have been charged for. */
export const SAID_INSIDE = 'portcullis-said-inside-200';

/**
 * Looks at the body before the status. An error that came with HTTP 200 goes on under the status that it names, so that it is
 * heeded and repeated like any other; what would be refused again as it is, is not repeated, whatever its status.
 */
export async function hear(response: Response): Promise<{ response: Response; heard: Heard | null }> {
  const { status } = response;
  if (status >= 300 && status < 400) return { response, heard: null };
  const text = await response.text().catch(() => null);
  // A body that did not come whole is told by whoever reads it.
  const said = text === null || (status < 300 && looksWhole(text)) ? null : saidIn(status, text);
  if (said === null) return { response, heard: null };
  const meaning = meaningOf(said);
  const headers = new Headers(response.headers);
  if (meaning !== 'busy') headers.set(REPEAT, 'false');
  else if (said.status < 500 && !headers.has(REPEAT)) headers.set(REPEAT, 'true');
  if (said.inside) headers.set(SAID_INSIDE, 'true');
  return { response: new Response(text, { status: said.status, headers }), heard: { said, meaning } };
}

/** Most answers are: nothing in them speaks of an error. */
const looksWhole = (text: string): boolean => /"choices"\s*:\s*\[\s*\{/.test(text) && !/"error"/.test(text);

/**
 * Whether the next question would be refused as well. Once the model has answered in a run, only the status says so: the
 * words may be about the question, and what a requestor wrote must not end the run of the others.
 */
export function isForGood({ said, meaning }: Heard, { code }: UpstreamError, { proven }: ModelState): boolean {
  if (code === 'used-up') return true;
  if (meaning !== 'unknown-model' && meaning !== 'unauthorized') return false;
  return !proven || FOR_GOOD.has(said.status);
}
const FOR_GOOD: ReadonlySet<number> = new Set([401, 404, 407, 410]);

/** A key that was taken for a question is right: from then on a 403 is about what its own question says. */
export const inThisRun = (heard: Heard | null, { proven }: ModelState): Heard | null =>
  heard?.meaning === 'unauthorized' && proven && !FOR_GOOD.has(heard.said.status)
    ? { ...heard, meaning: 'refused' }
    : heard;

/** Whether a part of the question may be taken where the whole was not. */
export const isOfTheQuestion = (heard: Heard, fault: UpstreamError, state: ModelState): boolean =>
  heard.meaning !== 'busy' && !isForGood(heard, fault, state);
