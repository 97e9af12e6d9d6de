import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { AssetRecord } from '../../../src/domain/asset_record.ts';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { type EnrichOptions, enrich } from '../../../src/enrich/enrich.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import { UpstreamError } from '../../../src/util/errors.ts';
import { aRequest, NOW } from '../../helpers/records.ts';

const record = (over: Partial<AssetRecord> = {}): AssetRecord => ({
  id: 'a-1',
  name: 'DC01',
  type: 'Windows Server',
  containerId: null,
  containerPath: null,
  tags: [],
  ...over,
});

/** A vault of assets by id; `reads` holds every look-up. */
function vaultOf(records: Record<string, AssetRecord | Error>) {
  const reads: string[] = [];
  let under = 0;
  let most = 0;
  const asset = async (id: string): Promise<AssetRecord> => {
    reads.push(id);
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setImmediate(resolve));
    under -= 1;
    const found = records[id] ?? new UpstreamError('vault', 'refused', 'the vault knows no such asset');
    if (found instanceof Error) throw found;
    return found;
  };
  return { asset, reads, most: () => most };
}

const run = (requests: readonly AccessRequest[], over: Partial<EnrichOptions> = {}) =>
  enrich(requests, {
    now: NOW,
    agentUsers: ['svc-portcullis'],
    rejectedByUs: () => false,
    officeHours: { start: 18, end: 8, timeZone: 'UTC' },
    looksUp: () => false,
    assets: vaultOf({}),
    concurrency: 4,
    signal: new AbortController().signal,
    ...over,
  });

const deep = (requests: readonly AccessRequest[], vault: EnrichOptions['assets'], over: Partial<EnrichOptions> = {}) =>
  run(requests, { looksUp: () => true, assets: vault, ...over });

const on = (id: string | null, over: Partial<AccessRequest> = {}): AccessRequest => ({
  ...aRequest(),
  asset: { id, name: 'DC01' },
  ...over,
});
const by = (requestor: Partial<AccessRequest['requestor']>): AccessRequest => ({
  ...aRequest(),
  requestor: { id: null, name: null, displayName: null, ...requestor },
});

describe('how often a requestor asks', () => {
  test('is counted over the whole window, whatever the order', async () => {
    const dossiers = await run([by({ id: 'u-1' }), by({ id: 'u-2' }), by({ id: 'u-1' })]);
    expect(dossiers.map(({ facts }) => facts.requestorFrequency)).toEqual([2, 1, 2]);
  });

  test('goes by id and by the account name without case and domain: one of them in common is one person', async () => {
    const dossiers = await run([
      by({ name: 'CORP\\JDoe' }),
      by({ name: 'jdoe@corp.example' }),
      by({ displayName: ' jdoe ' }),
      by({ id: 'u-9', name: 'jdoe' }),
      by({ name: 'other' }),
    ]);
    expect(dossiers.map(({ facts }) => facts.requestorFrequency)).toEqual([4, 4, 4, 4, 1]);
  });

  test('is 0 with a gap when the vault names nobody', async () => {
    const [dossier] = await run([by({ id: ' ', name: '' })]);
    expect(dossier).toMatchObject({ facts: { requestorFrequency: 0 }, gaps: [{ what: 'requestor' }] });
  });
});

