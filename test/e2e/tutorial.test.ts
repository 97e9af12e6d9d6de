/** docs/tutorial.md: each of its commands is run, in its order, and prints what stands there; figures may differ. */
import { readFileSync, writeFileSync } from 'node:fs';
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
  // As .env.example has them: everything off.
  const off = {
    AUTONOMOUS_MODE: 'false',
    AUTO_APPROVE_LOW_RISK: 'false',
    AUTO_REJECT_HIGH_RISK: 'false',
    AUTO_CLOSE_STALE: 'false',
  };
  const settings = { ...folders, ...off, REQUEST_LOOKBACK_DAYS: '90', DEEP_ANALYSIS: 'true' };
  place = await openPlace({ estate: 'other', data: 'realistic', malformed: 0 }, settings);
});
afterAll(() => place[Symbol.asyncDispose]());

test('the tutorial leads from doctor to a class that is enforced', () => {
  expect(STEPS.flatMap(({ commands }) => commands.map((command) => command.split(' ').slice(1, 3).join(' ')))).toEqual([
    'doctor',
    'run --dry-run',
    'policy suggest',
    'policy why',
    'policy check',
    'backtest --range',
    'plan --out',
    'policy evidence',
    'run',
  ]);
});

/** What the text tells the reader to set before the command. */
const DRAFT = { POLICY_DIR: 'draft', AUTO_APPROVE_LOW_RISK: 'true' };
const SET: Readonly<Record<string, Record<string, string>>> = {
  plan: DRAFT,
  'policy evidence': DRAFT,
  run: { ...DRAFT, AUTONOMOUS_MODE: 'true' },
};

test('each command of it works on the second estate, and prints what is shown; one class is enforced in the end', async () => {
  const kiosk = place.sim.estate.machines.find(({ name }) => name === 'dav-kiosk-9')?.id ?? '';
  for (const { commands, shown } of STEPS) {
    let printed = '';
    for (const command of commands) {
      const args = command.replace('<asset-id>', kiosk).split(' ').slice(1);
      const name = args
        .filter((arg) => !arg.startsWith('-'))
        .slice(0, args[0] === 'policy' ? 2 : 1)
        .join(' ');
      const set = args.includes('--dry-run') ? {} : SET[name];
      const { code, stdout, stderr } = await place.start(args, set).ended;
      expect([0, 4], `${command}: ${stdout}${stderr}`).toContain(code);
      printed += stdout + stderr;
    }
    for (const line of shown) expect(plain(printed), commands.join()).toContain(plain(line));
    if (commands[0]?.includes('policy evidence') !== true) {
      if (commands[0] !== 'portcullis run') expect(place.acts()).toEqual([]);
      continue;
    }
    const [, ready] = /under\s+`([a-z0-9-]+)`/.exec(printed) ?? [];
    const file = join(place.home, 'draft', 'access.yml');
    const text = readFileSync(file, 'utf8');
    const head = new RegExp(`^  ${ready}:\\n    about: [^\\n]*\\n    mode: recommend$`, 'm');
    expect(text).toMatch(head);
    writeFileSync(
      file,
      text.replace(head, (found) => found.replace('recommend', 'enforce')),
    );
  }
  expect(place.acts().length).toBeGreaterThan(3);
  expect(place.acts().filter((act) => !act.startsWith('approve'))).toEqual([]);
});
