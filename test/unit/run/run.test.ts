import { describe, expect, test } from 'vitest';
import type { Subject } from '../../../src/decide/decide.ts';
import type { Confirmation, Confirmations } from '../../../src/domain/confirmation.ts';
import type { Decision, Outcome } from '../../../src/domain/decision.ts';
import type { Problem, RunFacts, RunRecord } from '../../../src/domain/run_record.ts';
import type { ActionHistory } from '../../../src/ledger/action_history.ts';
import { run } from '../../../src/run/run.ts';
import type { Steps } from '../../../src/run/steps.ts';
import { exitCodeOf } from '../../../src/run/verdict.ts';
import { BlindError, KeyError, LedgerError, StorageError, UpstreamError } from '../../../src/util/errors.ts';
import type { Log } from '../../../src/util/log.ts';
import { type Progress, silentProgress } from '../../../src/util/progress.ts';
import { accessContextOf, dossierOf, fakeClock, NOON, rated, request, UNSCORED } from '../../helpers/requests.ts';
import { permitted } from '../../helpers/traces.ts';

const FACTS: RunFacts = {
  runId: 'run-1',
  version: '0.1.0',
  mode: 'autonomous',
  dryRun: false,
  observingBecause: null,
  halt: null,
  startedAt: NOON,
  agentUser: 'svc-portcullis',
  planId: null,
  approvedBy: null,
  vaultUrl: 'https://vault.example.com',
  window: { from: 0, to: NOON, days: 30 },
  gate: [],
  deepAnalysis: false,
  digests: { policy: 'p', prompts: 'q' },
  warnings: [],
};
const DONE: Outcome = { kind: 'done', statusAfter: 'Approved', note: '' };
const DOWN = new UpstreamError('vault', 'unreachable', 'nobody answers at `https://vault.example.com`');
const REQUESTS = [request({ id: 'low' }), request({ id: 'medium' })];
const AGREED: Confirmation = { kind: 'facts-only', assessment: rated('low', { summary: 'by facts alone' }) };

/** Approves what is rated low, and holds the rest. */
const decisionOn = ({ assessment }: Subject): Decision => {
  const risk = assessment.kind === 'scored' ? assessment.risk : null;
  const approves = risk === 'low';
  return {
    verdict: approves ? 'approve' : 'hold',
    floor: 'low',
    risk,
    rules: [permitted('x', 'y')],
    basis: ['x'],
    next: approves ? null : { kind: 'observe', to: 'Portcullis', finding: 'z', ask: null, alternative: null },
    needsPerson: !approves,
  };
};
/** The steps between the list and the actions, in their order. */
const PREPARING = ['enrich', 'classify', 'score', 'prepare', 'confirm', 'decide'] as const;
const idsOf = (subjects: readonly Pick<Subject, 'dossier'>[]): string[] =>
  subjects.map(({ dossier }) => dossier.request.id);

