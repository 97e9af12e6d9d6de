/** What there is to do at the vault while processes are killed: requests that arrive, and people who decide some themselves. */
import type { Dice } from '../../simulator/dice.ts';
import type { VaultRequest } from '../../simulator/vault/records.ts';
import { DAY, type Place } from '../e2e/place.ts';

/** What has to become of a request in the end. */
export type Wanted = {
  readonly id: string;
  readonly what: 'approve' | 'reject' | 'complete' | 'nothing';
  /** A person decided it, before or after us: whether we did too is no longer said. */
  touched: boolean;
};

export type Load = {
  readonly wanted: ReadonlyMap<string, Wanted>;
  arrive(count: number): void;
  /** Some person decides some request that still waits. */
  meddle(): void;
  /** A few arrivals and people, spread over the next seconds, until it is aborted. */
  goOn(signal: AbortSignal): Promise<void>;
};

type Kind = { readonly what: Wanted['what']; readonly risk: string; readonly levels: number; readonly own?: true };

/** How the requests are shared out; `levels` is how many authorizers have to agree. */
const KINDS: readonly (readonly [weight: number, kind: Kind])[] = [
  [25, { what: 'approve', risk: 'low', levels: 1 }],
  // Approved by us on one level they stay Active: only the action history keeps us from approving the next one too.
  [35, { what: 'approve', risk: 'low', levels: 3 }],
  [20, { what: 'reject', risk: 'critical', levels: 1 }],
  [12, { what: 'complete', risk: 'medium', levels: 1 }],
  [6, { what: 'nothing', risk: 'medium', levels: 1 }],
  [2, { what: 'nothing', risk: 'low', levels: 1, own: true }],
];

export function makeLoad({ sim, now }: Place, dice: Dice): Load {
  const { vault } = sim;
  const wanted = new Map<string, Wanted>();
  const machines = sim.estate.machines.filter(({ name }) => name.includes('-test-'));

  function add(): void {
    const kind = dice.weighted(KINDS);
    // Each by a person of their own: what one person asks for counts together, and a no to one request holds the next.
    const n = wanted.size + 1;
    const person = { id: `person-${n}`, name: `colleague${n}`, displayName: `Colleague ${n}` };
    const created = now() - dice.between(1, 20) * 3_600_000;
    const old: Partial<VaultRequest> = {
      ...{ status: 'Approved', created: now() - 12 * DAY, approved: now() - 11 * DAY },
      requestedTo: now() + 40 * DAY,
    };
    const added = vault.add({
      entityId: dice.pick(machines).id,
      requestor: kind.own ? vault.agent : person,
      message: `[${kind.risk}] Replace the toner, change CHG00${dice.between(10_000, 99_999)}`,
      levels: kind.levels,
      created,
      ...(kind.what === 'complete' && old),
    });
    wanted.set(added.id, { id: added.id, what: kind.what, touched: false });
  }

  function touch(id: string): void {
    const one = wanted.get(id);
    if (one === undefined || vault.get(id)?.status !== 'Active') return;
    one.touched = true;
    const decide = dice.pick(['approve', 'reject', 'withdraw'] as const);
    if (decide === 'approve') vault.approveAs('mharper', id);
    else if (decide === 'reject') vault.rejectAs('mharper', id);
    else vault.withdraw(id);
  }

  // Sometimes a person is quicker by the blink of an eye.
  for (const operation of ['approve', 'reject'] as const) {
    vault.on(operation, (_, __, id) => {
      if (dice.chance(0.02)) touch(id);
    });
  }

  const load: Load = {
    wanted,
    arrive: (count) => {
      for (let n = 0; n < count; n++) add();
    },
    meddle: () => {
      const open = [...wanted.values()].filter(({ id, touched }) => !touched && vault.get(id)?.status === 'Active');
      if (open.length > 0) touch(dice.pick(open).id);
    },
    async goOn(signal) {
      for (let left = 6; left > 0 && !signal.aborted; left--) {
        await new Promise((resolve) => setTimeout(resolve, dice.between(50, 1_200)));
        if (signal.aborted) return;
        load.arrive(dice.between(0, 1));
        if (dice.chance(0.4)) load.meddle();
      }
    },
  };
  return load;
}
