/** How quick and how reliable the upstreams are while one process lives. */
import type { Dice } from '../../simulator/dice.ts';
import type { Simulator } from '../../simulator/simulator.ts';

const WRITES = ['vault.approve', 'vault.reject', 'vault.complete'] as const;
const LOST_ANSWERS = ['reset-after', 'reset-before', 'status-after', 'hang-after'] as const;

export function newFaults({ faults, model, vault }: Simulator, dice: Dice): void {
  faults.clear();
  // Of several planned faults for one call the first counts, so that the odd ones come before what is usual.
  if (dice.chance(0.4)) {
    faults.add({ on: dice.pick(WRITES), kind: dice.pick(LOST_ANSWERS), skip: dice.between(0, 8) });
  }
  if (dice.chance(0.1)) faults.add({ on: 'mail', kind: dice.pick(['reset-after', 'status', 'reset-before']) });
  if (dice.chance(0.1)) faults.add({ on: 'vault.submit', kind: dice.pick(['reset-after', 'status-after']) });
  const usual = (on: Parameters<typeof faults.add>[0]['on'], ms: number) =>
    ms > 0 && faults.add({ on, kind: 'delay', ms, times: Number.POSITIVE_INFINITY });
  usual('vault.list', dice.pick([0, 0, 5, 30]));
  for (const on of WRITES) usual(on, dice.pick([0, 10, 50, 400]));
  for (const on of ['mail', 'token', 'vault.release', 'vault.submit'] as const) usual(on, dice.pick([0, 50, 300]));
  model.delayMs = dice.pick([0, 20, 120]);
  vault.knobs.credentialApproval = { ms: dice.pick([1, 60, 300]) };
}
