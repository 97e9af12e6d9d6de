/** Shows on a terminal what a step is doing and how far it is; silent elsewhere, where each step leaves a log line. */
export type Progress = {
  update(step: string, done: number, total: number | null): void;
  clear(): void;
};

export const silentProgress: Progress = { update: () => {}, clear: () => {} };

const REDRAW_MS = 60;
const BAR_WIDTH = 24;

/** One line that is drawn over itself. `now` gives milliseconds. */
export function terminalProgress(output: NodeJS.WritableStream, now: () => number): Progress {
  let drawn = false;
  let drawnAt = 0;
  let step = '';
  let stepStarted = 0;
  return {
    update(name, done, total) {
      if (name !== step) {
        step = name;
        stepStarted = now();
      } else if (now() - drawnAt < REDRAW_MS && done !== total) return;
      drawnAt = now();
      drawn = true;
      output.write(`\r\u001b[2K${line(name, done, total, now() - stepStarted)}`);
    },
    clear() {
      if (drawn) output.write('\r\u001b[2K');
      drawn = false;
    },
  };
}

/** Exported for the test: what is drawn for a step that has been going on for `elapsedMs`. */
export function line(name: string, done: number, total: number | null, elapsedMs: number): string {
  if (total === null || total <= 0) return `  ${name.padEnd(7)} ${done}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left =
    done > 0 && share < 1 && elapsedMs > 2_000 ? ` · about ${seconds((elapsedMs / done) * (total - done))} left` : '';
  return `  ${name.padEnd(7)} ${bar} ${done}/${total}${left}`;
}

const seconds = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`);