/** Steps that all go well, and write down what was called; `over` replaces some. */
function world(over: Partial<Steps> = {}, facts: Partial<RunFacts> = {}) {
  const called: string[] = [];
  const records: RunRecord[] = [];
  const saved: boolean[] = [];
  const logged: string[] = [];
  const stop = new AbortController();
  const history: ActionHistory = {
    lastRun: null,
    acted: () => false,
    open: () => [],
    unknown: () => [],
    orders: [],
    untold: [],
    approvedBefore: () => null,
    approvalsOf: () => [],
    facts: {
      classEvidence: new Map(),
      demotions: new Map(),
      digests: null,
      manifest: null,
      said: new Set(),
      decided: new Map(),
      mails: new Map(),
    },
    note: async () => {},
    head: () => ({ entries: 0, seal: null, keyed: false }),
    approvedSince: () => [],
    appliedBy: () => null,
    declined: () => null,
    actors: () => [],
    intend: async () => {},
    conclude: async () => {},
    save: async (finished) => {
      called.push('save');
      saved.push(finished);
    },
  };
  const note =
    <A extends unknown[], T>(name: string, result: (...args: A) => T) =>
    async (...args: A): Promise<T> => {
      called.push(name);
      return result(...args);
    };
  const good: Steps = {
    openLedger: note('openLedger', () => history),
    recover: note('recover', () => []),
    fetch: note('fetch', () => ({
      requests: REQUESTS,
      malformed: [{ position: 9, id: null, problem: 'no id' }],
      pages: 1,
    })),
    enrich: note('enrich', (requests) => requests.map((r) => dossierOf(r))),
    score: note('score', (dossiers) => ({
      assessments: new Map(dossiers.map(({ request: r }) => [r.id, rated(r.id === 'low' ? 'low' : 'medium')])),
      usage: { model: 'm', calls: 1, promptTokens: 2, completionTokens: 3 },
      problems: [],
    })),
    classify: (dossiers) => {
      called.push('classify');
      return new Map(dossiers.map(({ request: r }) => [r.id, accessContextOf({ owner: `owner of ${r.id}` })]));
    },
    prepare: (subjects) => {
      called.push('prepare');
      return subjects.map(decisionOn);
    },
    rejects: () => false,
    foresee: (dossiers) => new Set(dossiers.map(({ request: r }) => r.id)),
    toConfirm: (subjects, prepared) =>
      subjects.flatMap(({ dossier, accessContext }, i) =>
        prepared[i]?.verdict === 'approve' ? [{ dossier, accessContext, action: 'approve' as const }] : [],
      ),
    reread: (subjects, confirmations) => ({ subjects, confirmations }),
    confirm: note('confirm', (candidates) => ({
      confirmations: new Map(idsOf(candidates).map((id) => [id, AGREED] as const)),
      usage: { model: 'm', calls: 10, promptTokens: 20, completionTokens: 30 },
      problems: [],
    })),
    decide: note('decide', (subjects) => subjects.map(decisionOn)),
    weighClasses: (subjects) => ({ subjects, standings: [], evidence: [], demoted: [] }),
    enterClasses: async () => {},
    switchedOff: () => [],
    missingConfidence: () => null,
    comment: () => 'Portcullis approved this.',
    approve: (reviewed) => ({ reviewed, warnings: [] }),
    act: note('act', (planned) => planned.map(() => DONE)),
    halt: () => null,
    breakGlass: async () => ({ uses: [], problems: [] }),
    report: note('report', (record) => {
      records.push(record);
      return { bytes: 4_096 };
    }),
    enterDecisions: note('enterDecisions', () => {}),
    enterEnd: note('enterEnd', () => {}),
    alert: note('alert', () => ({ sent: 1, problems: [] })),
    release: note('release', () => []),
    seenOfList: () => ({ problems: [], warnings: [], keys: [], lost: null }),
    seenOfAssets: () => ({ problems: [], warnings: [] }),
    keepSeen: async () => {},
  };
  const steps: unknown[] = [];
  const shown: string[] = [];
  const progress: Progress = {
    ...silentProgress,
    begin: (step) => shown.push(`${step} begins`),
    end: (step) => shown.push(`${step} ends`),
  };
  const log: Log = {
    info: (event, data) => {
      logged.push(event);
      if (event === 'step.done') steps.push(data);
    },
    warn: (event) => logged.push(event),
    error: (event) => logged.push(event),
  };
  const start = () =>
    run(
      { ...good, ...over },
      {
        facts: { ...FACTS, ...facts },
        clock: fakeClock(),
        log,
        progress,
        signal: stop.signal,
      },
    );
  return { start, called, records, saved, logged, steps, shown, stop, history, good };
}

const fails = (error: unknown) => async () => {
  throw error;
};
const problemsOf = ({ problems }: RunRecord): Problem[] => [...problems];

