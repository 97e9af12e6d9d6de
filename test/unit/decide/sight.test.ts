import { describe, expect, test } from 'vitest';
import { assetSight } from '../../../src/decide/asset_sight.ts';
import { heldByClock } from '../../../src/decide/clock_sight.ts';
import { listSight, type SightLimits } from '../../../src/decide/list_sight.ts';
import type { Listed } from '../../../src/decide/sight.ts';
import type { AccessRequest, MalformedRecord } from '../../../src/domain/access_request.ts';
import type { RuleTrace } from '../../../src/domain/decision.ts';
import type { Dossier, Gap } from '../../../src/domain/dossier.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import { dossierOf, NOON, request } from '../../helpers/requests.ts';

const LIMITS: SightLimits = { records: 0.05, assets: 0.2, otherStatuses: ['Expired'] };
const many = (count: number, part: (n: number) => Partial<AccessRequest> = () => ({})): AccessRequest[] =>
  Array.from({ length: count }, (_, n) => request({ id: `r${n}`, ...part(n) }));
const broken = (count: number): MalformedRecord[] =>
  Array.from({ length: count }, (_, position) => ({
    ...{ position, id: `m${position}`, key: `k${position}` },
    problem: '`created` is a list of 6 numbers',
    unread: [{ field: 'created', shape: 'a list of 6 numbers' }],
  }));
const sightOf = (part: Partial<Listed>, seen: (key: string) => boolean = () => false, limits = LIMITS) =>
  listSight({ requests: [], malformed: [], ...part }, limits, { seen, now: NOON, days: 30 });
const blindness = ({ problems }: { problems: readonly { blind?: true }[] }) =>
  problems.map(({ blind }) => blind === true);

describe('Records of the list that cannot be read', () => {
  test('are nothing when there are none', () => {
    expect(sightOf({ requests: many(3) })).toEqual({ problems: [], warnings: [], notices: [], keys: [], lost: null });
  });

  test('fail the run when they are all there is, and the error says which field has which shape', () => {
    const { lost, problems } = sightOf({ malformed: broken(60) }, () => true);
    expect(problems).toEqual([]);
    expect(lost?.message).toBe(
      'none of the 60 records in the list could be read: `created` is a list of 6 numbers (60)',
    );
    expect(lost?.advice).toContain('docs/vault.md');
  });

  test('are a problem of a run that sees them for the first time, and a line afterwards', () => {
    const listed = { requests: many(99), malformed: broken(1) };
    const first = sightOf(listed);
    expect(first.problems).toMatchObject([
      {
        where: 'vault',
        message:
          '1 of 100 records in the list could not be read, 1 of them for the first time: `created` is a list of 6 numbers (1)',
      },
    ]);
    expect(blindness(first)).toEqual([false]);
    const known = new Set(first.keys);
    const second = sightOf(listed, (key) => known.has(key));
    expect(second.problems).toEqual([]);
    expect(second.warnings).toEqual([
      '1 of 100 records in the list could not be read: `created` is a list of 6 numbers (1)',
    ]);
    expect(sightOf({ ...listed, malformed: broken(2) }, (key) => known.has(key)).problems).toHaveLength(1);
  });

  test('are a problem each time, and blindness, above the share of the setting', () => {
    const listed = { requests: many(94), malformed: broken(6) };
    expect(blindness(sightOf(listed, () => true))).toEqual([true]);
    expect(sightOf({ requests: many(95), malformed: broken(5) }, () => true).problems).toEqual([]);
    expect(sightOf(listed, () => true, { ...LIMITS, records: 0.1 }).problems).toEqual([]);
  });

  test.each([1, 2])('are no blindness when they are %i among few that were told of', (count) => {
    const listed = { requests: many(9), malformed: broken(count) };
    expect(blindness(sightOf(listed))).toEqual([false]);
    expect(sightOf(listed, () => true).problems).toEqual([]);
    expect(blindness(sightOf(listed, () => true, { ...LIMITS, records: 0 })), 'a share of 0 hears of each').toEqual([
      true,
    ]);
  });

  test('are counted by what is wrong with them, and not without end', () => {
    const malformed = broken(20).map((one, n) => ({ ...one, unread: [{ field: `f${n}`, shape: 'missing' }] }));
    const [problem] = sightOf({ requests: many(5), malformed }).problems;
    expect(problem?.message).toMatch(/and 15 more kinds$/);
  });
});

