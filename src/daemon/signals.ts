/** What the process was told to stop by; the first one counts. */
export type StopSignal = { readonly signal: AbortSignal; readonly received: () => NodeJS.Signals | null };

/** The signals that ask for a stop, and the exit code of one that comes a second time: 128 and its number. */
export const STOP_SIGNALS = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const satisfies Partial<
  Record<NodeJS.Signals, number>
>;

/** A second signal so soon after the first is the same one: Ctrl-C under `npm run` arrives from the terminal and from npm. */
const SAME_STOP_MS = 500;

/**
 * The first SIGTERM, SIGINT or SIGHUP (the terminal or the connection went away) asks for a clean stop: the request under
 * way is finished, credentials are given back, the report is written. The second one ends the process at once.
 */
export function onStopSignals(onFirst: (signal: NodeJS.Signals) => void): StopSignal {
  const controller = new AbortController();
  let received: NodeJS.Signals | null = null;
  let impatient = false;
  for (const [name, code] of Object.entries(STOP_SIGNALS) as [keyof typeof STOP_SIGNALS, number][]) {
    process.on(name, () => {
      if (impatient) process.exit(code);
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
