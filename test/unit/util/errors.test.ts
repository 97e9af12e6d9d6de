import { describe, expect, test } from 'vitest';
import {
  adviceOf,
  ConfigError,
  describeError,
  LedgerError,
  StorageError,
  UPSTREAM_CODES,
  UPSTREAMS,
  type Upstream,
  type UpstreamCode,
  UpstreamError,
} from '../../../src/util/errors.ts';

test('The advice of every error of an upstream says what to do and which settings lead there', () => {
  for (const upstream of Object.keys(UPSTREAMS) as Upstream[]) {
    for (const code of Object.keys(UPSTREAM_CODES) as UpstreamCode[]) {
      const { advice } = new UpstreamError(upstream, code, 'x');
      const { about, look } = UPSTREAM_CODES[code];
      expect(advice).toContain(about);
      for (const setting of look.flatMap((kind) => UPSTREAMS[upstream][kind])) expect(advice).toContain(setting);
    }
  }
});

test('A write is assumed not to have happened only when somebody said so', () => {
  expect(new UpstreamError('vault', 'timeout', 'x').maybeDone).toBe(false);
  expect(new UpstreamError('vault', 'timeout', 'x', { maybeDone: true }).maybeDone).toBe(true);
});

test('All problems of the settings stand in one message', () => {
  const one = new ConfigError([{ setting: 'A', message: 'is required' }]);
  expect(one.message).toBe('one setting is not usable:\n  A: is required');
  const two = new ConfigError([
    { setting: 'A', message: 'is required' },
    { setting: 'B', message: '`x` must be `true` or `false`' },
  ]);
  expect(two.message.split('\n')).toEqual([
    '2 settings are not usable:',
    '  A: is required',
    '  B: `x` must be `true` or `false`',
  ]);
});

describe('A file that cannot be used', () => {
  const fault = (code: string) => Object.assign(new Error(`${code}: nope, open '/x'`), { code });

  test('is named with what was tried and what the system said', () => {
    const error = new StorageError('write', '/state/actions.jsonl', fault('ENOSPC'));
    expect(error.message).toBe('could not write `/state/actions.jsonl`: ENOSPC');
    expect(error).toMatchObject({ file: '/state/actions.jsonl', systemCode: 'ENOSPC' });
    expect(new StorageError('read', '/x', 'strange').message).toBe('could not read `/x`: strange');
  });

  test.each([
    ['ENOSPC', /full/],
    ['EDQUOT', /full/],
    ['EACCES', /may/],
    ['EPERM', /may/],
    ['EROFS', /may/],
    ['ENOTDIR', /file/],
    ['EEXIST', /file/],
    ['EISDIR', /folder/],
    ['EIO', /disk/],
  ])('comes with advice on %s', (code, advice) => {
    expect(new StorageError('write', '/x', fault(code)).advice).toMatch(advice);
  });

  test('that is the ledger comes with the way out, and with where the copy is', () => {
    const error = new LedgerError('/state/agent_state.json', 'broken', '/state/agent_state.json.damaged-1');
    expect(error.advice).toContain('/state/agent_state.json.damaged-1');
    expect(error.advice).toContain('docs/operating.md');
    expect(new LedgerError('/state/agent_state.json', 'broken').advice).not.toContain('undefined');
  });
});

test('Whatever is thrown becomes a sentence', () => {
  expect(describeError(new Error('no answer'))).toBe('no answer');
  expect(describeError('no answer')).toBe('no answer');
  expect(describeError(undefined)).toBe('undefined');
  expect(describeError(Symbol('x'))).toBe('Symbol(x)');
  // Node reports several failed connection attempts as one error without a message of its own.
  expect(describeError(new AggregateError([new Error('connect ECONNREFUSED ::1:443')]))).toBe('AggregateError');
  expect(describeError(Object.create(null))).not.toBe('');
});

test('Only errors that know what to do give advice', () => {
  expect(adviceOf(new UpstreamError('vault', 'timeout', 'x'))).toMatch(/VAULT_URL/);
  expect(adviceOf(new StorageError('write', 'x', { code: 'ENOSPC' }))).toMatch(/make room/);
  expect(adviceOf(new LedgerError('x', 'y'))).toMatch(/operating/);
  for (const other of [new Error('x'), new ConfigError([]), 'x', null, undefined]) expect(adviceOf(other)).toBeNull();
});
