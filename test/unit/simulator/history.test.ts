import { afterEach, describe, expect, test } from 'vitest';
import type { VaultRequest } from '../../../simulator/vault/records.ts';
import { DAY, HOUR, NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor | undefined;
afterEach(async () => {
  await visitor?.close();
  visitor = undefined;
});

const requests = async (options = {}): Promise<VaultRequest[]> => {
  visitor = await visit({ data: 'realistic', ...options });
  return visitor.sim.vault.all();
};

test('the same seed and time give the same history, another seed another', async () => {
  const first = await requests();
  await visitor?.close();
  expect(await requests()).toEqual(first);
  await visitor?.close();
  expect(await requests({ seed: 13 })).not.toEqual(first);
});

test.each([0, 1, 10, 60, 240, 1000])('a history of %i requests has just so many', async (count) => {
  expect(await requests({ requests: count })).toHaveLength(count);
});

describe('a month at the company', () => {
  const now = NOON;
  const byStatus = (all: VaultRequest[], status: string) => all.filter((request) => request.status === status);

  test('holds all statuses, most of it finished, and some of it older than a month', async () => {
    const all = await requests();
    for (const status of ['Active', 'Approved', 'Rejected', 'Completed']) {
      expect(byStatus(all, status).length, status).toBeGreaterThan(12);
    }
    expect(all.filter(({ created }) => created < now - 30 * DAY)).toHaveLength(8);
    expect(all.every(({ created }) => created < now)).toBe(true);
  });

  test('is consistent in itself', async () => {
    for (const request of await requests()) {
      const { status, created, approved, completed, approvals, form, level, levels } = request;
      expect(level, request.id).toBeLessThanOrEqual(levels);
      expect(approved ?? created).toBeGreaterThanOrEqual(created);
      expect(completed ?? now).toBeLessThanOrEqual(now);
      expect(completed ?? now).toBeGreaterThanOrEqual(approved ?? created);
      if (status === 'Approved') expect(approved).not.toBeNull();
      if (status === 'Active' || status === 'Rejected') expect(approved).toBeNull();
      if (form.type === 'Automatic') expect(approvals).toEqual([]);
      if (status === 'Approved' && form.type === 'Interactive') expect(approvals).toHaveLength(levels);
      if (status === 'Active') expect(approvals).toHaveLength(level - 1);
    }
  });

  test('holds what a reviewer has to get right', async () => {
    const all = await requests();
    const active = byStatus(all, 'Active');
    const stale = byStatus(all, 'Approved').filter(({ approved }) => (approved ?? now) < now - 7 * DAY);
    const hourOf = ({ created }: VaultRequest) => new Date(created).getUTCHours();
    expect(stale.length).toBeGreaterThan(5);
    expect(stale.every(({ requestedTo }) => (requestedTo ?? 0) > now)).toBe(true);
    expect(active.filter(({ levels, level }) => levels === 2 && level === 2).length).toBeGreaterThan(0);
    expect(byStatus(all, 'Approved').some(({ form }) => form.type === 'Automatic')).toBe(true);
    expect(byStatus(all, 'Completed').some(({ approved }) => approved === null)).toBe(true);
    expect(all.filter(({ entityType }) => entityType === 'Space').length).toBeGreaterThan(3);
    expect(all.filter((request) => hourOf(request) < 8 || hourOf(request) >= 18).length).toBeGreaterThan(15);
    expect(all.filter(({ requestor }) => requestor.name === 'dferrari').length).toBeGreaterThan(30);
    expect(active.some(({ message }) => /Ignore all previous instructions/.test(message ?? ''))).toBe(true);
    expect(active.some(({ message }) => /<script>/.test(message ?? ''))).toBe(true);
    expect(active.some(({ message }) => /\| --- \|/.test(message ?? ''))).toBe(true);
    expect(all.filter(({ omit }) => omit !== undefined)).toHaveLength(2);
  });

  test("holds the agent's own requests, two of them tempting", async () => {
    const own = (await requests()).filter(({ requestor }) => requestor.name === 'svc-portcullis');
    expect(byStatus(own, 'Completed')).toHaveLength(12);
    expect(byStatus(own, 'Active')).toHaveLength(1);
    expect(byStatus(own, 'Approved')).toHaveLength(1);
  });

  test('does not open the secret assets: their credentials still need a request', async () => {
    await requests();
    const id = visitor?.sim.estate.openaiKey.id;
    expect((await visitor?.vault('GET', `/api/mcp/get-asset-credentials/${id}`))?.status).toBe(500);
  });

  test('can be listed whole, with the broken records among the rest', async () => {
    await requests();
    const from = now - 30 * DAY;
    const pages = [0, 200].map((offset) => visitor?.list(`from=${from}&s=created,desc&pgs=200&pgp=${offset}&rqt=1`));
    const [first, second] = await Promise.all(pages);
    const data = [...(first?.data ?? []), ...(second?.data ?? [])];
    expect(data).toHaveLength(232);
    expect(first?.total).toBe(232);
    expect(data.filter((one) => !('id' in one && 'status' in one && 'created' in one))).toHaveLength(2);
  });
});

test('an hour later the same company has an hour more behind it', async () => {
  const first = await requests();
  await visitor?.close();
  const later = await requests({ now: () => NOON + HOUR });
  expect(later.map(({ id }) => id).sort()).toEqual(first.map(({ id }) => id).sort());
});
