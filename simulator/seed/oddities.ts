/** The requests that no crowd of ordinary ones brings along: each is there for something Portcullis has to get right. */
import type { Dice } from '../dice.ts';
import { idFor } from '../identity.ts';
import type { Person, VaultRequest } from '../vault/records.ts';
import type { Estate, Machine } from './estate.ts';
import { makeForm } from './forms.ts';
import { HOSTILE } from './justifications.ts';
import type { Colleague } from './people.ts';
import { DAY, HOUR, MINUTE, moment } from './timing.ts';

export type Cast = {
  readonly seed: number;
  readonly dice: Dice;
  readonly now: number;
  readonly estate: Estate;
  readonly people: readonly Colleague[];
  readonly agent: Person;
};

type Partials = readonly Partial<VaultRequest>[];

/** Texts against the reviewer, each on another machine, all waiting for a decision. */
export function hostile({ seed, dice, now, estate, people }: Cast): Partials {
  return HOSTILE.map((message) => {
    const machine = dice.pick(estate.machines);
    const created = moment(dice, now, 3);
    return { message, created, requestor: dice.pick(people), ...on(seed, machine), ...span(created, 4) };
  });
}

/** The agent's own requests: a finished pair for each of the last runs, and two that it must leave alone. */
export function own({ seed, now, estate, agent }: Cast): Partials {
  const keys = makeForm(seed, 'keys');
  const runs = Array.from({ length: 6 }, (_, run) => now - (run + 1) * 4 * HOUR - 5 * MINUTE);
  const finished = runs.flatMap((created) =>
    [estate.openaiKey, estate.graphSecret].map((asset) => ({
      ...{ created, requestor: agent, form: keys, status: 'Completed', message: 'Portcullis review run' },
      ...{
        entityId: asset.id,
        entityName: asset.name,
        completed: created + 4 * MINUTE,
        ...span(created, 1),
        approved: created + MINUTE,
      },
    })),
  );
  const test = estate.machines.find(({ name }) => name === 'app-test-01');
  const onTest = { requestor: agent, message: 'Connection test of the review automation', ...(test && on(seed, test)) };
  const production = { form: makeForm(seed, 'production') };
  return [
    ...finished,
    { ...onTest, ...production, status: 'Active', created: now - 3 * HOUR },
    { ...onTest, ...production, status: 'Approved', created: now - 12 * DAY, requestedTo: now + 20 * DAY },
  ];
}

/** Requests that concern a space and no asset. */
export function spaceLevel({ seed, dice, now, people }: Cast): Partials {
  const form = makeForm(seed, 'space');
  return ['Finance', 'Plant 2', 'Warehouse', 'Research', 'Finance'].map((space, at) => {
    const created = moment(dice, now, 20);
    const nowhere = {
      requestedFrom: created,
      requestedTo: now + 60 * DAY,

      entityType: 'Space',
      entityId: null,
      entityName: at === 4 ? null : space,
      operation: 'SpaceJoin',
    };
    const status = dice.pick(['Active', 'Approved', 'Completed']);
    return {
      created,
      form,
      status,
      requestor: dice.pick(people),
      message: `Member of project ${space} from today`,
      ...nowhere,
    };
  });
}

/** Records which lack what every record needs, and one in a status that nobody has heard of. */
export function malformed({ now, people }: Cast, count: number): Partials {
  const fields = ['status', 'created', 'id'] as const;
  const broken = Array.from({ length: count }, (_, at) => {
    const field = fields[at % fields.length] ?? 'id';
    return { created: now - (at + 2) * 7 * HOUR, omit: [field], ...(people[at] && { requestor: people[at] }) };
  });
  return [...broken, { created: now - 30 * HOUR, status: 'Escalated' }];
}

/** Older than any usual look-back. */
export function ancient({ seed, dice, now, estate, people }: Cast): Partials {
  return Array.from({ length: 8 }, (_, at) => {
    const created = now - (33 + at * 6) * DAY;
    const status = at === 0 ? 'Active' : 'Completed';
    return {
      created,
      status,
      requestor: dice.pick(people),
      ...on(seed, dice.pick(estate.machines)),
      ...span(created, 4),
    };
  });
}

/** What a request takes over from the machine it is about. */
export function on(seed: number, machine: Machine): Partial<VaultRequest> {
  const { levels, ...form } = makeForm(seed, machine.kind.form);
  return { entityId: machine.id, entityName: machine.name, form, levels };
}

export function span(created: number, hours: number): Partial<VaultRequest> {
  return { requestedFrom: created, requestedTo: created + hours * HOUR };
}

export const requestId = (seed: number, n: number) => idFor(seed, 'seeded', n);
