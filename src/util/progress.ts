/** Shows on a terminal what the steps are doing and how far they are; silent elsewhere, where each step leaves a log line. */
export type Progress = {
  /** From here on the step is shown, also when it cannot say how far it is. */
  begin(step: string): void;
  update(step: string, done: number, total: number | null): void;
  end(step: string): void;
  clear(): void;
};

export const silentProgress: Progress = { begin: () => {}, update: () => {}, end: () => {}, clear: () => {} };

const REDRAW_MS = 60;
const BAR_WIDTH = 24;
/** What a terminal has at least, when it does not say. */
const COLUMNS = 80;

/** `base` was done when the count began, at `since`: known from earlier, it says nothing about how long the rest takes. */
type State = { since: number; base: number; done: number; total: number | null; counting: boolean };

/** One line that is drawn over itself, for all steps that are under way. `now` gives milliseconds. */
export function terminalProgress(output: NodeJS.WritableStream, now: () => number): Progress {
  const steps = new Map<string, State>();
  let drawn = false;
  let drawnAt = 0;

  function draw(): void {
    // A longer line would be broken, and the next one drawn over its second half only.
    const most = ((output as { columns?: number }).columns ?? COLUMNS) - 1;
    drawnAt = now();
    drawn = true;
    output.write(`\r\u001b[2K${lineOf(steps, now()).slice(0, most)}`);
  }
  function clear(): void {
    if (drawn) output.write('\r\u001b[2K');
    drawn = false;
  }

  return {
    begin(step) {
      steps.set(step, { since: now(), base: 0, done: 0, total: null, counting: false });
      draw();
    },
    update(step, done, total) {
      const known = steps.get(step);
      // A second count in the same step begins at its own beginning.
      const goesOn = known?.counting === true && done >= known.done;
      const from = goesOn ? known : { since: now(), base: done };
      steps.set(step, { since: from.since, base: from.base, done, total, counting: true });
      if (known === undefined || done === total || now() - drawnAt >= REDRAW_MS) draw();
    },
    end(step) {
      steps.delete(step);
      if (steps.size > 0) draw();
      else clear();
    },
    clear,
  };
}

/** The step that began first is waited for by all others, so that it has the line; how far the others are stands behind. */
function lineOf(steps: ReadonlyMap<string, State>, now: number): string {
  const [first, ...others] = steps;
  if (first === undefined) return '';
  const [name, { done, total, since, base }] = first;
  const beside = others.map(([other, state]) => ` · ${other} ${countOf(state.done, state.total)}`.trimEnd());
  return line(name, done, total, { elapsedMs: now - since, base }) + beside.join('');
}

/** Exported for the test: what is drawn for a step that came from `base` to `done` within `elapsedMs`. */
export function line(
  name: string,
  done: number,
  total: number | null,
  { elapsedMs, base = 0 }: { readonly elapsedMs: number; readonly base?: number },
): string {
  const head = `  ${name.padEnd(7)} ${DOING[name] ?? ''}`.trimEnd();
  if (total === null || total <= 0) return done > 0 ? `${head} ${done}` : head;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left =
    done > base && share < 1 && elapsedMs > 2_000
      ? ` · about ${seconds((elapsedMs / (done - base)) * (total - done))} left`
      : '';
  return `  ${name.padEnd(7)} ${bar} ${countOf(done, total)}${left}`;
}

/** In a few words, for as long as a step cannot say how far it is. */
const DOING: Readonly<Record<string, string>> = {
  fetch: 'reading the list of requests',
  enrich: 'looking at requests and assets',
  score: 'asking the model',
  decide: 'applying gates and policies',
  confirm: 'confirming',
  act: 'carrying out what was decided',
  report: 'writing the report',
  alert: 'sending the mail',
};

const countOf = (done: number, total: number | null): string =>
  total === null || total <= 0 ? (done > 0 ? `${done}` : '') : `${done}/${total}`;
const seconds = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`);