describe('A status that nobody knows', () => {
  test('is counted, named, and blindness', () => {
    const requests = many(60, (n) => (n < 18 ? { status: 'Pending' } : {}));
    const sight = sightOf({ requests });
    expect(sight.problems).toMatchObject([
      { blind: true, message: '18 of 60 requests have a status that is not known: `Pending` (18)' },
    ]);
    expect(sight.problems[0]?.advice).toContain('VAULT_OTHER_STATUSES');
  });

  test.each(['Expired', 'EXPIRED', ' expired '])('is no matter when the setting names it: %j', (status) => {
    expect(sightOf({ requests: many(10, () => ({ status })) }).problems).toEqual([]);
  });

  test('is a line once it was told of, as long as it is rare', () => {
    const requests = many(100, (n) => (n === 7 ? { status: 'Escalated' } : {}));
    const { keys } = sightOf({ requests });
    const seen = (key: string) => keys.includes(key);
    expect(sightOf({ requests }, seen)).toMatchObject({
      problems: [],
      warnings: [expect.stringContaining('`Escalated` (1)')],
    });
    const another = many(100, (n) => (n === 8 ? { status: 'Escalated' } : {}));
    expect(sightOf({ requests: another }, seen).problems, 'by the word, not by the request').toEqual([]);
    const other = many(100, (n) => (n === 8 ? { status: 'Paused' } : {}));
    expect(blindness(sightOf({ requests: other }, seen)), 'another word is new, and no blindness').toEqual([false]);
    const before = (key: string) => key === 'status r7 Escalated';
    expect(sightOf({ requests }, before).problems, 'as an earlier version kept it').toEqual([]);
  });

  test('is blindness each time above the share', () => {
    const requests = many(60, (n) => (n < 4 ? { status: 'Escalated' } : {}));
    expect(blindness(sightOf({ requests }, () => true))).toEqual([true]);
  });

  test('stands in one line, however long and odd it is', () => {
    const [problem] = sightOf({ requests: many(1, () => ({ status: `a\nb\u202e${'x'.repeat(5000)}` })) }).problems;
    expect(problem?.message.length).toBeLessThan(200);
    expect(problem?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('What else a list may hide', () => {
  test('fields that cannot be read are a line, and blindness when many requests have them', () => {
    const odd = (count: number) =>
      many(60, (n) => (n < count ? { unread: [{ field: 'requestedTo', shape: 'a text such as 99/99/9999' }] } : {}));
    expect(sightOf({ requests: odd(3) })).toMatchObject({
      problems: [],
      warnings: [expect.stringContaining('3 of 60 requests')],
    });
    expect(sightOf({ requests: odd(60) }).problems).toMatchObject([
      {
        blind: true,
        message: '60 of 60 requests could be read in part only: `requestedTo` is a text such as 99/99/9999 (60)',
      },
    ]);
  });

  test('one or two fields among few requests are a line', () => {
    const requests = many(11, (n) => (n < 2 ? { unread: [{ field: 'operation', shape: 'an object with id' }] } : {}));
    expect(sightOf({ requests })).toMatchObject({ problems: [], warnings: [expect.stringContaining('2 of 11')] });
  });

  test('fields that no decision needs are a line, however many requests have them', () => {
    const level = { field: 'level', shape: 'a text such as Aaaaa 9', minor: true } as const;
    expect(sightOf({ requests: many(60, () => ({ unread: [level] })) })).toMatchObject({
      problems: [],
      warnings: [
        '60 of 60 requests have a field that cannot be read and that no decision needs: `level` is a text such as Aaaaa 9 (60)',
      ],
    });
  });

  test('requests of nobody are told of also where another field is odd', () => {
    const nobody = { requestor: { id: null, name: null, displayName: null } };
    const requests = many(5, () => ({ ...nobody, unread: [{ field: 'requestedTo', shape: 'an object with x' }] }));
    expect(sightOf({ requests }).problems[0]?.message).toContain('`requestor` is missing (5)');
  });

  test('requests of nobody are one of those', () => {
    const requests = many(10, () => ({ requestor: { id: null, name: null, displayName: null } }));
    expect(sightOf({ requests }).problems[0]?.message).toContain('`requestor` is missing (10)');
  });

  test('a vault that counts requests and lists none is blindness; one that has none is not', () => {
    expect(blindness(sightOf({ promised: 60 }))).toEqual([true]);
    expect(sightOf({ promised: 0 }).problems).toEqual([]);
    expect(sightOf({ promised: null }).problems).toEqual([]);
  });

  test('a list of which all is older than the window is told once, and then in a line', () => {
    const older = { requests: [], malformed: [], onlyOlder: NOON - 400 * 86_400_000 };
    const at = (seen: boolean) => listSight(older, LIMITS, { seen: () => seen, now: NOON, days: 30 });
    const message = expect.stringContaining('all of them are older than the window: the newest is of ');
    expect(at(false).problems).toEqual([expect.objectContaining({ message, blind: true })]);
    expect(at(true)).toMatchObject({ problems: [], warnings: [message] });
    expect(at(true).keys).toEqual(['all requests are older than the window']);
  });

  test('an empty list is blindness where an earlier run saw requests of the same window', () => {
    const empty = (newestBefore: number | null) =>
      listSight({ requests: [], malformed: [] }, LIMITS, { seen: () => true, newestBefore, now: NOON, days: 30 });
    expect(blindness(empty(NOON - DAY_MS))).toEqual([true]);
    expect(empty(NOON - DAY_MS).problems[0]?.message).toContain('an earlier run saw some');
    expect(empty(NOON - 31 * DAY_MS).problems).toEqual([]);
    expect(empty(null).problems).toEqual([]);
  });
});

describe('A clock that is wrong', () => {
  test.each([
    [3 * HOUR_MS, "the vault's clock is 3 hours ahead of this machine's"],
    [-3 * HOUR_MS, "the vault's clock is 3 hours behind this machine's"],
    [400 * DAY_MS, "the vault's clock is 400 days ahead of this machine's"],
  ])('is a warning with its skew: %i ms', (clockAhead, says) => {
    const { warnings, problems, notices } = sightOf({ requests: many(3), clockAhead });
    expect(warnings).toEqual([expect.stringContaining(says)]);
    expect(notices).toEqual(warnings);
    expect(problems).toEqual([]);
  });

  test('is blindness when it lags by days: what is new there is too old for the window', () => {
    const { problems } = sightOf({ clockAhead: -40 * DAY_MS });
    expect(problems).toMatchObject([{ blind: true, message: expect.stringContaining('40 days behind') }]);
  });

  test.each([0, 60_000, -240_000, null])('is none within five minutes: %s', (clockAhead) => {
    expect(sightOf({ requests: many(3), clockAhead }).warnings).toEqual([]);
  });

  test('is told of by requests of the future, with their median', () => {
    const requests = many(5, (n) => (n < 3 ? { created: NOON + (n + 1) * HOUR_MS } : {}));
    expect(sightOf({ requests }).warnings).toEqual([
      expect.stringContaining('3 of 5 requests were asked for in the future, by a median of 2 hours'),
    ]);
  });

  test('is a problem when it alone held an action', () => {
    const clock: Gap = { what: 'clock', why: "the vault's clock and this machine's are 3 hours apart" };
    const times: RuleTrace = { kind: 'gate', action: 'approve', gate: 'times', why: clock.why };
    const unknown: RuleTrace = { kind: 'gate', action: 'approve', gate: 'requestor-known' };
    const held = (gaps: readonly Gap[], ...rules: readonly RuleTrace[]) => [
      { dossier: dossierOf(request({}), { gaps }), decision: { rules } },
    ];
    expect(heldByClock(held([clock], times))).toMatchObject({
      where: 'clock',
      message: `1 action that nothing else stands against was held: ${clock.why}`,
    });
    expect(heldByClock(held([clock])), 'no policy wanted one').toBeNull();
    expect(heldByClock(held([clock], times, unknown)), 'held anyway').toBeNull();
    expect(heldByClock(held([clock, { what: 'times', why: 'x' }], times)), 'held anyway').toBeNull();
  });

  test('is told apart from a finer unit, which is named with what it would be as milliseconds', () => {
    const { warnings } = sightOf({ requests: many(5), timeUnit: 'microseconds' });
    expect(warnings).toEqual([expect.stringMatching(/writes times in microseconds.* median of 5\d{4} years/)]);
  });
});

describe('Assets that cannot be read', () => {
  const about = (n: number, gaps: readonly Gap[], asset: Dossier['asset'] = null): Dossier =>
    dossierOf(request({ id: `r${n}`, asset: { id: `a${n}`, name: null } }), { gaps, asset });
  const ASSET = { id: 'a', name: 'a', type: 'Server', containerPath: '/x', tags: [] };
  const window = (
    bad: number,
    all: number,
    gap: Gap = { what: 'asset', why: 'the vault refused: 403', reason: '403' },
  ) => Array.from({ length: all }, (_, n) => (n < bad ? about(n, [gap]) : about(n, [], ASSET)));

  test('are a problem when they are many, in one sentence with the reason', () => {
    expect(assetSight(window(49, 49), 0.2)).toMatchObject({
      problems: [{ where: 'assets', blind: true, message: '49 of 49 assets could not be read (403)' }],
      warnings: [],
    });
  });

  test('are a warning when they are few', () => {
    expect(assetSight(window(9, 49), 0.2)).toMatchObject({
      problems: [],
      warnings: ['9 of 49 assets could not be read (403)'],
    });
    expect(assetSight(window(10, 49), 0.2).problems).toHaveLength(1);
    expect(assetSight(window(10, 49), 0.5).warnings).toHaveLength(1);
    expect(assetSight(window(0, 49), 0.2)).toEqual({ problems: [], warnings: [], keys: [] });
  });

  test.each([1, 2])('are a warning when %i of four could not be read, and a share of 0 hears of each', (bad) => {
    expect(assetSight(window(bad, 4), 0.2)).toMatchObject({ problems: [], warnings: [expect.any(String)] });
    expect(assetSight(window(bad, 4), 0).problems).toHaveLength(1);
  });

  test('are told of once when all that was looked up is one that was deleted, and each time when nothing may be read', () => {
    const gone = window(1, 1, { what: 'asset', why: 'gone', reason: '404' });
    const first = assetSight(gone, 0.2);
    expect(blindness(first)).toEqual([true]);
    expect(assetSight(gone, 0.2, (key) => first.keys.includes(key)).problems).toEqual([]);
    expect(assetSight(window(1, 1), 0.2, () => true).problems).toHaveLength(1);
    expect(
      assetSight(window(3, 3, { what: 'asset', why: 'gone', reason: '404' }), 0.2, () => true).problems,
    ).toHaveLength(1);
  });

  test('are grouped by reason, and counted once each, however many ask for them', () => {
    const gone: Gap = { what: 'asset', why: 'gone', reason: '404' };
    const dossiers = [...window(3, 3), about(7, [gone]), about(7, [gone])];
    expect(assetSight(dossiers, 0.2).problems[0]?.message).toBe('4 of 4 assets could not be read (403 (3), 404 (1))');
  });

  test('are told of by their containers too', () => {
    const gap: Gap = { what: 'container', why: 'the vault refused: 500', reason: '500' };
    const dossiers = [0, 1, 2].map((n) => about(n, [gap], ASSET));
    expect(assetSight(dossiers, 0.2).problems[0]?.message).toBe(
      'the containers of 3 of 3 assets could not be read (500)',
    );
  });

  test('are told apart from those that could be read in part', () => {
    const gap: Gap = { what: 'asset', why: 'it has 100000 tags, of which 500 were read', reason: 'in part' };
    const { problems } = assetSight(
      [0, 1].map((n) => about(n, [gap], ASSET)),
      0.2,
    );
    expect(problems.map(({ message }) => message)).toEqual([
      '2 of 2 assets could be read in part only (it has 100000 tags, of which 500 were read)',
    ]);
    // It was answered: neither rights nor the path are at fault.
    expect(problems[0]?.advice).not.toMatch(/VAULT_PATH_ASSET|may read/);
  });

  test('are those too that say nothing of what they are', () => {
    const dossiers = [0, 1].map((n) => about(n, [], { ...ASSET, type: null, containerPath: null }));
    expect(assetSight(dossiers, 0.2).problems[0]?.message).toContain('neither type nor container');
  });

  test('are none where nothing was looked up, or the run was stopped', () => {
    expect(assetSight([about(1, [])], 0)).toEqual({ problems: [], warnings: [], keys: [] });
    expect(
      assetSight(window(3, 3, { what: 'asset', why: 'the run was stopped', reason: 'stopped' }), 0.2).problems,
    ).toEqual([]);
  });
});
