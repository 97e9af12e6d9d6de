import { UpstreamError } from '../../util/errors.ts';
import type { QuestionKind } from '../question_kinds.ts';
import { costOf, type Price, type Tokens } from './prices.ts';

/**
 * What the questions of one run may cost. The most that a question can cost is set aside before it is sent and what it
 * did cost is entered afterwards, so that questions which are under way at the same time cannot overshoot together.
 * INVARIANT: what was spent and what is set aside are never above a ceiling; a question whose cost nobody told counts as
 * the most that it could have cost.
 */
export type Budget = {
  /**
   * Sets the most that a question can cost aside, or says why it may not be sent. Waits for questions under way when what
   * they may give back would be enough; with `signal` at the latest.
   */
  reserve(
    most: Omit<Tokens, 'cached'>,
    signal?: AbortSignal,
    kind?: QuestionKind,
  ): Promise<Reservation | UpstreamError>;
  /** Enters on disk what was spent so far. Never fails: without it more counts as spent than was. */
  settle(): Promise<void>;
  /** US dollars spent in this run so far. */
  spent(): number;
  /** Whether a question was not sent for the sake of a ceiling. */
  ranOut(): boolean;
  /** Answers that told nothing about the tokens they took: each has cost the most that it could. */
  uncounted(): number;
};

/** What was set aside for one question. */
export type Reservation = {
  /** `used` is null when nobody knows: then all of it is spent. Gives the dollars. Only the first call counts. */
  spend(used: Tokens | null): number;
  /** The same, for an answer that came and did not say what it took. */
  spendUncounted(): number;
  /** The question was not sent, or was refused: it cost nothing. */
  giveBack(): void;
};

/** What the day has cost, in this run and in others: kept on disk. */
export type DayBook = {
  /** US dollars spent and set aside today. */
  today(): number;
  /** Those that are spent: what `today` falls to when everything that is set aside comes back. */
  spentToday(): number;
  /** On disk when this resolves. @throws {Error} when it could not be written or must not be trusted */
  set(usd: number): Promise<DayReservation>;
  settle(): Promise<void>;
};
export type DayReservation = { end(spent: number): void };

export type Ceilings = { readonly perRun: number | undefined; readonly perDay: number | undefined };

/** `shared`: what the model costs that reads what is settled, if it is another one. */
export function createBudget(usual: Price, ceilings: Ceilings, day: DayBook, shared: Price = usual): Budget {
  const { perRun = Number.POSITIVE_INFINITY, perDay = Number.POSITIVE_INFINITY } = ceilings;
  let spent = 0;
  let held = 0;
  let ranOut = false;
  let uncounted = 0;
  /** Questions for which something is set aside. */
  let reservations = 0;
  let waiting: (() => void)[] = [];

  const ended = (usd: number) => {
    reservations -= 1;
    // Sums of fractions are not exact: without reservations nothing is set aside.
    held = reservations === 0 ? 0 : held - usd;
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };
  const anotherEnded = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      waiting.push(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  /** The setting that does not allow it. */
  const barrier = (run: number, today: number): string | null => {
    if (run > perRun) return `MAX_USD_PER_RUN=${perRun}`;
    return today > perDay ? `MAX_USD_PER_DAY=${perDay}` : null;
  };

  const overBudget = (message: string): UpstreamError => {
    ranOut = true;
    return new UpstreamError('model', 'over-budget', `${message}${uncounted === 0 ? '' : UNCOUNTED}`);
  };

  async function reserve(
    most: Omit<Tokens, 'cached'>,
    signal?: AbortSignal,
    kind?: QuestionKind,
  ): Promise<Reservation | UpstreamError> {
    const price = kind === 'shared' ? shared : usual;
    const usd = costOf(price, { ...most, cached: 0 });
    for (;;) {
      const barred = barrier(spent + held + usd, day.today() + usd);
      if (barred === null) break;
      // INVARIANT: waits only while a question is under way that may give something back.
      const hopeless = reservations === 0 ? barred : barrier(spent + usd, day.spentToday() + usd);
      if (hopeless !== null) return overBudget(`the ceiling ${hopeless} is reached`);
      if (signal?.aborted) return new UpstreamError('model', 'stopped', 'stopped while a question waited for money');
      await anotherEnded(signal);
    }
    held += usd;
    reservations += 1;
    let dayReservation: DayReservation;
    try {
      dayReservation = await day.set(usd);
    } catch (error) {
      ended(usd);
      return overBudget(error instanceof Error ? error.message : 'the spending of the day could not be entered');
    }
    let open = true;
    const end = (cost: number): number => {
      if (!open) return 0;
      open = false;
      spent += cost;
      dayReservation.end(cost);
      ended(usd);
      return cost;
    };
    return {
      spend: (used) => end(used === null ? usd : costOf(price, used)),
      spendUncounted: () => {
        uncounted += 1;
        return end(usd);
      },
      giveBack: () => {
        end(0);
      },
    };
  }

  return { reserve, settle: () => day.settle(), spent: () => spent, ranOut: () => ranOut, uncounted: () => uncounted };
}

/** Why a ceiling is reached so much earlier than the price of the answers says. */
const UNCOUNTED =
  '; the endpoint does not say what its answers take (`usage`), so each counts as the most that it could have cost';