describe('the facts', () => {
  test("the agent's own requests are known by the names of its accounts, and in other spellings doubtful", async () => {
    const dossiers = await run([
      by({ name: 'SVC-Portcullis' }),
      by({ name: 'CORP\\SVC-Portcullis' }),
      by({ name: 'jdoe', displayName: 'svc-portcullis' }),
      by({ name: 'jdoe' }),
    ]);
    expect(dossiers.map(({ facts }) => [facts.own, facts.mayBeOwn])).toEqual([
      [true, false],
      [false, true],
      [false, true],
      [false, false],
    ]);
  });

  test('off-hours are those of asking and those of the window, each known by itself', async () => {
    const noon = Date.UTC(2026, 10, 20, 12);
    const night = Date.UTC(2026, 10, 20, 22);
    const dossiers = await run([
      { ...aRequest(), created: noon, requestedFrom: night },
      { ...aRequest(), created: night, requestedFrom: noon },
      { ...aRequest(), created: night, requestedFrom: null },
      { ...aRequest(), created: noon, requestedFrom: noon },
    ]);
    expect(dossiers.map(({ facts }) => facts.offHours)).toEqual([true, true, true, false]);
    expect(dossiers.map(({ facts }) => facts.times?.askedOffHours)).toEqual([false, true, true, false]);
    expect(dossiers.map(({ facts }) => facts.times?.windowOffHours)).toEqual([true, false, false, false]);
  });

  test('the window of what is open is told, by the moment at which the list was read', async () => {
    const window = { requestedFrom: NOW - HOUR_MS, requestedTo: NOW + HOUR_MS };
    const list = [
      { ...aRequest(), ...window },
      { ...aRequest(), ...window, status: 'Rejected' },
      { ...aRequest(), requestedFrom: NOW + 10 * DAY_MS, requestedTo: NOW + 10 * DAY_MS + HOUR_MS },
    ];
    const faults = (dossiers: readonly Dossier[]) => dossiers.map(({ facts }) => facts.times?.fault);
    expect(faults(await run(list, { maxDaysAhead: 9 }))).toEqual([null, null, 'too-far-ahead']);
    expect(faults(await run(list, { readAt: NOW + HOUR_MS }))).toEqual(['over', null, null]);
  });

  test('times that cannot be are gaps', async () => {
    const [ahead, fine] = await run([{ ...aRequest(), created: NOW + HOUR_MS }, aRequest()]);
    expect(ahead?.gaps).toMatchObject([{ what: 'times' }]);
    expect(fine?.gaps).toEqual([]);
  });

  test.each([
    [0, 0],
    [DAY_MS - 1, 0],
    [DAY_MS, 1],
    [10 * DAY_MS + HOUR_MS, 10],
    [-3 * HOUR_MS, 0],
  ])('%i ms ago are %i whole days, never fewer than none', async (ago, days) => {
    const [dossier] = await run([{ ...aRequest(), created: NOW - ago, approved: NOW - ago }]);
    expect(dossier?.facts).toMatchObject({ daysSinceCreated: days, daysSinceApproved: days });
  });

  test.each([
    [4 * HOUR_MS, 4],
    [HOUR_MS * 1.26, 1.3],
    [0, 0],
    [-HOUR_MS, null],
    [null, null],
  ])('a window of %d ms is %d hours', async (length, hours) => {
    const [dossier] = await run([
      { ...aRequest(), requestedFrom: NOW, requestedTo: length === null ? null : NOW + length },
    ]);
    expect(dossier?.facts.requestedHours).toBe(hours);
  });

  test('an Approved request without a time of approval has a gap; an Active one has not', async () => {
    const [approved, active] = await run([{ ...aRequest(), status: 'Approved' }, aRequest()]);
    expect(approved).toMatchObject({ facts: { daysSinceApproved: null }, gaps: [{ what: 'approval time' }] });
    expect(active?.gaps).toEqual([]);
  });
});

