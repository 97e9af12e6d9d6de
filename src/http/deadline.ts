/** The end of somebody's patience with one call. `clear` when the call is over, so that no timer outlives it. */
export type Deadline = { readonly signal: AbortSignal; clear(): void };

/**
 * `signal` is aborted with a `TimeoutError` after `ms`. Unlike `AbortSignal.timeout` it stands on `setTimeout`, so that
 * where a test rules the time it rules this too. Keeps no process alive.
 */
export function deadline(ms: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('no answer in time', 'TimeoutError')), ms);
  timer.unref?.();
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