describe('A run in which everything goes well', () => {
  test('does its steps in order and ends with 0', async () => {
    const { start, called, saved, records } = world();
    const record = await start();
    const order = [
      'openLedger',
      'fetch',
      'recover',
      ...PREPARING,
      'enterDecisions',
      'act',
      'save',
      'report',
      'alert',
      'release',
      'enterEnd',
    ];
    expect(called).toEqual(order);
    expect(saved).toEqual([true]);
    expect(record).toMatchObject({
      verdict: 'done',
      problems: [],
      usage: { model: 'm', calls: 11, promptTokens: 22, completionTokens: 33 },
      malformed: [{ position: 9 }],
    });
    expect(exitCodeOf(record.verdict, null)).toBe(0);
    expect(record.reviewed.map((r) => [r.dossier.request.id, r.outcome?.kind ?? null, r.comment])).toEqual([
      ['low', 'done', 'Portcullis approved this.'],
      ['medium', null, null],
    ]);
    expect(record.steps.map(({ step }) => step)).toEqual([
      'fetch',
      'enrich',
      'score',
      'decide',
      'confirm',
      'act',
      'report',
      'alert',
    ]);
    expect(records).toHaveLength(1);
  });

  test('does what takes long within a step, so that it is shown and its time counted', async () => {
    const made = world({
      recover: (history) => {
        made.shown.push('recover');
        return made.good.recover(history);
      },
      classify: (dossiers) => {
        made.shown.push('classify');
        return made.good.classify(dossiers);
      },
      decide: (...given) => {
        made.shown.push('decide again');
        return made.good.decide(...given);
      },
    });
    await made.start();
    expect(made.shown.filter((what) => !/^(enrich|decide (begins|ends)|act|report|alert)/.test(what))).toEqual([
      ...['fetch begins', 'recover', 'fetch ends'],
      ...['score begins', 'classify', 'score ends'],
      ...['confirm begins', 'decide again', 'confirm ends'],
    ]);
  });

  test('acts with the history that it opened, on what was decided and on nothing else', async () => {
    let given: unknown[] = [];
    const { start, history } = world({
      act: async (planned, remembered, reviewed) => {
        given = [planned, remembered === history, reviewed.length];
        return planned.map(() => DONE);
      },
    });
    await start();
    expect(given).toEqual([
      [
        {
          request: expect.objectContaining({ id: 'low' }),
          action: 'approve',
          comment: 'Portcullis approved this.',
          requestor: 'id:u-17',
          asset: 'asset-7',
        },
      ],
      true,
      2,
    ]);
  });
});