describe('deep analysis', () => {
  const container = record({
    id: 'c-1',
    name: 'Domain Controllers',
    type: 'Folder',
    containerPath: '/Tier 0',
    tags: ['tier 0', 'shared'],
  });

  test('tells type, path and tags, those of the container included', async () => {
    const vault = vaultOf({ 'a-1': record({ containerId: 'c-1', tags: ['windows', 'shared'] }), 'c-1': container });
    const [dossier] = await deep([on('a-1')], vault);
    expect(dossier).toMatchObject({
      asset: {
        id: 'a-1',
        name: 'DC01',
        type: 'Windows Server',
        containerPath: '/Tier 0/Domain Controllers',
        tags: ['windows', 'shared', 'tier 0'],
      },
      gaps: [],
    });
  });

  test.each([
    ['the path that the asset states', '/Stated', container, '/Stated'],
    [
      "the container's own path",
      null,
      { ...container, containerPath: '/Tier 0/Domain Controllers' },
      '/Tier 0/Domain Controllers',
    ],
    ["the container's name, when it has no path", null, { ...container, containerPath: null }, 'Domain Controllers'],
    ["the container's path, when it has no name", null, { ...container, name: null }, '/Tier 0'],
  ])('takes %s', async (_what, stated, held, path) => {
    const vault = vaultOf({ 'a-1': record({ containerId: 'c-1', containerPath: stated }), 'c-1': held });
    const [dossier] = await deep([on('a-1')], vault);
    expect(dossier?.asset?.containerPath).toBe(path);
  });

  test('reads each asset and container once per run, failures included, and only so many at a time', async () => {
    const assets = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`a-${i}`, record({ id: `a-${i}`, containerId: 'c-1' })]),
    );
    const vault = vaultOf({ ...assets, 'c-1': container });
    const requests = Array.from({ length: 60 }, (_, i) => on(i % 10 === 9 ? 'gone' : `a-${i % 10}`));
    await deep(requests, vault, { concurrency: 3 });
    expect(vault.reads.toSorted()).toEqual([...Object.keys(assets), 'c-1', 'gone'].toSorted());
    expect(vault.most()).toBe(3);
  });

  test('one slow asset that many requests point at keeps nobody else from theirs', async () => {
    const reads: string[] = [];
    let answerSlow = () => {};
    const slow = new Promise<void>((resolve) => {
      answerSlow = resolve;
    });
    const asset = async (id: string): Promise<AssetRecord> => {
      reads.push(id);
      if (id === 'slow') await slow;
      if (id === 'last') answerSlow();
      return record({ id });
    };
    const ids = [...Array(20).fill('slow'), 'b', 'a', 'last'];
    const dossiers = await deep(
      ids.map((id) => on(id)),
      { asset },
      { concurrency: 2 },
    );
    expect(reads).toEqual(['slow', 'b', 'a', 'last']);
    expect(dossiers.map((one) => one.asset?.id)).toEqual(ids);
  });

  test('a failed look-up is a named gap, and the other requests are not touched by it', async () => {
    const vault = vaultOf({ 'a-1': record({ containerId: 'c-gone' }), 'a-2': record({ id: 'a-2' }) });
    const [noContainer, noAsset, fine] = await deep([on('a-1'), on('gone'), on('a-2')], vault);
    expect(noContainer).toMatchObject({
      asset: { containerPath: null },
      gaps: [{ what: 'container', why: 'the vault knows no such asset' }],
    });
    expect(noAsset).toMatchObject({ asset: null, gaps: [{ what: 'asset', why: 'the vault knows no such asset' }] });
    expect(fine?.gaps).toEqual([]);
  });

  test('a request of the whole space is complete without an asset; an asset without an id is a gap', async () => {
    const vault = vaultOf({});
    const [space, nameless] = await deep([{ ...aRequest(), asset: null }, on(null)], vault);
    expect(space).toMatchObject({ asset: null, gaps: [] });
    expect(nameless).toMatchObject({ asset: null, gaps: [{ what: 'asset' }] });
    expect(vault.reads).toEqual([]);
  });

  test('is not done unless it is asked for', async () => {
    const vault = vaultOf({ 'a-1': record() });
    const [dossier] = await run([on('a-1')], { assets: vault });
    expect([dossier?.asset, dossier?.gaps, vault.reads]).toEqual([null, [], []]);
  });

  test('is done for those requests only for which it is asked for', async () => {
    const vault = vaultOf({ 'a-1': record(), 'a-2': record({ id: 'a-2' }) });
    const asked: string[] = [];
    const looksUp = ({ id, status }: AccessRequest) => {
      asked.push(id);
      return status === 'Active';
    };
    const dossiers = await run(
      [on('a-1', { id: 'old', status: 'Completed' }), on('a-2', { id: 'new' }), on('a-1', { id: 'gone', status: '' })],
      { assets: vault, looksUp },
    );
    expect(dossiers.map(({ asset }) => asset?.id ?? null)).toEqual([null, 'a-2', null]);
    expect(
      dossiers.map(({ gaps }) => gaps),
      'what was not asked for is no gap',
    ).toEqual([[], [], []]);
    expect([asked, vault.reads]).toEqual([['old', 'new', 'gone'], ['a-2']]);
  });

  test('stops reading when the run is stopped, and still returns every request', async () => {
    const stop = new AbortController();
    const reads: string[] = [];
    const asset = async (id: string): Promise<AssetRecord> => {
      reads.push(id);
      stop.abort();
      throw new UpstreamError('vault', 'stopped', 'aborted');
    };
    const dossiers = await run([on('a-1'), on('a-2'), on('a-3')], {
      looksUp: () => true,
      assets: { asset },
      concurrency: 1,
      signal: stop.signal,
    });
    expect(reads).toEqual(['a-1']);
    expect(dossiers.map(({ gaps }) => gaps)).toEqual(
      Array(3).fill([{ what: 'asset', why: 'the run was stopped', reason: 'stopped' }]),
    );
  });

  test('reports progress up to the last request', async () => {
    const seen: number[] = [];
    await deep([on('a-1'), on('a-1')], vaultOf({ 'a-1': record() }), {
      onProgress: (done, total) => seen.push(done / total),
    });
    expect(seen).toEqual([0.5, 1]);
  });
});
