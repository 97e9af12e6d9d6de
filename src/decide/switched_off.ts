import { SWITCH_NAMES, SWITCHES, type SwitchName } from '../domain/action.ts';
import { CONFIRMED_BY, type Confirmation, type Confirmations } from '../domain/confirmation.ts';
import type { Decision } from '../domain/decision.ts';
import type { SwitchedOff } from '../domain/run_record.ts';
import { statusAllows } from '../domain/status.ts';
import { inPortions } from '../util/event_loop.ts';
import { type DecideWith, decide, type Subject } from './decide.ts';
import { type Limits, withinLimits } from './decide_all.ts';

/** What a run decided, and by what. */
export type DecidedRun = {
  readonly subjects: readonly Subject[];
  /** With their confirmations and before the caps, in the order of the subjects; and what the caps left of it. */
  readonly confirmed: readonly Decision[];
  readonly decided: readonly Decision[];
  readonly confirmations: Confirmations;
  readonly how: DecideWith;
  readonly limits: Limits;
};

/**
 * What each switch that is off would do if it alone were on: the same decisions once more, with the answers that there are.
 * INVARIANT: nothing is done because of it and the model is asked nothing; what nobody confirmed counts as confirmed, and the
 * result says so.
 */
export async function switchedOff(run: DecidedRun): Promise<SwitchedOff[]> {
  if (run.subjects.length === 0) return [];
  const found: SwitchedOff[] = [];
  for (const setting of SWITCH_NAMES) {
    if (!run.how.policy[SWITCHES[setting].field]) found.push(await withOn(setting, run));
  }
  return found;
}

async function withOn(setting: SwitchName, run: DecidedRun): Promise<SwitchedOff> {
  const { subjects, confirmed, decided, confirmations, limits } = run;
  const { field, action } = SWITCHES[setting];
  const how: DecideWith = { ...run.how, policy: { ...run.how.policy, [field]: true } };
  let unconfirmed = false;
  const places = subjects.flatMap((subject, i) => (mayChange(subject, confirmed[i], setting) ? [i] : []));
  const wished = [...confirmed];
  await inPortions(places, (some) => {
    for (const i of some) {
      const subject = subjects[i] as Subject;
      const known = fitting(confirmations.get(subject.dossier.request.id), setting);
      const decision = decide(subject, known === null ? null : { confirmation: known, heldBack: null }, how);
      if (decision.verdict !== action) continue;
      wished[i] = decision;
      if (known === null && action !== 'close') unconfirmed = true;
    }
    return [];
  });
  const count = (decisions: readonly Decision[]) => decisions.filter(({ verdict }) => verdict === action).length;
  const left = count(withinLimits(subjects, wished, confirmations, how, limits));
  return { setting, action, more: Math.max(0, left - count(decided)), unconfirmed, heldBack: count(wished) - left };
}

/** Only what the policies permit and the switch alone prevents; a switch for closing changes what the policies are asked, too. */
function mayChange({ dossier }: Subject, decision: Decision | undefined, setting: SwitchName): boolean {
  const { action } = SWITCHES[setting];
  if (action === 'close') return decision?.verdict !== 'close' && statusAllows(dossier.request.status, 'close');
  return decision?.rules.some((rule) => rule.kind === 'switch-off' && rule.action === action) === true;
}

/** A confirmation of the kind that the action needs, which then counts for or against it. */
function fitting(known: Confirmation | undefined, setting: SwitchName): Confirmation | null {
  const { action } = SWITCHES[setting];
  return known !== undefined && action !== 'close' && known.kind === CONFIRMED_BY[action] ? known : null;
}