describe('What one step gives the next', () => {
  test('the access context and the rating of each request, by its id and in the order of the list', async () => {
    let given: readonly Subject[] = [];
    const { start, good } = world({
      fetch: async () => ({ requests: [...REQUESTS].reverse(), malformed: [], pages: 1 }),
      prepare: (subjects, acted) => {
        given = subjects;
        return good.prepare(subjects, acted);
      },
    });
    await start();
    expect(
      given.map(({ dossier, accessContext, assessment }) => [dossier.request.id, accessContext.owner, assessment]),
    ).toEqual([
      ['medium', 'owner of medium', rated('medium')],
      ['low', 'owner of low', rated('low')],
    ]);
  });

  test('the access context of each request, so that the model is told what the policy knows', async () => {
    let told: readonly (readonly [string, string | null])[] = [];
    const { start, good } = world({
      score: (dossiers, accessContexts, known) => {
        told = [...accessContexts].map(([id, { owner }]) => [id, owner] as const);
        return good.score(dossiers, accessContexts, known);
      },
    });
    await start();
    expect(told).toEqual(REQUESTS.map(({ id }) => [id, `owner of ${id}`]));
  });

  test('the candidates to the confirmation, and its answers to the decision and into the run record', async () => {
    let looked: string[] = [];
    let voted: Confirmations = new Map();
    let remembered: unknown;
    const { start, good, history } = world({
      confirm: (candidates) => {
        looked = idsOf(candidates);
        return good.confirm(candidates);
      },
      decide: (subjects, confirmations, with_) => {
        voted = confirmations;
        remembered = with_;
        return good.decide(subjects, confirmations, with_);
      },
    });
    const { reviewed } = await start();
    expect(looked).toEqual(['low']);
    expect([...voted]).toEqual([['low', AGREED]]);
    expect(remembered).toBe(history);
    expect(reviewed.map(({ confirmation, accessContext }) => [confirmation, accessContext.owner])).toEqual([
      [AGREED, 'owner of low'],
      [null, 'owner of medium'],
    ]);
  });

  test('what the model warned of and cost, told also when a step between its two looks fails', async () => {
    const { start, good } = world({
      score: async (...given) => ({ ...(await good.score(...given)), warnings: ['dear'], costMet: ['threshold'] }),
      prepare: fails(new Error('out of order')),
    });
    expect(await start()).toMatchObject({ verdict: 'failed', warnings: ['dear'], costMet: ['threshold'] });
  });

  test('the history to the first search for candidates', async () => {
    let asked = false;
    const { start, good, history } = world({
      prepare: (subjects, acted) => {
        asked = acted('low', 'approve');
        return good.prepare(subjects, acted);
      },
    });
    history.acted = (id, action) => id === 'low' && action === 'approve';
    await start();
    expect(asked).toBe(true);
  });

  test('what the confirmation took away is not acted on, and stays in the run record with its answer', async () => {
    const { start, called } = world({
      decide: async (subjects) => subjects.map((one) => ({ ...decisionOn(one), verdict: 'hold', needsPerson: true })),
    });
    const { reviewed, verdict } = await start();
    expect(reviewed.map(({ decision, confirmation, outcome }) => [decision.verdict, confirmation, outcome])).toEqual([
      ['hold', AGREED, null],
      ['hold', null, null],
    ]);
    expect(called).toContain('act');
    expect(verdict).toBe('done');
  });

  test('problems of the rating and of the confirmation, in their order', async () => {
    const { start, good } = world({
      score: async (...given) => ({
        ...(await good.score(...given)),
        problems: [{ where: 'score', message: 'a', advice: null }],
      }),
      confirm: async (candidates) => ({
        ...(await good.confirm(candidates)),
        problems: [{ where: 'confirm', message: 'b', advice: null }],
      }),
    });
    const record = await start();
    expect(record.problems.map(({ where }) => where)).toEqual(['score', 'confirm']);
    expect(record.verdict).toBe('done-with-problems');
  });

  test.each([
    ['a request that was not classified', { classify: () => new Map() }, 'request `low` was not classified'],
    ['a request that was not decided on', { decide: async () => [] }, 'a request was not decided on'],
  ])('%s ends the run, rather than being acted on or passed over', async (_what, over, message) => {
    const { start, called } = world(over);
    const record = await start();
    expect(record.verdict).toBe('failed');
    expect(problemsOf(record)[0]?.message).toContain(message);
    expect(called).not.toContain('act');
  });
});

