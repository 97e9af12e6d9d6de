import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { share, wholeNumber } from '../../scripts/trial_command.ts';

const ROOT = join(import.meta.dirname, '../..');

test.each(['', ' ', 'ten', '0', '-1', '1.5', '1e3', '0x10', '99999999999'])('%j is no number of scenarios', (text) => {
  expect(() => wholeNumber(1)(text)).toThrow('It must be a whole number, 1 or more.');
});

test.each([
  ['1', 1],
  ['0012', 12],
  ['10000', 10_000],
])('%j is one', (text, number) => {
  expect(wholeNumber(1)(text)).toBe(number);
});

test.each(['', 'half', '-0.1', '1.01', '1e-1', 'Infinity'])('%j is no share', (text) => {
  expect(() => share(text)).toThrow('It must be a number from 0 to 1.');
});

test.each([
  ['0', 0],
  ['.336', 0.336],
  ['1.0', 1],
])('%j is a share', (text, number) => {
  expect(share(text)).toBe(number);
});

// A number that is none would become NaN: no scenario is played then, and none fails.
test.each([
  ['test/simulation/main.ts', '--seeds', 'ten'],
  ['test/crash/main.ts', '--times', '0'],
  ['bench/main.ts', '--sizes', '100,'],
])('%s does not begin with `%s %s`, and shows its options', (main, option, value) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, main), option, value], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toContain(`option '${option} `);
  expect(stderr).toContain(`argument '${value}' is invalid. It must be a whole number, 1 or more.\n\nUsage: `);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
