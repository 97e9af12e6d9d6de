import { describe, expect, test } from 'vitest';
import { createFallback } from '../../../src/daemon/fallback.ts';
import { REASONS } from '../../../src/daemon/fallback_message.ts';
import type { Problem, RunRecord } from '../../../src/domain/run_record.ts';
import { ConfigError, LockedError, StorageError } from '../../../src/util/errors.ts';
import { anOrdinaryRun, aRecord, NOW } from '../../helpers/records.ts';
import { receiver } from '../http/receiver.ts';

const clock = { now: () => Date.now(), sleep: async () => {} };
const problem = (where: string, part: Partial<Problem> = {}): Problem => ({
  where,
  message: 'm',
  advice: null,
  ...part,
});
const token = (near: 'near' | 'close' | 'over') =>
  ({ user: 'svc', expires: NOW + 1_000, warnFrom: NOW, near }) as const;

async function told(answer?: Parameters<typeof receiver>[0]) {
  const there = await receiver(answer);
  const lines: string[] = [];
  const say = (event: string, data?: object) => void lines.push(`${event} ${JSON.stringify(data)}`);
  const log = { info: say, warn: say, error: say };
  const { url, secret } = there;
  const fallback = createFallback({ receiver: { url, secret }, mails: true, version: '1.2.3', clock, log });
  const without = createFallback({ receiver: { url, secret }, mails: false, version: '1.2.3', clock, log });
  const ending = (part: Partial<RunRecord>, by = fallback) => by.around(async () => ({ record: aRecord(part) }));
  return { ...there, lines, fallback, without, ending };
}

