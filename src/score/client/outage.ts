import type { UpstreamCode, UpstreamError } from '../../util/errors.ts';
import type { Answer } from './model_client.ts';

/** Failures that lie with the connection or its settings: the next question would most likely meet them again. */
const DOWN_CODES: ReadonlySet<UpstreamCode> = new Set([
  'unreachable',
  'proxy',
  'certificate',
  'timeout',
  'unauthorized',
  'not-json',
  'wrong-shape',
]);
/** Failures that cannot pass within a run: one is enough. */
const LASTING_CODES: ReadonlySet<UpstreamCode> = new Set(['over-budget', 'used-up']);
const IN_A_ROW = 3;
/** An endpoint that fails on its side is busy, for a while; so many questions in a row are no while any more. */
const BUSY_IN_A_ROW = 20;
/** So many questions, of so many batches, before anything at all was assessed. */
const BARREN = { questions: 12, batches: 3 };

/** Why something was not assessed. */
export type Hopeless = { readonly why: string; readonly advice: string | null };

/**
 * Notices that the model is plainly down, so that a run does not wait for hundreds of time-outs. Only answers that no
 * requestor's text can bring about count: a refusal or a cut answer says nothing about the next batch, and neither
 * does an endpoint that is busy.
 *
 * Questions that are under way together fail together, and that is one failure: one counts only when its question was
 * started after the last one that counted. A text can make a model think for too long, so a time-out counts only when
 * nothing was answered since its question was started.
 *
 * An endpoint that is up can be of no use as well: it garbles, refuses or fails every question. Then nothing is asked any
 * more after a few, as long as nothing was ever assessed. INVARIANT: once an answer was of use, no text brings this about; and
 * before, only texts of several batches together, each of which is halved down to the text at fault.
 */
export class Outage {
  /** Grows with everything that happens here; what happened before has a lower number. */
  #moment = 0;
  #lastAnswer = 0;
  #lastCounted = 0;
  #inARow = 0;
  #called: UpstreamError | null = null;
  /** No answer of a question under way changes anything about it. */
  #lasting: UpstreamError | null = null;
  /** Answers that failed on the endpoint's side since the last one that did not. */
  #busy = 0;
  #ofUse = false;
  #barren = { questions: 0, batches: new Set<object>() };
  #hopeless: Hopeless | null = null;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  /**
   * Why no further question is asked; null while the model is up. While questions are under way that may show it to be up
   * after all, this waits for them.
   */
  async error(): Promise<UpstreamError | Hopeless | null> {
    while ((this.#called ?? this.#hopeless) !== null && this.#lasting === null && this.#underWay > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#lasting ?? this.#called ?? this.#hopeless;
  }

  /** What a question of that batch came to: why nothing of it was assessed, or null when something was. */
  brought(nothing: Hopeless | null, batch: object): void {
    if (nothing === null) {
      this.#ofUse = true;
      this.#hopeless = null;
    }
    if (nothing === null || this.#ofUse) return;
    this.#barren.questions += 1;
    this.#barren.batches.add(batch);
    const { questions, batches } = this.#barren;
    if (questions < BARREN.questions || batches.size < BARREN.batches) return;
    this.#hopeless ??= {
      why: `not asked any more, because none of the first ${questions} questions was of use: ${nothing.why}`,
      advice: nothing.advice,
    };
  }

  /** Asks, and looks at what comes of it. */
  async watch(ask: () => Promise<Answer>): Promise<Answer> {
    const started = this.#next();
    this.#underWay += 1;
    try {
      const answer = await ask();
      if (answer.kind === 'failed' || answer.kind === 'rejected') this.#failed(answer.error, started);
      else this.#answered();
      return answer;
    } finally {
      this.#underWay -= 1;
      for (const look of this.#waiting.splice(0)) look();
    }
  }

  #next(): number {
    this.#moment += 1;
    return this.#moment;
  }

  #answered(): void {
    this.#lastAnswer = this.#next();
    this.#inARow = 0;
    this.#busy = 0;
    this.#called = null;
  }

  #failed(error: UpstreamError, started: number): void {
    // Another upstream's error comes from fetching the key: without a key, or money, there is nothing to try again.
    if (error.upstream !== 'model' || LASTING_CODES.has(error.code)) this.#lasting ??= error;
    if (error.code === 'server-error') this.#busy += 1;
    if (this.#busy >= BUSY_IN_A_ROW) this.#called ??= error;
    if (!DOWN_CODES.has(error.code) || started < this.#lastCounted) return;
    if (error.code === 'timeout' && started < this.#lastAnswer) return;
    this.#lastCounted = this.#next();
    this.#inARow += 1;
    if (this.#inARow >= IN_A_ROW) this.#called ??= error;
  }
}
