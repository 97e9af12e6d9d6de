import type { UpstreamCode, UpstreamError } from '../kit/errors.ts';

/** Failures that lie with the connection or its settings: the next question would most likely meet them again. */
const DOWN_CODES: ReadonlySet<UpstreamCode> = new Set([
  'unreachable',
  'certificate',
  'timeout',
  'unauthorized',
  'not-json',
  'wrong-shape',
]);
const IN_A_ROW = 3;

/**
 * Notices that the model is plainly down, so that a run does not wait for hundreds of time-outs. Only answers that no
 * requestor's text can bring about count: a refusal or a cut answer says nothing about the next batch, and neither
 * does an endpoint that is busy.
 */
export class Outage {
  #inARow = 0;
  #error: UpstreamError | null = null;

  /** Why no further question is asked; null while the model is up. */
  get error(): UpstreamError | null {
    return this.#error;
  }

  answered(): void {
    this.#inARow = 0;
  }

  failed(error: UpstreamError): void {
    // Another neighbour's error comes from fetching the key: without a key, or money, there is nothing to try again.
    if (error.neighbour !== 'model' || error.code === 'over-budget') this.#error ??= error;
    if (!DOWN_CODES.has(error.code)) return;
    this.#inARow += 1;
    if (this.#inARow >= IN_A_ROW) this.#error ??= error;
  }
}