describe('Who is behind ALERT_FALLBACK_URL', () => {
  test.each<[string, Partial<RunRecord>, readonly string[]]>([
    ['failed', { verdict: 'failed', problems: [problem('run')] }, ['failed']],
    ['does not trust the ledger', { verdict: 'ledger-not-trusted' }, ['ledger-not-trusted']],
    ['saw too little', { verdict: 'done-with-problems', problems: [problem('fetch', { blind: true })] }, ['blind']],
    ['could not mail', { verdict: 'done-with-problems', problems: [problem('alert')] }, ['not-mailed']],
    ['could not mail and was stopped', { verdict: 'stopped', problems: [problem('alert')] }, ['not-mailed']],
    [
      'failed and could not mail',
      { verdict: 'failed', problems: [problem('run'), problem('alert')] },
      ['failed', 'not-mailed'],
    ],
  ])('is told of a run that %s, once and signed', async (_, part, reasons) => {
    const { ending, got, lines } = await told();
    const { record } = await ending(part);
    expect(got.map(({ message }) => message?.data)).toMatchObject([
      { reasons, run: record.runId, verdict: part.verdict },
    ]);
    expect(record.problems).toEqual(part.problems ?? []);
    expect(lines.join()).toMatch(/^fallback\.sent /);
  });

  test.each<[string, Partial<RunRecord>]>([
    ['quiet', {}],
    ['one with problems that the mail tells', { verdict: 'done-with-problems', problems: [problem('score')] }],
    ['stopped', { verdict: 'stopped' }],
    ['a rehearsal', { verdict: 'failed', dryRun: true }],
    ['one whose token ends, which the mail tells', { token: token('close') }],
  ])('hears nothing of a run that is %s', async (_, part) => {
    const { ending, got, lines } = await told();
    await ending(part);
    expect([got, lines]).toEqual([[], []]);
  });

  test('is told of a token that is as good as over where no mail does', async () => {
    const { ending, without, got } = await told();
    await ending({ token: token('near') }, without);
    await ending({ token: token('close') }, without);
    await ending({ token: token('over') }, without);
    expect(got.map(({ message }) => message?.data.reasons)).toEqual([['token-ends'], ['token-ends']]);
  });

  test('gets version, run, verdict, headline, counts and problems, as bounded plain text', async () => {
    const { ending, got } = await told();
    const long = `a\u202e\u001b[31m\n${'x'.repeat(2_000)}`;
    const many = Array.from({ length: 50 }, (_, i) => problem(`w${i}`, { message: long, advice: long }));
    const ordinary = anOrdinaryRun({ verdict: 'failed', problems: many });
    await ending(ordinary);
    const [one] = got;
    expect(one?.message).toMatchObject({
      type: 'portcullis.alert',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      data: {
        ...{ version: ordinary.version, run: ordinary.runId, verdict: 'failed', reasons: ['failed'] },
        headline: expect.stringMatching(/^the run failed, /),
        counts: { requests: 10, done: { approve: 2, reject: 1 }, unscored: 1 },
        more_problems: 30,
      },
    });
    expect(one?.message?.data.problems).toHaveLength(20);
    expect(one?.body.length).toBeLessThan(25_000);
    expect(one?.body).not.toMatch(/\\u202e|\\u001b|\\n/);
  });

  test('gets nothing of what requestors wrote, nor their names', async () => {
    const { ending, got } = await told();
    const ordinary = anOrdinaryRun({ verdict: 'failed' });
    await ending(ordinary);
    for (const { dossier } of ordinary.reviewed) {
      const { justification, requestor, asset } = dossier.request;
      for (const text of [justification, requestor.name, requestor.displayName, asset?.name]) {
        if (typeof text === 'string' && text.length > 3) expect(got[0]?.body).not.toContain(text);
      }
    }
  });

  test('is told of a run that never was, and the error goes on', async () => {
    const { fallback, got } = await told();
    const error = new StorageError('write', '/state/lock', { code: 'EROFS' });
    await expect(fallback.around(() => Promise.reject(error))).rejects.toBe(error);
    await fallback.broken(new LockedError('another process works with it'));
    await fallback.broken(new ConfigError([{ setting: 'POLICY_DIR', message: 'is not there' }]));
    expect(got.map(({ message }) => message?.data)).toMatchObject([
      { verdict: 'not-begun', run: null, problems: [{ message: 'could not write `/state/lock`: EROFS' }] },
      { verdict: 'not-begun', problems: [{ where: 'start', message: 'another process works with it' }] },
      { verdict: 'not-begun', problems: [{ where: 'POLICY_DIR', message: 'is not there' }] },
    ]);
  });
});

test('A receiver that cannot be told is a line in the log and a problem, and holds nothing of its address', async () => {
  const { ending, fallback, lines, got } = await told((response) => void response.writeHead(503).end());
  const { record } = await ending({ verdict: 'failed', problems: [problem('run')] });
  expect(record).toMatchObject({
    verdict: 'failed',
    problems: [
      { where: 'run' },
      { where: 'fallback', message: expect.stringMatching(/could not be sent: it answered 503$/) },
    ],
  });
  await fallback.broken(new Error('x'));
  expect(new Set(got.map(({ id }) => id)).size).toBe(2);
  expect(lines.filter((line) => line.startsWith('fallback.failed'))).toHaveLength(2);
  expect(lines.join() + JSON.stringify(record)).not.toMatch(/5ecret|127\.0\.0\.1|whsec/);
});

test('Without an address nobody is told and nothing is logged', async () => {
  const log = { info: expect.fail, warn: expect.fail, error: expect.fail };
  const fallback = createFallback({ receiver: null, mails: false, version: '1', clock, log });
  const { record } = await fallback.around(async () => ({ record: aRecord({ verdict: 'failed' }) }));
  expect(record.problems).toEqual([]);
  await fallback.broken(new Error('x'));
});

test('The reasons stay, because receivers compare them', () => {
  expect(Object.keys(REASONS)).toEqual([
    'failed',
    'ledger-not-trusted',
    'blind',
    'not-mailed',
    'token-ends',
    'not-begun',
  ]);
});
