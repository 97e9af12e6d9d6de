import { describe, expect, test } from 'vitest';
import type { Caps } from '../../../src/decide/caps.ts';
import type { Subject } from '../../../src/decide/decide.ts';
import { capKeys, conclude, type Limits, prepare } from '../../../src/decide/decide_all.ts';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import { ruleName } from '../../../src/phrases/rule_words.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { NOON, rated, request, UNSCORED } from '../../helpers/requests.ts';
import { told } from '../../helpers/traces.ts';
import { OPEN } from './open_caps.ts';
import {
  ALL_ON,
  actedOf,
  factsOnly,
  grantedSubject,
  never,
  SHIPPED,
  type SubjectParts,
  single,
  subject,
} from './subjects.ts';

const engine = await loadPolicy(SHIPPED);
const HOW = { policy: ALL_ON, engine, acted: never };
const limits = (caps: Partial<Caps> = {}, part: Partial<Limits> = {}): Limits => ({
  caps: { ...OPEN, ...caps },
  today: { approvals: 0, byRequestor: () => 0, byAsset: () => 0 },
  usual: { approve: [], reject: [], persons: [] },
  ...part,
});

/** One of several requests; without more words an ordinary one of its own person for its own asset. */
const numbered = (n: number, { request: about, ...part }: SubjectParts = {}): Subject =>
  subject({
    request: {
      id: `req-${n}`,
      created: NOON - n,
      requestor: { id: `u-${n}`, name: `user-${n}`, displayName: null },
      asset: { id: `asset-${n}`, name: 'srv' },
      ...about,
    },
    ...part,
  });
const many = (count: number, part: SubjectParts = {}): Subject[] =>
  Array.from({ length: count }, (_, n) => numbered(n, part));
/** What every candidate needs in order to go through. */
const agreed = (subjects: readonly Subject[]): Map<string, Confirmation> =>
  new Map(
    prepare(subjects, HOW).flatMap(({ verdict }, i) => {
      const id = subjects[i]?.dossier.request.id ?? '';
      if (verdict === 'approve') return [[id, factsOnly('low')] as const];
      return verdict === 'reject' ? [[id, single('critical')] as const] : [];
    }),
  );
const approvedIds = (subjects: readonly Subject[], decisions: ReturnType<typeof prepare>): string[] =>
  subjects.flatMap(({ dossier }, i) => (decisions[i]?.verdict === 'approve' ? [dossier.request.id] : []));

describe('Preparing', () => {
  test('says who is in it for an action, in the order of the requests, as if every confirmation agreed', () => {
    const subjects = [
      numbered(1),
      numbered(2, { assessment: rated('critical') }),
      numbered(3, { assessment: rated('medium') }),
      numbered(4, { assessment: UNSCORED }),
      grantedSubject({ request: { id: 'req-5' } }),
      numbered(6, { facts: { own: true } }),
    ];
    expect(prepare(subjects, HOW).map(({ verdict }) => verdict)).toEqual([
      'approve',
      'reject',
      'hold',
      'hold',
      'close',
      'hold',
    ]);
  });
});

describe('Concluding', () => {
  test('lets through what the confirmations agree to', () => {
    const subjects = [
      numbered(1),
      numbered(2, { assessment: rated('critical') }),
      grantedSubject({ request: { id: 'g' } }),
    ];
    const decisions = conclude(subjects, agreed(subjects), HOW, limits());
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['approve', 'reject', 'close']);
    expect(decisions).toEqual(prepare(subjects, HOW));
  });

  test('without any confirmation only closes', () => {
    const subjects = [
      numbered(1),
      numbered(2, { assessment: rated('critical') }),
      grantedSubject({ request: { id: 'g' } }),
    ];
    const decisions = conclude(subjects, new Map(), HOW, limits());
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['hold', 'hold', 'close']);
    expect(decisions.map(({ rules }) => rules.map(ruleName)[0])).toEqual(['confirm', 'confirm', 'close-stale']);
  });

  test('takes the confirmation of this very request, whatever its id', () => {
    const subjects = ['__proto__', 'constructor'].map((id) => numbered(1, { request: { id } }));
    const confirmations = new Map<string, Confirmation>([['constructor', factsOnly('low')]]);
    expect(approvedIds(subjects, conclude(subjects, confirmations, HOW, limits()))).toEqual(['constructor']);
  });

  test('does not count what a confirmation took away against a cap', () => {
    const subjects = many(3);
    const confirmations = agreed(subjects).set('req-2', factsOnly('high'));
    expect(approvedIds(subjects, conclude(subjects, confirmations, HOW, limits({ approvalsPerRun: 2 })))).toEqual([
      'req-0',
      'req-1',
    ]);
  });

  test('keeps what a gate holds back apart from what a confirmation holds back', () => {
    const subjects = [numbered(1, { request: { level: 2, levels: 2 } })];
    const [decision] = conclude(subjects, new Map(), { ...HOW, acted: actedOf('approve') }, limits());
    expect(decision?.rules.map(ruleName)).toEqual(['gate once']);
    expect(decision?.next).toMatchObject({ to: 'another authorizer' });
  });
});