describe('A run in which one step fails', () => {
  const SURVIVES = ['report', 'alert', 'release'];

  test.each(['fetch', 'enrich', 'score', 'confirm', 'decide', 'recover', 'act'] as const)(
    '%s: the run failed, and report, mail and release happen all the same',
    async (step) => {
      const { start, called, saved } = world({ [step]: fails(DOWN) });
      const record = await start();
      expect(record.verdict).toBe('failed');
      expect(exitCodeOf(record.verdict, null)).toBe(1);
      expect(called).toEqual(expect.arrayContaining(SURVIVES));
      expect(problemsOf(record)[0]).toMatchObject({ message: DOWN.message, advice: DOWN.advice });
      expect(saved, 'the history is saved, and the run does not count as finished').toEqual([false]);
      expect(called).not.toContain(step);
    },
  );

  test.each(['classify', 'prepare', 'confirm', 'decide', 'comment', 'approve'] as const)(
    '%s: nothing is acted on, and the run reports itself',
    async (step) => {
      const { start, called, saved } = world({
        [step]: () => {
          throw new Error('a bug');
        },
      });
      const record = await start();
      expect(record.verdict).toBe('failed');
      expect(problemsOf(record)[0]?.message).toContain('a bug');
      expect(called).not.toContain('act');
      expect(called).toEqual(expect.arrayContaining(SURVIVES));
      expect(saved).toEqual([false]);
    },
  );

  test('confirm: what the rating used is not forgotten', async () => {
    const record = await world({ confirm: fails(DOWN) }).start();
    expect(record.usage).toEqual({ model: 'm', calls: 1, promptTokens: 2, completionTokens: 3 });
  });

  test('what was known before the failure is in the report', async () => {
    const { start } = world({ act: fails(new Error('a bug')) });
    const record = await start();
    expect(record.reviewed).toHaveLength(2);
    expect(record.usage.calls).toBe(11);
    const early = await world({ enrich: fails(DOWN) }).start();
    expect(early.malformed).toHaveLength(1);
  });

  test('save: done with problems, and said', async () => {
    const { start, history, called } = world();
    history.save = fails(new StorageError('write', 'state/agent_state.json', { code: 'ENOSPC' }));
    const record = await start();
    expect(record.verdict).toBe('done-with-problems');
    expect(exitCodeOf(record.verdict, null)).toBe(4);
    expect(problemsOf(record)).toMatchObject([
      {
        where: 'state',
        message: 'could not write `state/agent_state.json`: ENOSPC',
        advice: expect.stringContaining('make room'),
      },
    ]);
    expect(called).toEqual(expect.arrayContaining(SURVIVES));
  });

  test('report: the mail goes out, credentials are given back, and the run has a problem', async () => {
    const { start, called } = world({ report: fails(new StorageError('write', 'reports/x.md', { code: 'EROFS' })) });
    const record = await start();
    expect(record.verdict).toBe('done-with-problems');
    expect(problemsOf(record)).toMatchObject([{ where: 'report' }]);
    expect(called).toEqual(expect.arrayContaining(['alert', 'release']));
  });

  test.each<[string, Partial<Steps>]>([
    ['by an exception', { alert: fails(new UpstreamError('mail', 'timeout', 'no answer')) }],
    [
      'with a problem',
      { alert: async () => ({ sent: 0, problems: [{ where: 'mail', message: 'no answer', advice: null }] }) },
    ],
  ])('alert (%s): credentials are given back, and the report is written once more with it', async (_how, over) => {
    const { start, called, records } = world(over);
    const record = await start();
    expect(record.verdict).toBe('done-with-problems');
    expect(problemsOf(record)).toMatchObject([{ message: 'no answer' }]);
    expect(called).toContain('release');
    expect(records.at(-1)?.problems).toMatchObject([{ message: 'no answer' }]);
    expect(records).toHaveLength(2);
  });

  test.each<[string, Partial<Steps>]>([
    ['by an exception', { release: fails(new UpstreamError('vault', 'timeout', 'asset-1 could not be given back')) }],
    ['with a sentence', { release: async () => ['asset-1 could not be given back'] }],
  ])('release (%s): the run is done, and the open credential is in the report', async (_how, over) => {
    const { start, records } = world(over);
    const record = await start();
    expect(record.verdict).toBe('done-with-problems');
    expect(problemsOf(record)).toMatchObject([{ where: 'credentials', message: 'asset-1 could not be given back' }]);
    expect(records.at(-1)?.problems).toHaveLength(1);
  });

  test('everything at the end at once: the run still ends with a record', async () => {
    const { start } = world({
      report: fails(new Error('report')),
      alert: fails(new Error('alert')),
      release: fails(new Error('release')),
    });
    const record = await start();
    expect(problemsOf(record).map(({ message }) => message)).toEqual(['report', 'alert', 'release']);
    expect(record.verdict).toBe('done-with-problems');
  });
});

