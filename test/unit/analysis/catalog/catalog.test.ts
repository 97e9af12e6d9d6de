/** `policy catalog`: what the mapping gives, and who has it. */
import { expect, test } from 'vitest';
import { catalogOf } from '../../../../src/analysis/catalog/catalog.ts';
import { catalogText } from '../../../../src/analysis/catalog/catalog_text.ts';
import { loadPolicy } from '../../../../src/policy/load.ts';
import { DAY_MS } from '../../../../src/util/durations.ts';
import { NOON } from '../../../helpers/requests.ts';
import { SHIPPED } from '../../policy/cases.ts';
import { archiveOf, pastRun } from '../replay/past_runs.ts';

test('each entitlement once, with class, owner, who holds it by now and when it was last asked for', async () => {
  const policy = await loadPolicy(SHIPPED);
  const run = pastRun(policy, [
    { id: 'held', status: 'Approved', grantedDaysAgo: 1, request: { requestedTo: NOON + DAY_MS } },
    { id: 'over', status: 'Approved', grantedDaysAgo: 9, request: { requestedTo: NOON - DAY_MS } },
    { id: 'waits', status: 'Active' },
  ]);
  const catalog = await catalogOf(policy, await archiveOf([run]), NOON);
  const names = catalog.entries.map(({ entitlement }) => entitlement);
  expect(names).toEqual([...new Set(names)].sort());
  const used = catalog.entries.filter(({ lastAsked }) => lastAsked !== null);
  expect(used).toHaveLength(1);
  const [one] = used;
  const about = run.reviewed[0]?.accessContext;
  expect(one).toMatchObject({
    entitlement: about?.entitlement,
    classes: about?.classes,
    owners: [about?.owner],
    waiting: 1,
  });
  expect(one?.holders.map(({ request }) => request)).toEqual(['held']);
  const text = catalogText(catalog);
  expect(text).toContain(`held by +`.slice(0, 7));
  expect(text.replace(/\s+/g, ' ')).toMatch(/held by \S+ \(until 2026-11-21 12:00 UTC\) waiting 1 request last asked/);
  expect(text).toContain('Not asked for in the window: ');
});

test('without any run it tells the mapping alone, and what is missing', async () => {
  const catalog = await catalogOf(await loadPolicy(SHIPPED), await archiveOf([]), NOON);
  expect(catalog.entries.length).toBeGreaterThan(5);
  expect(catalogText(catalog)).toContain('No run is archived yet');
});
