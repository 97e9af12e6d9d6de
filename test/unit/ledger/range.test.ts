import { expect, test } from 'vitest';
import { rangeOf } from '../../../src/ledger/range.ts';
import { ConfigError } from '../../../src/util/errors.ts';

const iso = (from: string, to: string) => {
  const range = rangeOf(from, to);
  return [new Date(range.from).toISOString(), new Date(range.to).toISOString()];
};

test.each([
  ['2026-11-01', '2026-11-30', '2026-11-01T00:00:00.000Z', '2026-11-30T23:59:59.999Z'],
  ['2026-11-01', '2026-11-01', '2026-11-01T00:00:00.000Z', '2026-11-01T23:59:59.999Z'],
  ['2028-02-29', '2028-02-29', '2028-02-29T00:00:00.000Z', '2028-02-29T23:59:59.999Z'],
  ['2026-11-01T08:00:00Z', '2026-11-01T09:30:00.500Z', '2026-11-01T08:00:00.000Z', '2026-11-01T09:30:00.500Z'],
  ['2026-11-01T08:00:00+02:00', '2026-11-02', '2026-11-01T06:00:00.000Z', '2026-11-02T23:59:59.999Z'],
])('%s to %s is from %s to %s, both included', (from, to, first, last) => {
  expect(iso(from, to)).toEqual([first, last]);
});

test.each([
  ['yesterday', '2026-11-01', ['--from']],
  ['2026-02-30', '2026-13-01', ['--from', '--to']],
  ['2026-11-01T08:00:00', '2026-11-02', ['--from']],
  ['01.11.2026', '', ['--from', '--to']],
  ['2026-11-02', '2026-11-01', ['--to']],
])('%s to %s is refused', (from, to, settings) => {
  try {
    rangeOf(from, to);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map(({ setting }) => setting)).toEqual(settings);
  }
});