describe('A ledger', () => {
  test.each([
    [
      'that cannot be trusted',
      new LedgerError('state/agent_state.json', 'it is broken', 'state/agent_state.json.damaged-1'),
      'ledger',
    ],
    ['whose folder cannot be used', new StorageError('write', 'ledger/2026-11.jsonl', { code: 'EACCES' }), 'storage'],
  ])('%s: the run observes, reports everything, touches nothing, and ends with 5', async (_what, error, because) => {
    const { start, called } = world({ openLedger: fails(error) });
    const record = await start();
    expect(record).toMatchObject({ verdict: 'ledger-not-trusted', mode: 'observing', observingBecause: because });
    expect(exitCodeOf(record.verdict, null)).toBe(5);
    expect(called).toEqual(['fetch', ...PREPARING, 'report', 'alert', 'release']);
    expect(record.reviewed.map(({ outcome }) => outcome)).toEqual([
      { kind: 'skipped', reason: 'observing', why: 'this run only observes' },
      null,
    ]);
    expect(problemsOf(record)).toMatchObject([{ where: 'state', message: error.message, advice: error.advice }]);
  });

  test.each([
    ['somebody else wrote to', new LedgerError('state/ledger/2026-11.jsonl', 'not as this process left it')],
    ['has no room left', new StorageError('write', 'state/ledger/2026-11.jsonl', { code: 'ENOSPC' })],
  ])('whose record %s when the decisions are put there: nothing is acted on', async (_what, error) => {
    const { start, called } = world({ enterDecisions: fails(error) });
    const record = await start();
    expect(record).toMatchObject({ verdict: 'ledger-not-trusted', mode: 'observing', ledger: null });
    expect(called).not.toContain('act');
    expect(record.reviewed.map(({ outcome }) => outcome?.kind ?? null)).toEqual(['skipped', null]);
    expect(problemsOf(record)).toMatchObject([{ where: 'state', message: error.message }]);
  });

  test('that cannot be trusted is not asked what was done: nothing was, as far as anybody knows', async () => {
    const given: unknown[] = [];
    const { start, good } = world({
      openLedger: fails(new LedgerError('f', 'broken')),
      prepare: (subjects, acted) => {
        given.push(acted('low', 'approve'), acted('low', 'reject'));
        return good.prepare(subjects, acted);
      },
      decide: (subjects, confirmations, history) => {
        given.push(history);
        return good.decide(subjects, confirmations, history);
      },
    });
    await start();
    expect(given).toEqual([false, false, null]);
  });

  test('that breaks by a fault of our own ends the run: nothing was acted on', async () => {
    const { start, called } = world({ openLedger: fails(new Error('a bug')) });
    expect((await start()).verdict).toBe('failed');
    expect(called).toEqual(['report', 'alert', 'release']);
  });

  test.each([
    ['altered', new LedgerError('f', 'broken'), 'ledger-not-trusted'],
    // The same outage, most of the time: nothing is known against the ledger.
    ['without the key that the vault holds', new KeyError('LEDGER_KEY_ASSET_ID', 'not to be had'), 'failed'],
    ['on a full disk', new StorageError('write', 'f', { code: 'ENOSPC' }), 'failed'],
  ])('%s in a run that also lost the vault: %o', async (_how, fault, verdict) => {
    const { start } = world({ openLedger: fails(fault), fetch: fails(DOWN) });
    const record = await start();
    expect(record.verdict).toBe(verdict);
    expect(record.problems).toHaveLength(2);
  });
});