describe('The caps', () => {
  test('serve the oldest first, and of two of one moment the one with the lower id, whatever the order of the list', () => {
    const at = (id: string, created: number) =>
      numbered(1, {
        request: { id, created, asset: { id, name: null }, requestor: { id, name: id, displayName: null } },
      });
    const subjects = [at('late', 30), at('b', 20), at('a', 20), at('early', 10)];
    for (const list of [subjects, [...subjects].reverse()]) {
      const decisions = conclude(list, agreed(list), HOW, limits({ approvalsPerRun: 2 }));
      expect(approvedIds(list, decisions).sort()).toEqual(['a', 'early']);
    }
  });

  test('say in the trace and in the next step what they held back', () => {
    const subjects = many(2);
    const decisions = conclude(subjects, agreed(subjects), HOW, limits({ approvalsPerRun: 1 }));
    const held = decisions.find(({ verdict }) => verdict === 'hold');
    expect(held?.rules[0]).toEqual({ kind: 'cap', action: 'approve', cap: 'CAP_APPROVALS_PER_RUN', limit: 1 });
    expect(held && told(held)[0]).toEqual({
      rule: 'cap',
      says: 'no approve: 1 approval in one run (CAP_APPROVALS_PER_RUN)',
    });
    expect(held?.next).toMatchObject({ kind: 'observe', finding: expect.stringContaining('CAP_APPROVALS_PER_RUN') });
    expect(held?.basis).toEqual([]);
  });

  test('hold for rejections too, and a rejection that is held back is not approved', () => {
    const subjects = many(3, { assessment: rated('critical') });
    const how = { ...HOW, policy: { ...ALL_ON, approveUpTo: 'critical' as const } };
    const confirmations = new Map(subjects.map(({ dossier }) => [dossier.request.id, single('critical')]));
    const decisions = conclude(subjects, confirmations, how, limits({ rejectionsPerRun: 1 }));
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['hold', 'hold', 'reject']);
  });

  test.each<[string, Partial<Caps>, Partial<AccessRequest>]>([
    ['per run', { approvalsPerRun: 7 }, {}],
    ['per day', { approvalsPerDay: 7 }, {}],
    ['per requestor', { approvalsPerRequestorPerDay: 7 }, { requestor: { id: 'u-1', name: 'a', displayName: null } }],
    ['per asset', { approvalsPerAssetPerDay: 7 }, { asset: { id: 'asset-1', name: 'a' } }],
  ])('%s bounds 100 requests that are all low', (_what, caps, about) => {
    const subjects = many(100, { request: about });
    expect(approvedIds(subjects, conclude(subjects, agreed(subjects), HOW, limits(caps)))).toHaveLength(7);
  });

  test('hold when 500 requests are alike in everything', () => {
    const alike = many(500, {
      request: { requestor: { id: 'u-1', name: 'a', displayName: null }, asset: { id: 'x', name: 'x' } },
    });
    const caps = { approvalsPerRun: 50, approvalsPerRequestorPerDay: 10, approvalsPerAssetPerDay: 8 };
    const decisions = conclude(alike, agreed(alike), HOW, limits(caps));
    expect(approvedIds(alike, decisions)).toHaveLength(8);
    expect(decisions.filter(({ rules }) => rules[0]?.kind === 'cap')).toHaveLength(492);
  });
});

