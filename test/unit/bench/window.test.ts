import { beforeAll, describe, expect, test } from 'vitest';
import { neededFor, questionsOf } from '../../../bench/stage/needed.ts';
import { fillBusyWindow } from '../../../bench/window/busy.ts';
import { USUAL_SHARES } from '../../../bench/window/shares.ts';
import { simulateInMemory } from '../../../simulator/in_memory.ts';
import type { VaultRequest } from '../../../simulator/vault/records.ts';

const DAY = 86_400_000;

function busy(requests: number, now: number, shares = USUAL_SHARES): VaultRequest[] {
  const { vault } = simulateInMemory({ data: 'none', now: () => now });
  fillBusyWindow(vault, requests, shares, now);
  return vault.all();
}

describe('a busy window of a thousand requests', () => {
  const now = Date.UTC(2026, 10, 24, 10);
  let all: VaultRequest[] = [];
  let active: VaultRequest[] = [];
  beforeAll(() => {
    all = busy(1000, now);
    active = all.filter(({ status }) => status === 'Active');
  });

  test('a third of it waits, and the rest is settled in every way', () => {
    expect(all).toHaveLength(1000);
    // One of them is the agent's own.
    expect(active).toHaveLength(337);
    const statuses = ['Active', 'Approved', 'Completed', 'Escalated', 'Rejected'];
    expect([...new Set(all.map(({ status }) => status))].sort()).toEqual(statuses);
    expect(all.every(({ created }) => created > now - 30 * DAY && created < now)).toBe(true);
  });

  test('some eighty people ask; some have many open requests, and some none', () => {
    const people = new Set(all.map(({ requestor }) => requestor.name));
    expect(people.size).toBeGreaterThan(75);
    expect(people.size).toBeLessThan(85);
    const open = [...Map.groupBy(active, ({ requestor }) => requestor.name).values()].map(({ length }) => length);
    expect(open.filter((count) => count > 3).length).toBeGreaterThan(20);
    expect(people.size - open.length).toBeGreaterThan(15);
  });

  test('assets are of many types, in containers and under tags that are not only those of the shipped policy', () => {
    const { vault } = simulateInMemory({ data: 'none', now: () => now });
    fillBusyWindow(vault, 1000, USUAL_SHARES, now);
    const assets = [...new Set(all.flatMap(({ entityId }) => entityId ?? []))].flatMap((id) => vault.asset(id) ?? []);
    expect(assets.length).toBeGreaterThan(100);
    expect(new Set(assets.map(({ type }) => type)).size).toBeGreaterThan(8);
    expect(new Set(assets.map(({ parent }) => parent)).size).toBeGreaterThan(10);
    expect(assets.some(({ tags }) => tags.some((tag) => !tag.includes(' :: ')))).toBe(true);
  });

  test('the same options make the same window at any moment', () => {
    const shape = (requests: readonly VaultRequest[], at: number) =>
      requests.map(({ id, status, message, entityId, created }) => [id, status, message, entityId, at - created]);
    expect(shape(busy(1000, now + 5 * DAY), now + 5 * DAY)).toEqual(shape(all, now));
  });

  test('shares can be set', () => {
    const quiet = busy(500, now, { ...USUAL_SHARES, active: 0.1, people: 40 });
    expect(quiet.filter(({ status }) => status === 'Active')).toHaveLength(51);
    expect(new Set(quiet.map(({ requestor }) => requestor.name)).size).toBeLessThan(23);
  });
});

describe('what a run needs, worked out by hand', () => {
  const person = (name: string) => ({ id: name, name, displayName: name });
  const [template] = busy(4, Date.UTC(2026, 10, 24, 10));
  const many = (count: number, name: string, status: string): VaultRequest[] =>
    Array.from({ length: count }, (_, n) => ({
      ...(template as VaultRequest),
      ...{ id: `${name}-${status}-${n}`, status, requestor: person(name), entityId: `asset-${n % 3}` },
    }));
  const window = [
    ...many(30, 'ada', 'Active'),
    ...many(1, 'ben', 'Active'),
    ...many(40, 'ada', 'Completed'),
    ...many(5, 'eve', 'Approved'),
  ];
  const how = { pageSize: 50, batchSize: 25, deep: true };
  const nothing = { window, approved: [], rejected: [], closed: [], parentOf: (id: string) => `above ${id}` };

  test('open requests share a question with those of the same person only, settled ones with any', () => {
    expect(neededFor(nothing, how)).toMatchObject({ personal: 2 + 1, shared: 2, factsOnly: 0, single: 0 });
  });

  test('what is approved is read once more without text, 23 beside two canaries', () => {
    const approved = many(24, 'ada', 'Active').map(({ id }) => id);
    expect(neededFor({ ...nothing, approved }, how)).toMatchObject({ factsOnly: 2, actions: 24 });
  });

  test('a rejection is confirmed alone, unless the request was alone from the beginning', () => {
    const rejected = ['ada-Active-0', 'ben-Active-0'];
    const needed = neededFor({ ...nothing, rejected, closed: ['eve-Approved-1'] }, how);
    expect(needed).toMatchObject({ single: 1, actions: 3 });
    expect(questionsOf(needed)).toBe(3 + 2 + 1);
  });

  test('pages, assets and containers count once each', () => {
    expect(neededFor(nothing, how)).toMatchObject({ requests: 76, pages: 2, assets: 3, containers: 3 });
  });
});