describe('A stop', () => {
  test.each(['openLedger', 'fetch', 'enrich', 'score', 'confirm', 'decide'] as const)(
    'during %s: nothing is acted on, and the run reports itself',
    async (step) => {
      const { start, called, stop, saved, good } = world({
        [step]: async () => {
          stop.abort();
          throw new UpstreamError('vault', 'stopped', 'the run was stopped');
        },
      });
      expect(good).toBeTruthy();
      const record = await start();
      expect(record.verdict).toBe('stopped');
      expect([exitCodeOf('stopped', 'SIGINT'), exitCodeOf('stopped', 'SIGTERM')]).toEqual([130, 143]);
      expect(record.problems, 'a stop is no problem').toEqual([]);
      expect(called).not.toContain('act');
      expect(called).toEqual(expect.arrayContaining(['report', 'alert', 'release']));
      if (step !== 'openLedger') expect(saved).toEqual([false]);
    },
  );

  test('between two actions: what was done is on disk and in the report', async () => {
    const { start, stop, saved, called } = world({
      act: async () => {
        stop.abort();
        return [DONE];
      },
    });
    const record = await start();
    expect(record.verdict).toBe('stopped');
    expect(record.reviewed[0]?.outcome).toEqual(DONE);
    expect(saved).toEqual([true]);
    expect(called).toEqual(expect.arrayContaining(['save', 'report', 'alert', 'release']));
  });

  test('does not hide a fault of our own that came before it', async () => {
    const { start, stop } = world({
      enrich: async () => {
        throw new TypeError('a bug');
      },
      report: async () => {
        stop.abort();
        return { bytes: 0 };
      },
    });
    expect((await start()).problems).toMatchObject([{ message: 'a bug' }]);
  });
});

describe('Every step', () => {
  test('leaves one line in the log, with what came of it and how long it took', async () => {
    const { start, steps } = world();
    await start();
    const run = expect.any(String);
    const ms = expect.any(Number);
    expect(steps).toEqual([
      { run, ms, step: 'fetch', requests: REQUESTS.length, malformed: 1, pages: 1 },
      { run, ms, step: 'enrich', requests: REQUESTS.length, assets: expect.any(Number), gaps: expect.any(Number) },
      expect.objectContaining({ run, ms, step: 'score', asked: REQUESTS.length, remembered: 0, unscored: 0 }),
      expect.objectContaining({ run, ms, step: 'decide', approve: expect.any(Number), hold: expect.any(Number) }),
      expect.objectContaining({
        run,
        ms,
        step: 'confirm',
        confirmations: expect.any(Number),
        questions: expect.any(Number),
      }),
      { run, ms, step: 'act', done: expect.any(Number), failed: 0, unknown: 0, skipped: 0 },
      { run, ms, step: 'report', bytes: 4_096 },
      { run, ms, step: 'alert', mails: 1 },
    ]);
  });

  test('is shown from its beginning to its end, also one that fails', async () => {
    const { start, steps, shown } = world({ enrich: fails(new Error('a bug')) });
    await start();
    expect(steps).toContainEqual(expect.objectContaining({ step: 'enrich', failed: true }));
    expect(shown).toEqual(['fetch', 'enrich', 'report', 'alert'].flatMap((step) => [`${step} begins`, `${step} ends`]));
  });
});

describe('A run that only observes', () => {
  test.each(['dry run', 'no terminal'])('(%s) decides everything and acts on nothing', async (observingBecause) => {
    const { start, called } = world({}, { mode: 'observing', observingBecause });
    const record = await start();
    expect(called).not.toContain('act');
    expect(record).toMatchObject({ verdict: 'done', mode: 'observing', observingBecause });
    expect(record.reviewed[0]?.outcome).toMatchObject({ kind: 'skipped', reason: 'observing' });
  });
});