describe('The circuit breaker', () => {
  const usual = { approve: [2, 2, 2, 2, 2], reject: [1, 1, 1, 1, 1], persons: [0, 0, 0, 0, 0] };
  const tripping = (caps: Partial<Caps> = {}) => limits({ breakerFactor: 3, breakerMinimum: 5, ...caps }, { usual });

  test('holds all approvals of an unusual run back, and still rejects and closes', () => {
    const subjects = [
      ...many(7),
      numbered(8, { assessment: rated('critical') }),
      grantedSubject({ request: { id: 'g' } }),
    ];
    const decisions = conclude(subjects, agreed(subjects), HOW, tripping());
    expect(decisions.map(({ verdict }) => verdict)).toEqual([...Array(7).fill('hold'), 'reject', 'close']);
    expect(decisions[0] && told(decisions[0])[0]).toEqual({
      rule: 'cap',
      says: 'no approve: the circuit breaker: 7 approvals in one run, usually 2 (BREAKER_FACTOR)',
    });
  });

  test('counts what is wanted, not what the caps would leave of it', () => {
    const subjects = many(7);
    expect(approvedIds(subjects, conclude(subjects, agreed(subjects), HOW, tripping({ approvalsPerRun: 1 })))).toEqual(
      [],
    );
  });

  test('does not count what a confirmation took away', () => {
    const subjects = many(7);
    const confirmations = agreed(subjects).set('req-0', factsOnly('high'));
    expect(approvedIds(subjects, conclude(subjects, confirmations, HOW, tripping()))).toHaveLength(6);
  });
});

describe('Suspicious texts', () => {
  const usual = { approve: [2, 2, 2, 2, 2], reject: [1, 1, 1, 1, 1], persons: [0, 0, 0, 0, 0] };
  const FLAGGED = { suspicious: true, flags: ['lexical'] };
  const tripping = (caps: Partial<Caps> = {}) => limits({ breakerFactor: 3, breakerMinimum: 5, ...caps }, { usual });
  const of = (n: number, requestor: AccessRequest['requestor'], part: SubjectParts = {}) =>
    numbered(n, { ...part, request: { ...part.request, requestor } });
  const MALLORY = { id: 'u-m', name: 'CORP\\mallory', displayName: 'Mallory' };
  const flagged = (count: number, requestor: AccessRequest['requestor'] = MALLORY, part: SubjectParts = {}) =>
    Array.from({ length: count }, (_, n) => of(100 + n, requestor, { texts: FLAGGED, ...part }));
  const approved = (subjects: readonly Subject[], how = tripping()) =>
    approvedIds(subjects, conclude(subjects, agreed(subjects), HOW, how));

  test.each([14, 140])(
    'of one person, %i of them, hold all that this person asks for and nothing of anybody else',
    (count) => {
      const subjects = [...many(2), of(50, MALLORY), ...flagged(count)];
      const decisions = conclude(subjects, agreed(subjects), HOW, tripping());
      expect(approvedIds(subjects, decisions)).toEqual(['req-0', 'req-1']);
      const [, , theirs, text] = decisions;
      const reached = { cap: 'isolated', texts: count, persons: null };
      expect(theirs).toMatchObject({
        verdict: 'hold',
        needsPerson: true,
        rules: [{ kind: 'cap', action: 'approve', ...reached }],
      });
      const says = `the circuit breaker: ${count} open requests of this person have suspicious texts, so that all that this person asks for is held`;
      expect(theirs?.next).toMatchObject({ kind: 'escalate', to: 'security', finding: says });
      expect(text?.next).toEqual(theirs?.next);
      expect(text?.rules.map(ruleName)).toEqual(expect.arrayContaining(['no-approval-suspicious-text', 'cap']));
    },
  );

  test('that were withdrawn or settled count for nothing', () => {
    const settled = ['Completed', 'Rejected', 'Approved', 'Archived'].flatMap((status) =>
      flagged(14, MALLORY, { request: { status } }),
    );
    expect(approved([...many(1), of(50, MALLORY), ...settled])).toEqual(['req-0', 'req-50']);
  });

  test('that are fewer than three isolate nobody', () => {
    expect(approved([of(50, MALLORY), ...flagged(2)])).toEqual(['req-50']);
    expect(approved([of(50, MALLORY), ...flagged(3)])).toEqual([]);
  });

  test.each<[string, AccessRequest['requestor']]>([
    ['the same id and another spelling', { id: 'u-m', name: 'mallory@corp.example', displayName: null }],
    ['no id and the same account', { id: null, name: 'MALLORY', displayName: null }],
  ])('isolate the person under %s', (_what, requestor) => {
    expect(approved([...many(1), of(50, requestor), ...flagged(3)])).toEqual(['req-0']);
    expect(approved([...many(1), of(50, MALLORY), ...flagged(3, requestor)])).toEqual(['req-0']);
  });

  test.each<[string, AccessRequest['requestor']]>([
    ['an account of the same name with another id', { id: 'u-n', name: 'other\\mallory', displayName: null }],
    ['somebody who is shown under the same name', { id: 'u-n', name: 'nina', displayName: 'Mallory' }],
  ])('do not isolate %s', (_what, requestor) => {
    expect(approved([of(50, requestor), ...flagged(14)])).toEqual(['req-50']);
  });

  test('of nobody, whom the vault does not name, isolate nobody', () => {
    const nobody = { id: null, name: null, displayName: null };
    expect(approved([...many(2), ...flagged(140, nobody)])).toEqual(['req-0', 'req-1']);
  });

  test('of unusually many persons isolate each of them, also with one such text, and nobody else', () => {
    const crowd = (count: number) =>
      Array.from({ length: count }, (_, n) => {
        const requestor = { id: `u-c${n}`, name: `c${n}`, displayName: null };
        return [of(100 + n, requestor, { texts: FLAGGED }), of(200 + n, requestor)];
      }).flat();
    const subjects = [...many(1), ...crowd(6)];
    const decisions = conclude(subjects, agreed(subjects), HOW, tripping());
    expect(approvedIds(subjects, decisions)).toEqual(['req-0']);
    expect(decisions[2]?.next?.finding).toBe(
      'the circuit breaker: 1 open request of this person has a suspicious text, as of 6 persons in this run, usually 0, so that all that this person asks for is held (BREAKER_FACTOR)',
    );
    expect(approved([...many(1), ...crowd(4)]), 'below the minimum').toHaveLength(5);
    const often = { ...usual, persons: [6, 6, 6, 6, 6] };
    expect(approved(subjects, { ...tripping(), usual: { ...often, approve: [9, 9, 9, 9, 9] } })).toHaveLength(7);
  });

  test('do not let an isolated person trip the circuit breaker for masses, or use up a cap, for the others', () => {
    const theirs = Array.from({ length: 20 }, (_, n) =>
      of(300 + n, MALLORY, { assessment: rated(n % 2 ? 'critical' : 'low') }),
    );
    const subjects = [...many(2), numbered(9, { assessment: rated('critical') }), ...theirs, ...flagged(3)];
    const decisions = conclude(subjects, agreed(subjects), HOW, tripping({ approvalsPerRun: 2, rejectionsPerRun: 1 }));
    expect(decisions.slice(0, 3).map(({ verdict }) => verdict)).toEqual(['approve', 'approve', 'reject']);
    expect(new Set(decisions.slice(3).map(({ verdict }) => verdict))).toEqual(new Set(['hold']));
  });

  test('do not keep access of an isolated person from being closed', () => {
    const granted = grantedSubject({ request: { id: 'g', requestor: MALLORY } });
    const subjects = [granted, ...flagged(14)];
    expect(conclude(subjects, agreed(subjects), HOW, tripping())[0]?.verdict).toBe('close');
  });

  test('isolate nobody where the circuit breaker is off', () => {
    expect(approved([of(50, MALLORY), ...flagged(14)], limits())).toEqual(['req-50']);
  });
});

