import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { thisHost } from '../../../src/store/host.ts';

const { self, fate } = thisHost;
const onLinux = test.runIf(process.platform === 'linux');

onLinux('A process knows itself: its number, its machine, the start of both', () => {
  expect(self.pid).toBe(process.pid);
  expect(self.boot).toContain(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  expect(self.boot).toMatch(/pid:\[\d+\]$/);
  expect(Number(self.startedAt)).toBeGreaterThan(0);
  expect(fate(self)).toBe('alive');
});

onLinux('A child is alive until it ends, and another one with its number is not it', async () => {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const owner = { ...self, pid: child.pid ?? 0, startedAt: null };
  expect(fate(owner)).toBe('alive');
  expect(fate({ ...owner, startedAt: '1' })).toBe('dead');
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  expect(fate(owner)).toBe('dead');
});

onLinux('A killed process that nobody has asked about yet still has its number, and is dead', async () => {
  // The shell starts a child and then turns into a program that never asks what became of it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(String(line).trim());
  const state = () => /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
  expect(fate({ ...self, pid, startedAt: null })).toBe('dead');
});

test('Nothing is known of a process elsewhere, whatever runs here under its number', () => {
  expect(fate({ ...self, host: `${self.host}-2` })).toBe('unknown');
  expect(fate({ ...self, boot: 'another one' })).toBe('unknown');
  expect(fate({ ...self, startedAt: null }), 'our number, from before a restart').toBe('unknown');
});
