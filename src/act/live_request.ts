import type { AccessRequest } from '../domain/access_request.ts';
import { describeError, UpstreamError } from '../util/errors.ts';
import { type ActPorts, type Planned, type Skipped, type Step, skipped } from './ports.ts';
import { isShutOut, tokenRefused } from './refused_token.ts';

/** The live request, and when it came. */
export type Seen = { readonly live: AccessRequest; readonly at: number };

/**
 * How old a look may be when its call goes out: between them lie the intent on the disk, and facts that took longer to
 * read. INVARIANT: no call rests on an older one.
 */
const LOOK_MS = 5_000;

/** Whether what the call rests on was read too long ago; a clock that was put back says nothing about the age. */
export const isOld = (planned: Planned, { at }: Seen, { aged, clock }: Pick<ActPorts, 'aged' | 'clock'>): boolean =>
  (aged?.(planned) ?? false) || Math.abs(clock.now() - at) > LOOK_MS;

/** The request as it is now. */
export async function seen(
  { request }: Planned,
  { clock }: Pick<ActPorts, 'clock'>,
  lookUp: Step['lookUp'],
): Promise<Seen | Skipped> {
  try {
    const live = await lookUp(request);
    return live === null ? skipped('changed', 'it is no longer in the list') : { live, at: clock.now() };
  } catch (error) {
    if (isShutOut(error)) return tokenRefused(describeError(error));
    return skipped('unreadable', `it could not be read right before the call: ${describeError(error)}`);
  }
}

/** Reads anew what the decision rests on besides the request; why nothing is done when that cannot be read. */
export async function freshened(
  planned: Planned,
  { freshen }: Pick<ActPorts, 'freshen'>,
  lookUp: Step['lookUp'],
): Promise<Skipped | null> {
  try {
    await freshen?.(planned, lookUp);
    return null;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return skipped('unreadable', `what it rests on could not be read right before the call: ${describeError(error)}`);
  }
}
