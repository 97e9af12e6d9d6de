/** When a request was made, what became of it, and for when it asks. Everything is measured from now. */
import type { Dice } from '../../simulator/dice.ts';
import type { Form, VaultRequest } from '../../simulator/vault/records.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The look-back is a day longer. */
const OLDEST_DAYS = 29;

type Chance = { readonly dice: Dice; readonly now: number };
export type Timed = Partial<VaultRequest>;

/** A window of some hours that begins soon. */
export function shortly({ dice, now }: Chance): Timed {
  const from = now + dice.between(1, 40) * HOUR;
  return { requestedFrom: from, requestedTo: from + dice.pick([1, 2, 2, 4, 4, 8]) * HOUR };
}

/** Of a request on two levels, half have the first approval of a person already. */
export function waiting({ dice, now }: Chance, window: Timed): Timed {
  const created = now - dice.between(20, 5 * 24 * 60) * MINUTE;
  const first = {
    ...{ level: 1, user: 'mharper', decision: 'Approved' as const, message: 'fine with me' },
    created: created + 15 * MINUTE,
  };
  return {
    status: 'Active',
    created,
    ...window,
    ...(dice.chance(0.06) && { level: 2, levels: 2, approvals: [first] }),
  };
}

/** Granted, refused, ended, withdrawn, or in a status that only this vault has. Automatic forms grant at once. */
export function settled({ dice, now }: Chance, form: Form | undefined): Timed {
  const created = now - dice.between(60, OLDEST_DAYS * 24 * 60) * MINUTE;
  const end = created + dice.pick([1, 2, 4, 8, 24]) * HOUR;
  const window = { requestedFrom: created, requestedTo: end };
  const decided = Math.min(created + dice.between(5, 300) * MINUTE, now - MINUTE);
  const status = dice.weighted([
    [27, 'Approved'],
    [16, 'Rejected'],
    [56, 'Completed'],
    [1, 'Escalated'],
  ]);
  const automatic = form !== undefined && dice.chance(0.1);
  switch (status) {
    case 'Approved':
      return {
        ...{ status, created, ...window, approved: automatic ? created : decided },
        ...(automatic && { form: { ...form, type: 'Automatic' as const } }),
        // Half of them reach far: nobody has closed what nobody uses.
        ...(dice.chance(0.5) && { requestedTo: now + dice.between(2, 50) * DAY }),
      };
    case 'Completed':
      return dice.chance(0.12)
        ? { status, created, ...window, approved: null, completed: decided }
        : { status, created, ...window, approved: decided, completed: Math.min(Math.max(decided, end), now) };
    default:
      return { status, created, ...window };
  }
}
