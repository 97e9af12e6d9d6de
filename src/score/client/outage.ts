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

/**
 * Notices that the model is plainly down, so that a run does not wait for hundreds of time-outs. Only answers that no
 * requestor's text can bring about count: a refusal or a cut answer says nothing about the next batch, and neither
 * does an endpoint that is busy.
 *
 * Questions that are under way together fail together, and that is one failure: one counts only when its question was
 * started after the last one that counted. A text can make a model think for too long, so a time-out counts only when
 * nothing was answered since its question was started.
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
  #underWay = 0;
  #waiting: (() => void)[] = [];

  /**
   * Why no further question is asked; null while the model is up. While questions are under way that may show it to be up
   * after all, this waits for them.
   */
  async error(): Promise<UpstreamError | null> {
    while (this.#called !== null && this.#lasting === null && this.#underWay > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#lasting ?? this.#called;
  }

  /** Asks, and looks at what comes of it. */
  async watch(ask: () => Promise<Answer>): Promise<Answer> {
    const started = this.#next();
    this.#underWay += 1;
    try {
      const answer = await ask();
      if (answer.kind === 'failed') this.#failed(answer.error, started);
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
    this.#called = null;
  }

  #failed(error: UpstreamError, started: number): void {
    // Another upstream's error comes from fetching the key: without a key, or money, there is nothing to try again.
    if (error.upstream !== 'model' || LASTING_CODES.has(error.code)) this.#lasting ??= error;
    if (!DOWN_CODES.has(error.code) || started < this.#lastCounted) return;
    if (error.code === 'timeout' && started < this.#lastAnswer) return;
    this.#lastCounted = this.#next();
    this.#inARow += 1;
    if (this.#inARow >= IN_A_ROW) this.#called ??= error;
  }
}