describe('The verdict', () => {
  const skip = (reason: Extract<Outcome, { kind: 'skipped' }>['reason']): Outcome => ({
    kind: 'skipped',
    reason,
    why: 'x',
  });
  test.each<[string, Outcome, RunRecord['verdict']]>([
    ['done', DONE, 'done'],
    ['failed', { kind: 'failed', why: 'x' }, 'done-with-problems'],
    ['unknown', { kind: 'unknown', why: 'x' }, 'done-with-problems'],
    ['not recorded', skip('not-recorded'), 'done-with-problems'],
    ['not readable', skip('unreadable'), 'done-with-problems'],
    ['left because the lock was lost', skip('lock-lost'), 'done-with-problems'],
    ['changed meanwhile', skip('changed'), 'done'],
    ['declined', skip('declined'), 'done'],
    ['stopped by the person at the terminal', skip('stopped'), 'done'],
  ])('of a run with an action that was %s', async (_what, outcome, verdict) => {
    expect((await world({ act: async () => [outcome] }).start()).verdict).toBe(verdict);
  });

  test.each(['seenOfList', 'seenOfAssets'] as const)(
    'of a run to which %s says that it is blind is "done with problems"',
    async (step) => {
      const blind: Problem = { where: 'vault', message: 'x', advice: null, blind: true };
      const { start, called } = world({ [step]: () => ({ problems: [blind], warnings: ['w'], keys: [], lost: null }) });
      const record = await start();
      expect(record).toMatchObject({ verdict: 'done-with-problems', problems: [blind], warnings: ['w'] });
      expect(called).toContain('act');
    },
  );

  test('of a run that could read nothing is "failed", with what it read and with report and mail', async () => {
    const kept: string[] = [];
    const lost = new BlindError('none of the 60 records could be read', 'look at them');
    const { start, called } = world({
      seenOfList: () => ({ problems: [], warnings: ['w'], keys: ['k'], lost }),
      keepSeen: async () => void kept.push('kept'),
    });
    const record = await start();
    expect(record.verdict).toBe('failed');
    expect(record.problems).toEqual([{ where: 'run', message: lost.message, advice: 'look at them', blind: true }]);
    expect(called).toEqual(['openLedger', 'fetch', 'recover', 'save', 'report', 'alert', 'release', 'enterEnd']);
    // It is as new to the next run.
    expect(kept).toEqual([]);
  });

  test('what was told is kept behind the mail, and not by a rehearsal', async () => {
    const order: string[] = [];
    const steps = {
      alert: async () => {
        order.push('alert');
        return { sent: 1, problems: [] };
      },
      keepSeen: async () => void order.push('kept'),
    };
    await world(steps).start();
    await world(steps, { dryRun: true }).start();
    expect(order).toEqual(['alert', 'kept', 'alert']);
  });

  test('of a run with an unscored request is "done with problems", of one with a malformed record "done"', async () => {
    const { start } = world({
      score: async (dossiers) => ({
        assessments: new Map(dossiers.map(({ request: r }) => [r.id, UNSCORED])),
        usage: { model: '', calls: 0, promptTokens: 0, completionTokens: 0 },
        problems: [],
      }),
    });
    expect((await start()).verdict).toBe('done-with-problems');
    expect((await world().start()).verdict).toBe('done');
  });

  test('of a run that could not find out about an earlier action is "done with problems"', async () => {
    const recovered = { requestId: 'a', action: 'approve', runId: 'run-0', says: 'x' } as const;
    expect((await world({ recover: async () => [{ ...recovered, found: 'unclear' }] }).start()).verdict).toBe(
      'done-with-problems',
    );
    const fine = await world({ recover: async () => [{ ...recovered, found: 'done' }] }).start();
    expect(fine).toMatchObject({ verdict: 'done', recovered: [{ found: 'done' }] });
  });

  test('a request that nobody assessed is unscored, also one whose id is a name of every object', async () => {
    const { start } = world({
      fetch: async () => ({
        requests: [request({ id: '__proto__' }), request({ id: 'constructor' })],
        malformed: [],
        pages: 1,
      }),
      score: async () => ({
        assessments: new Map(),
        usage: { model: '', calls: 0, promptTokens: 0, completionTokens: 0 },
        problems: [{ where: 'score', message: 'no key', advice: null }],
      }),
    });
    const record = await start();
    expect(record.reviewed.map(({ assessment }) => assessment)).toEqual([
      { kind: 'unscored', why: 'it was not asked about' },
      { kind: 'unscored', why: 'it was not asked about' },
    ]);
    expect(record.problems).toMatchObject([{ where: 'score' }]);
  });
});

test('A record that was handed out does not change when the run goes on', async () => {
  const { start, records } = world({
    alert: async () => ({ sent: 0, problems: [{ where: 'mail', message: 'no answer', advice: null }] }),
  });
  await start();
  expect(records.map(({ problems, verdict }) => [problems.length, verdict])).toEqual([
    [0, 'done'],
    [1, 'done-with-problems'],
  ]);
});
