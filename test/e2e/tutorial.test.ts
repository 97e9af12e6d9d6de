/** docs/tutorial.md: each of its commands is run, in its order, and prints what stands there; figures may differ. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlace, type Place, ROOT } from './place.ts';

const TEXT = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8');
const BLOCK = /```sh\n([^`]{1,500})```(?:\n\n```text\n([^\n](?:[^`]|`(?!``)){1,2000})```)?/g;
const STEPS = [...TEXT.matchAll(BLOCK)].map(([, commands = '', shown = '']) => ({
  commands: commands.trim().split('\n'),
  shown: shown.trim().split('\n').filter(Boolean),
}));
/** Figures, line breaks and the width of columns are of one day. */
const plain = (text: string) =>
  text
    .replace(/\d+/g, '#')
    .replace(/[\s|]+/g, ' ')
    .trim();

let place: Place;
beforeAll(async () => {
  const folders = { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy'), HEALTH_PORT: '0' };
  const settings = { ...folders, REQUEST_LOOKBACK_DAYS: '90', AUTONOMOUS_MODE: 'false' };
  place = await openPlace({ estate: 'other', data: 'realistic', malformed: 0 }, settings);
});
afterAll(() => place[Symbol.asyncDispose]());

test('the tutorial leads from doctor to a plan', () => {
  expect(STEPS.flatMap(({ commands }) => commands.map((command) => command.split(' ').slice(1, 3).join(' ')))).toEqual([
    'doctor',
    'run --dry-run',
    'policy suggest',
    'policy why',
    'policy check',
    'backtest --range',
    'plan --out',
  ]);
});

test('each command of it works on the second estate, and prints what is shown', async () => {
  const kiosk = place.sim.estate.machines.find(({ name }) => name === 'dav-kiosk-9')?.id ?? '';
  for (const { commands, shown } of STEPS) {
    let printed = '';
    for (const command of commands) {
      const args = command.replace('<asset-id>', kiosk).split(' ').slice(1);
      const { code, stdout, stderr } = await place.start(args).ended;
      expect([0, 4], `${command}: ${stdout}${stderr}`).toContain(code);
      printed += stdout + stderr;
    }
    for (const line of shown) expect(plain(printed), commands.join()).toContain(plain(line));
  }
  expect(place.acts()).toEqual([]);
});
