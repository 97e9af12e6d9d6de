import { faultIn } from '../../http/faults.ts';
import type { UpstreamError } from '../../util/errors.ts';
import { mostTokens, type Question } from '../client/abilities.ts';
import { SAID_INSIDE } from '../client/hear.ts';
import type { Budget, Reservation } from './budget.ts';
import type { Tokens } from './prices.ts';

/**
 * What one question costs, its repetitions included: each call is paid for before it is sent. A call that the endpoint
 * refused costs nothing; one that was sent and brought no count of tokens costs the most that it could.
 */
export type CallCost = {
  /**
   * Sets money aside for the next call, or says why there is none. Before the SDK is called, because its clock runs and
   * this may have to wait for other questions.
   */
  opened(): Promise<UpstreamError | null>;
  /** Sends the call, or answers itself when it cannot be paid; the SDK's own repetitions come here alone. */
  paid(signal: AbortSignal | null | undefined, send: () => Promise<Response>): Promise<Response>;
  /** Why a repetition was not sent; null when all were. */
  readonly refused: UpstreamError | null;
  /** Enters the last call with the tokens that the endpoint counted; the whole cost in US dollars, nothing without a budget. */
  closed(counted: Counted | null): { readonly usd?: number };
};
type Counted = { readonly promptTokens: number; readonly cachedTokens: number; readonly completionTokens: number };

/** No repetition of ours or the SDK's: it would be refused as well. */
const NOT_PAID = { status: 402, headers: { 'content-type': 'application/json', 'x-should-retry': 'false' } };

/** Without a price nothing is entered. */
const UNPAID: CallCost = { opened: async () => null, paid: (_, send) => send(), refused: null, closed: () => ({}) };

/** After `stop` nothing is waited for any more. */
export function openCallCost(budget: Budget | undefined, question: Question, stop: AbortSignal): CallCost {
  if (budget === undefined) return UNPAID;
  const most = mostTokens(question);
  /** Set aside for a call that is not sent yet. */
  let next: Reservation | null = null;
  /** Of the call that was sent last. */
  let last: Reservation | null = null;
  let refused: UpstreamError | null = null;
  let usd = 0;

  async function opened(): Promise<UpstreamError | null> {
    if (next !== null) return null;
    const reservation = await budget?.reserve(most, stop, question.kind);
    if (reservation instanceof Error) return reservation;
    next = reservation ?? null;
    return null;
  }
  const end = (counted: Tokens | null | 'uncounted'): void => {
    usd += (counted === 'uncounted' ? last?.spendUncounted() : last?.spend(counted)) ?? 0;
    last = null;
  };

  return {
    opened,
    async paid(signal, send) {
      end(null);
      refused = await opened();
      if (refused !== null) return new Response('{}', NOT_PAID);
      const reservation = next;
      [next, last] = [null, reservation];
      try {
        signal?.throwIfAborted();
      } catch (error) {
        reservation?.giveBack();
        throw error;
      }
      try {
        const response = await send();
        if (isRefusal(response)) reservation?.giveBack();
        return response;
      } catch (error) {
        if (!faultIn(error).sent) reservation?.giveBack();
        throw error;
      }
    },
    get refused() {
      return refused;
    },
    closed(counted) {
      next?.giveBack();
      next = null;
      // Nobody answers without having read or written anything: a count of zero is no count.
      const told = counted !== null && counted.promptTokens > 0 ? counted : null;
      if (told === null) end(counted === null ? null : 'uncounted');
      else {
        const completion = told.completionTokens || most.completion;
        end({ prompt: told.promptTokens, cached: told.cachedTokens, completion });
      }
      return { usd };
    },
  };
}

/**
 * Whether the endpoint turned the call away before a model worked on it. A gateway that gave up waiting (408, 504, 524)
 * or met a failure behind it says nothing about what that has charged, and neither does an error inside an answer.
 */
const isRefusal = ({ status, headers }: Response): boolean =>
  !headers.has(SAID_INSIDE) && (REFUSED_BUSY.has(status) || (status >= 300 && status < 500 && status !== 408));

/** Too busy to begin: 529 is what some endpoints say instead of 503. */
const REFUSED_BUSY: ReadonlySet<number> = new Set([503, 529]);
