import { jsonText } from '../text/json.ts';
import type { Log } from '../util/log.ts';
import { PROBLEMS, type Problem, type ProblemName } from './wire.ts';

/** So many refusals a minute have a line of the log each; whoever floods the port does not flood the log. */
const MOST_TOLD = 20;
const MINUTE_MS = 60_000;

/** INVARIANT: nothing of what was sent stands in it. */
export const problemOf = (name: ProblemName, detail: string): Problem => ({ ...PROBLEMS[name], detail });

export const problemAnswer = (
  name: ProblemName,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(jsonText(problemOf(name, detail)), {
    status: PROBLEMS[name].status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

/** Tells the log of refusals, a bounded number of them. */
export function createRefusalLog(log: Log) {
  let [since, told, leftOut] = [0, 0, 0];
  return (why: ProblemName, from: string, now: number): void => {
    if (now - since >= MINUTE_MS) [since, told] = [now, 0];
    if (told >= MOST_TOLD) {
      leftOut++;
      return;
    }
    told++;
    log.warn('intake.refused', { why, from, left_out: leftOut });
    leftOut = 0;
  };
}
