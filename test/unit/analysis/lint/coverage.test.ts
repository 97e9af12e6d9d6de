import { describe, expect, test } from 'vitest';
import { groupWords, lastCoverage, rowWords } from '../../../../src/analysis/lint/coverage.ts';
import { why } from '../../../../src/analysis/why/why.ts';
import { whyNothing, whyText } from '../../../../src/analysis/why/why_text.ts';
import type { Policy } from '../../../../src/policy/load.ts';
import { policyWith } from '../../policy/cases.ts';
import { archiveOf, pastRun, type Story } from '../replay/past_runs.ts';

const ACCESS = `
classes:
  tier0: { about: what rules the rest, owner: security }
  dev: { about: development, owner: lead }
never_auto: [tier0]
privileged: ["*:admin"]
mapping:
  - when: { container: "Root Container / Domain Controllers / **", operation: "*" }
    entitlement: directory:admin
    classes: [tier0]
  - when: { tag: "Component :: Firewal*", operation: "*" }
    entitlement: network:admin
    classes: [tier0]
  - when: { container: Root Container / Servers / Development, operation: AssetView }
    entitlement: dev:read
    classes: [dev]
`;

const loaded = () => policyWith({ 'access.yml': ACCESS });

const asset = (id: string, container: string, ...tags: string[]) => ({
  ...{ id, name: `name of ${id}`, type: 'Server', containerPath: container, tags },
});
const about = (id: string, one: ReturnType<typeof asset>, operation = 'AssetView') => ({
  ...{ id, request: { asset: { id: one.id, name: one.name } }, operation, part: { asset: one } },
});
const WINDOW = [
  about('r1', asset('a1', 'Root Container / Domain Controllers / EU', 'Component :: Server :: Windows')),
  about('r2', asset('a2', 'Root Container / Servers / Development')),
  about('r3', asset('a2', 'Root Container / Servers / Development'), 'AssetConnect'),
  about('r4', asset('a3', 'Root Container / Servers / Old', 'Component :: Web')),
  about('r5', asset('a4', 'Root Container / Servers / Old', 'Component :: Web')),
  about('r6', asset('a5', 'Root Container / Network', 'Component :: Firewall')),
  about('r7', asset('a6', 'Root Container / Network', 'Component :: Fire wall')),
];
const archived = (policy: Policy, stories: readonly Story[] = WINDOW) => archiveOf([pastRun(policy, stories)]);

describe('how the mapping meets the last window', () => {
  test('protective rows that fit nothing are named, and those that fit are not', async () => {
    const policy = await loaded();
    const found = await lastCoverage(await archived(policy, WINDOW.slice(1, 5)), policy);
    expect(found?.idle.map(rowWords)).toEqual([
      'line 8 (container Root Container / Domain Controllers / **)',
      'line 11 (tag Component :: Firewal*)',
    ]);
    expect((await lastCoverage(await archived(policy), policy))?.idle).toEqual([]);
  });

  test('assets that no row fits are grouped by container, type and tags, with counts', async () => {
    const policy = await loaded();
    const found = await lastCoverage(await archived(policy), policy);
    expect(found?.unmapped.map(groupWords)).toEqual([
      '2 requests for 2 assets: Server in Root Container / Servers / Old, tagged Component :: Web',
      '1 request for 1 asset: Server in Root Container / Network, tagged Component :: Fire wall',
      '1 request for 1 asset: Server in Root Container / Servers / Development, no tags',
    ]);
  });

  test('nothing is said while no asset was read', async () => {
    const policy = await loaded();
    const unread = [{ id: 'r1', part: { asset: null } }];
    expect(await lastCoverage(await archived(policy, unread), policy)).toBeNull();
    expect(await lastCoverage(await archiveOf([]), policy)).toBeNull();
  });
});

describe('policy why', () => {
  const of = async (id: string) => {
    const policy = await loaded();
    const found = await why(await archived(policy), policy, id);
    if (!('rows' in found)) throw new Error('no run knows it');
    return found;
  };

  test('says row by row what fits and what missed by what, for a request', async () => {
    const found = await of('r3');
    expect(found.rows.map(({ line, fits, missed }) => [line, fits, missed.map(({ key }) => key)])).toEqual([
      [8, 'no', ['container']],
      [11, 'no', ['tag']],
      [14, 'no', ['operation']],
    ]);
    expect(found).toMatchObject({ unknown: { kind: 'unmapped' }, result: { entitlement: null } });
    const text = whyText(found);
    expect(text).toMatch(/container +Root Container \/ Servers \/ Development; a pattern sees it as/);
    expect(text).toMatch(
      /Rows that miss by one thing[\s\S]*✗ 14[\s\S]*operation `AssetView` does not fit: “AssetConnect”/,
    );
  });

  test('takes an asset by its id or its name, and says what protects it', async () => {
    for (const id of ['a1', 'name of a1']) {
      const found = await of(id);
      expect(found.result).toMatchObject({ entitlement: 'directory:admin', neverAuto: ['tier0'], privileged: true });
      expect(whyText(found)).toMatch(/protected +never_auto: tier0; privileged[\s\S]*✓ 8 /);
    }
  });

  test('of an id that no run knows, the nearest one is named', async () => {
    const policy = await loaded();
    const found = await why(await archived(policy), policy, 'name-of-a1');
    if ('rows' in found) throw new Error('nothing has this id');
    expect(whyNothing('r11', found)).toMatch(
      /none of one archived run .* knows a request or an asset `r11`[\s\S]*did you mean `r1`/,
    );
    expect(whyNothing('x', { runs: 0, known: [] })).toMatch(/no run is archived yet/);
  });
});
