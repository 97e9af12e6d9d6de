import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VaultRequest } from '../../../simulator/vault/records.ts';
import { DAY, NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
const start = async (options = {}) => {
  visitor = await visit({ estate: 'other', data: 'realistic', malformed: 0, ...options });
};
beforeEach(() => start());
afterEach(() => visitor.close());

const requests = (): VaultRequest[] => visitor.sim.vault.all();
const of = (status: string) => requests().filter((one) => one.status === status);
const isSensitive = ({ entityId }: VaultRequest) => visitor.sim.estate.sensitive.has(entityId ?? '');
/** What people said; what was taken back and what waits has no answer. */
const answers = (all: VaultRequest[]) => {
  const settled = all.filter(({ status, approvals }) => status !== 'Active' && approvals.length > 0);
  const refused = settled.filter(({ status }) => status === 'Rejected').length;
  return { settled: settled.length, refused, share: 1 - refused / settled.length };
};

test('the same seed and time give the same three months', async () => {
  const first = requests();
  await visitor.close();
  await start();
  expect(requests()).toEqual(first);
  await visitor.close();
  await start({ seed: 13 });
  expect(requests()).not.toEqual(first);
});

test.each([0, 1, 30, 240])('a history of %i requests has just so many', async (count) => {
  await visitor.close();
  await start({ requests: count });
  expect(requests()).toHaveLength(count);
});

describe('three months of it', () => {
  test('a third waits, and the oldest is of three months ago', () => {
    expect(of('Active')).toHaveLength(requests().length / 3);
    expect(Math.min(...requests().map(({ created }) => created))).toBeLessThan(NOON - 80 * DAY);
    expect(of('Active').every(({ created }) => created > NOON - 5 * DAY)).toBe(true);
  });

  test('are consistent in themselves', () => {
    for (const { created, approved, completed, approvals, status, level, levels, requestedTo } of requests()) {
      expect(level).toBeLessThanOrEqual(levels);
      expect(approved ?? created).toBeGreaterThanOrEqual(created);
      expect(completed ?? NOON).toBeLessThanOrEqual(NOON);
      expect(completed ?? NOON).toBeGreaterThanOrEqual(approved ?? created);
      expect(approvals.every((one) => one.created > created && one.created <= NOON)).toBe(true);
      if (status === 'Approved') expect([approved === null, (requestedTo ?? 0) > NOON]).toEqual([false, true]);
      if (status === 'Active') expect(approvals).toHaveLength(level - 1);
      if (status === 'Rejected') expect(approvals.at(-1)?.decision).toBe('Rejected');
    }
  });

  test('people approve nearly all that is ordinary, refuse some, and look harder at the rest', () => {
    const ordinary = answers(requests().filter((one) => !isSensitive(one)));
    const sensitive = answers(requests().filter(isSensitive));
    expect(ordinary.settled).toBeGreaterThan(400);
    expect(ordinary.share).toBeGreaterThan(0.95);
    expect(ordinary.refused).toBeGreaterThan(3);
    expect(sensitive.settled).toBeGreaterThan(60);
    expect(sensitive.share).toBeLessThan(0.95);
  });

  test('nobody waits for the same thing twice, and nobody decides on a request of their own', () => {
    const keys = of('Active').map(({ requestor, entityId, operation }) => `${requestor.name} ${entityId} ${operation}`);
    expect(new Set(keys).size).toBe(keys.length);
    const own = requests().filter(({ requestor, approvals }) => approvals.some(({ user }) => user === requestor.name));
    expect(own).toEqual([]);
  });
});

test('what is sensitive is marked by tag, path, type or name, and each kind is asked for', () => {
  const { sensitive } = visitor.sim.estate;
  for (const mark of ['tag', 'path', 'type', 'name']) {
    const asked = requests().filter(({ entityId }) => sensitive.get(entityId ?? '') === mark);
    expect(asked.length, mark).toBeGreaterThan(5);
  }
});

test('the vault shows containers as the vendor does, and not what is marked', async () => {
  const { sensitive, assets } = visitor.sim.estate;
  const kiosk = assets.find(({ name }) => name === 'chu-kiosk-9');
  expect(sensitive.get(kiosk?.id ?? '')).toBe('tag');
  const shown = await visitor.read<{ container: { path: string } }>(`/api/asset/asset/${kiosk?.id}`);
  expect(shown.container.path).toBe('Root Container / Standorte / Chur / Empfang / Selbstanmeldung');
  expect(JSON.stringify(shown)).not.toContain('mark');
});

test('whoever asks is an employee with a department and a manager', () => {
  const { people } = visitor.sim.estate;
  const known = new Set(people.map(({ user }) => user));
  expect(requests().filter(({ requestor }) => !known.has(requestor.name))).toEqual([]);
  expect(people.filter(({ department, manager }) => department === '' || manager === '')).toEqual([]);
  expect(known.size).toBe(people.length);
});
