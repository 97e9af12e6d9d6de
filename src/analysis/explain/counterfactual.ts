import type { DecideWith } from '../../decide/decide.ts';
import type { Action } from '../../domain/action.ts';
import { TOWARDS_ACTION } from './towards_action.ts';
import { TOWARDS_HOLD } from './towards_hold.ts';
import { actionsFrom, decidedIn, type Lever, type World } from './world.ts';

/** What would have had to differ for another verdict, found by deciding again. */
export type Counterfactual = {
  readonly target: Action | 'hold';
  /** Each alone is enough, together with nothing else; the smallest there are. Empty when nothing helps. */
  readonly ways: readonly Way[];
  /** False when no set of up to three facts did it, and a larger one was shrunk until none of it could be left out. */
  readonly smallest: boolean;
};
export type Way = {
  readonly facts: readonly { readonly lever: string; readonly says: string }[];
  /** The confirmation, which was never asked for, would have had to agree as well. */
  readonly assumesConfirmation: boolean;
};

const MOST_TOGETHER = 3;
const MOST_WAYS = 6;

/**
 * INVARIANT: every way that is given was replayed with the code that decides, and led to the target; of the ways of up
 * to three facts no smaller one does.
 */
export function counterfactuals(world: World, engine: DecideWith['engine']): Counterfactual[] {
  const { verdict } = decidedIn(world, engine).decision;
  const possible = actionsFrom(world.subject.dossier.request.status).filter((action) => action !== 'reject');
  if (verdict !== 'hold') {
    const others = possible.filter((action) => action !== verdict);
    return [search(world, engine, 'hold', verdict), ...others.map((action) => search(world, engine, action, action))];
  }
  return possible.map((action) => search(world, engine, action, action));
}

type Named = { readonly name: string; readonly lever: Lever };

function search(world: World, engine: DecideWith['engine'], target: Action | 'hold', about: Action): Counterfactual {
  const table: Readonly<Record<string, Lever>> = target === 'hold' ? TOWARDS_HOLD : TOWARDS_ACTION;
  const levers = Object.entries(table)
    .map(([name, lever]): Named => ({ name, lever }))
    .filter(({ lever }) => lever.differs(world, about));
  const tried = (chosen: readonly Named[]) => decidedIn(imagined(world, chosen, about), engine);
  const wayOf = (chosen: readonly Named[]): Way => ({
    facts: chosen.map(({ name, lever }) => ({ lever: name, says: lever.says(world, about) })),
    assumesConfirmation: tried(chosen).assumesConfirmation,
  });

  for (let together = 1; together <= MOST_TOGETHER; together += 1) {
    const ways = subsets(levers, together).filter((chosen) => tried(chosen).decision.verdict === target);
    if (ways.length > 0) return { target, ways: ways.slice(0, MOST_WAYS).map(wayOf), smallest: true };
  }
  if (tried(levers).decision.verdict !== target) return { target, ways: [], smallest: true };
  let needed: readonly Named[] = levers;
  for (const one of levers) {
    const less = needed.filter((other) => other !== one);
    if (tried(less).decision.verdict === target) needed = less;
  }
  return { target, ways: [wayOf(needed)], smallest: false };
}

/** The world with some facts otherwise; each lever sees what the ones before it made. */
const imagined = (world: World, chosen: readonly Named[], about: Action): World =>
  chosen.reduce((so, { lever }) => lever.imagine(so, about), world);

/** Every choice of `size` of them, in the order of the table. */
function subsets<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((first, at) => subsets(all.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}
