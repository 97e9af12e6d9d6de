/** What the process was told to stop by; the first one counts. */
export type StopSignal = { readonly signal: AbortSignal; readonly received: () => NodeJS.Signals | null };

/** A second signal so soon after the first is the same one: Ctrl-C under `npm run` arrives from the terminal and from npm. */
const SAME_STOP_MS = 500;

/**
 * The first SIGTERM or SIGINT asks for a clean stop: the request under way is finished, credentials are given back, the
 * report is written. The second one ends the process at once.
 */
export function onStopSignals(onFirst: (signal: NodeJS.Signals) => void): StopSignal {
  const controller = new AbortController();
  let received: NodeJS.Signals | null = null;
  let impatient = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (impatient) process.exit(name === 'SIGINT' ? 130 : 143);
      if (received !== null) return;
      received = name;
      setTimeout(() => {
        impatient = true;
      }, SAME_STOP_MS).unref();
      onFirst(name);
      controller.abort();
    });
  }
  return { signal: controller.signal, received: () => received };
}
