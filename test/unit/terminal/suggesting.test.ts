/** `policy suggest` at a real terminal: it goes through the groups that are proposed, and writes what was taken. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atTerminal, hasScript } from '../../e2e/at_terminal.ts';
import { openPlace, ROOT } from '../../e2e/place.ts';

const CHOICE = '[Y/n/a/q/?]';
const place = () => openPlace({ estate: 'other', data: 'realistic', requests: 400, malformed: 0 }, FOLDERS);
const FOLDERS = { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy') };

describe.skipIf(!hasScript).concurrent('policy suggest at a terminal (needs util-linux `script`)', () => {
  test('shows each group and what its row would do; what is left out stays with people', async () => {
    await using there = await place();
    const person = atTerminal(there, ['policy', 'suggest', '--range', '90d']);
    await person.asked(1, CHOICE);
    expect(person.screen()).toMatch(
      /groups by container, type and operation: \d+ protected, \d+ not proposed .*, \d+ proposed\./,
    );
    expect(person.screen()).toMatch(/ 1 of \d+: \S+ of .+ in Root Container \//);
    expect(person.screen()).toMatch(/people: +approved \d+ \(.+\), refused \d+/);
    expect(person.screen()).toMatch(/the row: +would approve \d+ that people approved/);
    person.type('?\r');
    await person.asked(2, CHOICE);
    expect(person.screen()).toMatch(/ q +stop here, and write nothing/);
    person.type('n\r');
    await person.asked(3, CHOICE);
    person.type('a\r');
    const { code, stdout } = await person.ended;
    expect(code, stdout).toBe(0);
    const text = readFileSync(join(there.home, 'policy-draft', 'access.yml'), 'utf8');
    expect(text.match(/: you left it out$/gm)).toHaveLength(1);
    expect(text).toContain('mode: recommend');
  });

  test('q writes nothing', async () => {
    await using there = await place();
    const person = atTerminal(there, ['policy', 'suggest']);
    await person.asked(1, CHOICE);
    person.type('q\r');
    expect((await person.ended).code).toBe(0);
    expect(person.screen()).toContain('Nothing was written.');
    expect(existsSync(join(there.home, 'policy-draft'))).toBe(false);
  });
});