describe('By whom and for what an approval counts', () => {
  const keys = (part: Partial<AccessRequest>) => capKeys(request(part));

  test.each<[string, Partial<AccessRequest>]>([
    ['the justification', { justification: 'something else entirely' }],
    ['the shown name', { requestor: { id: 'u-17', name: 'CORP\\anna.berg', displayName: 'Anna B.' } }],
    ['the account name', { requestor: { id: 'u-17', name: 'renamed', displayName: null } }],
    ["the asset's name", { asset: { id: 'asset-7', name: 'another name' } }],
    [
      'the form, the window and the operation',
      { form: null, requestedFrom: null, requestedTo: null, operation: 'AssetView' },
    ],
  ])('does not change with %s', (_what, part) => {
    expect(keys(part)).toEqual(keys({}));
  });

  test('goes by the account without an id, however it is spelled', () => {
    const named = (name: string) => keys({ requestor: { id: null, name, displayName: null } }).requestor;
    const spellings = ['jdoe', 'CORP\\jdoe', 'jdoe@corp.example', ' JDOE ', 'j\u200bdoe'];
    expect(new Set(spellings.map(named)).size).toBe(1);
    expect(named('jdoe')).not.toBe(named('jroe'));
    const nobody = { id: null, name: null, displayName: null };
    expect(keys({ requestor: nobody }).requestor).toBe('unknown');
  });

  test('goes by the operation where there is no asset', () => {
    expect(keys({ asset: null }).asset).toBe('operation:AssetUnlock');
    expect(keys({ asset: { id: null, name: 'x' } }).asset).toBe('operation:AssetUnlock');
    expect(keys({ asset: null, operation: null }).asset).toBe('operation:null');
  });
});
