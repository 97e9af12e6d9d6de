import type { AccessRequest } from '../domain/access_request.ts';
import { CLOCK_SKEW_MS } from '../domain/access_times.ts';
import type { Decision } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Problem } from '../domain/run_record.ts';
import { noun, plural } from '../phrases/plural.ts';
import { apart } from '../phrases/time_words.ts';
import { DAY_MS } from '../util/durations.ts';
import type { Listed, Sight } from './sight.ts';

/**
 * What the times of the vault say about its clock. Ages are counted from them, so that a wrong clock makes what is new look
 * stale: until both agree nothing is approved or closed (gap `clock`). Pure.
 */
export function clockSight(
  { requests, clockAhead = null, timeUnit = null }: Listed,
  { now, days }: { readonly now: number; readonly days: number },
): Sight {
  const warnings: string[] = [];
  const notices: string[] = [];
  const problems: Sight['problems'][number][] = [];
  if (clockAhead !== null && Math.abs(clockAhead) > CLOCK_SKEW_MS) {
    const words = clockWords(clockAhead);
    // The window is asked for by our clock: what is new there is old here.
    if (clockAhead < -DAY_MS) {
      const left = days * DAY_MS + clockAhead;
      const seen = left <= 0 ? 'nothing' : `at most ${apart(left)}`;
      const message = `${words}: of the ${plural(days, 'day')} of the window ${seen} can be seen`;
      problems.push({ where: 'clock', message, advice: ADVICE, blind: true });
    } else notices.push(`${words}. ${ADVICE}`);
  }
  const ahead = requests.map(({ created }) => created - now).filter((ms) => ms > CLOCK_SKEW_MS);
  if (ahead.length > 0) {
    warnings.push(
      `${ahead.length} of ${plural(requests.length, 'request')} were asked for in the future, by a median of ${apart(median(ahead))}: the clock of the vault or of this machine is wrong, or the vault writes times in a way that is read wrongly. Nothing is approved or closed there`,
    );
  }
  if (timeUnit !== null && requests.length > 0) warnings.push(unitWords(requests, timeUnit, now));
  return { problems, warnings: [...notices, ...warnings], notices };
}

/**
 * What a clock that is wrong kept from being done, and nothing else: one problem of the run, null when it held nothing.
 * Pure.
 */
export function heldByClock(
  decided: readonly { readonly dossier: Dossier; readonly decision: Pick<Decision, 'rules'> }[],
): Problem | null {
  const whys = decided.flatMap(({ dossier: { gaps }, decision }) => {
    const clock = gaps.find(({ what }) => what === 'clock');
    const shut = decision.rules.filter((rule) => rule.kind === 'gate');
    const others = gaps.some(({ what }) => what === 'times' || what === 'window');
    return clock !== undefined && !others && shut.length > 0 && shut.every(({ gate }) => gate === 'times')
      ? [clock.why]
      : [];
  });
  const [why] = whys;
  if (why === undefined) return null;
  const message = `${plural(whys.length, 'action')} that nothing else stands against ${noun(whys.length, 'was', 'were')} held: ${why}`;
  return { where: 'clock', message, advice: ADVICE };
}

const ADVICE =
  'Until both agree nothing is approved or closed: look at the time service (NTP) of the vault and of this machine';

/** `the vault's clock is 3 hours ahead of this machine's` */
export const clockWords = (ahead: number): string =>
  `the vault's clock is ${apart(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;

function unitWords(requests: readonly AccessRequest[], unit: 'microseconds' | 'nanoseconds', now: number): string {
  const factor = unit === 'microseconds' ? 1e3 : 1e6;
  const taken = median(requests.map(({ created }) => created * factor - now));
  return `the vault writes times in ${unit}, and they were read as such; taken for milliseconds they would lie a median of ${apart(taken)} in the future`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
