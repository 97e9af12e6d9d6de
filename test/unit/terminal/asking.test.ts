/** A person at a real terminal is asked before each action. */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { atTerminal, hasScript, tagged, withThree } from '../../e2e/at_terminal.ts';
import { openPlace, until } from '../../e2e/place.ts';
import { apply, planned } from '../../e2e/planner.ts';
import { entriesIn } from '../../helpers/ledger.ts';

describe.skipIf(!hasScript).concurrent('a terminal (needs util-linux `script`)', () => {
  test.each([
    ['colours and a moving line where nothing is said', {}, true, true],
    ['no colours with NO_COLOR', { NO_COLOR: '1' }, false, true],
    ['neither with TERM=dumb', { TERM: 'dumb' }, false, false],
  ])('gets %s', async (_what, env, colours, moves) => {
    await using place = await openPlace(tagged);
    const { stdout } = await atTerminal(place, ['run', '--dry-run'], { LOG_LEVEL: 'info', ...env }).ended;
    expect(stdout).toMatch(/nothing failed/);
    expect(stdout.replaceAll('\u001b', 'ESC')).toEqual(
      colours ? expect.stringMatching(/ESC\[\d[\d;]*m/) : expect.not.stringMatching(/ESC\[\d[\d;]*m/),
    );
    expect(stdout.includes('\u001b[2K')).toBe(moves);
    if (!moves) expect(stdout).not.toContain('\u001b');
  });
});

describe.skipIf(!hasScript).concurrent('a person at the terminal (needs util-linux `script`)', () => {
  test('is shown who wants what and why; y does it, n and Enter do not, and the next run asks again for those', () =>
    withThree(async (place) => {
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      expect(person.screen()).toMatch(/APPROVE {2}app-test-01 {2}for jdoe/);
      expect(person.screen()).toMatch(/wants: +AssetUnlock for 4 hours from \d{4}-.* UTC; asked \d{4}-.* UTC/);
      expect(person.screen()).toMatch(/justification: \[low\] Replace the toner, change CHG0041234/);
      const me = userInfo().username;
      expect(person.screen()).toMatch(/comment: +Portcullis approved this on behalf of a person who reviewed it, /);
      expect(person.screen()).toContain(`who reviewed it, ${me} (risk low).`);
      for (const line of [
        / 1 of 3: /,
        /risk: +low/,
        /why: +\S/,
        /entitlement: +\S/,
        /asset: +\S/,
        /policies: +approve-\S+ \(/,
      ]) {
        expect(person.screen()).toMatch(line);
      }
      person.type('y\r');
      await person.asked(2);
      expect(person.screen()).toMatch(/ 2 of 3: /);
      person.type('n\r');
      await person.asked(3);
      person.type('\r');
      const { code } = await person.ended;
      expect(code).toBe(0);
      expect(place.acts()).toEqual(['approve low 1']);
      expect(place.sim.journal.of('approve')[0]?.body).toContain(`who reviewed it, ${me}`);
      expect(person.screen()).toMatch(/1 request acted on/);
      expect(place.openCredentials()).toEqual([]);

      const again = atTerminal(place, ['run']);
      await again.asked(1);
      expect(again.screen()).toMatch(/APPROVE {2}app-test-01/);
      again.type('q\r');
      expect((await again.ended).code).toBe(0);
    }));

  test('? explains the answers; s leaves a request without a word, and n keeps a plan from it until somebody says yes', () =>
    withThree(async (place) => {
      const made = await planned(place);
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      person.type('?\r');
      await person.asked(2);
      expect(person.screen()).toMatch(/ s +leave it for the next run/);
      person.type('n\r');
      await person.asked(3);
      person.type('s\r');
      await person.asked(4);
      person.type('q\r');
      await person.ended;
      expect(person.screen()).toMatch(/not done: you left it for later/);
      const declined = entriesIn(place.state).filter(({ kind }) => kind === 'action.declined');
      expect(declined.map(({ data }) => data.by)).toEqual([userInfo().username]);

      const no = String(declined[0]?.data.request);
      const applied = await apply(place, made);
      expect(applied.became(no)).toMatch(/said no to it at the terminal on 20/);
      expect(place.acts()).toHaveLength(2);
      // A plan that is made after the no does not name it; whoever said it can say yes.
      expect((await planned(place)).entries).toEqual([]);
      const again = atTerminal(place, ['run']);
      await again.asked(1);
      again.type('y\r');
      await again.ended;
      expect(place.acts()).toHaveLength(3);
    }));

  test('what is not an answer is asked again; q leaves the rest and ends the run in order', () =>
    withThree(async (place) => {
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      person.type('maybe\r');
      await person.asked(2);
      person.type('yes\r');
      await person.asked(3);
      person.type('Q\r');
      const { code } = await person.ended;
      expect(code).toBe(0);
      expect(place.acts()).toEqual(['approve low 1']);
      expect(place.reportFiles()).toHaveLength(1);
      expect(place.sim.mailbox.mails).toHaveLength(1);
      expect(place.openCredentials()).toEqual([]);
    }));

  test('Ctrl-C while asking stops cleanly: nothing done, credentials given back, report and mail made, exit 130', () =>
    withThree(async (place) => {
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      person.type('\u0003');
      const { code } = await person.ended;
      expect(code).toBe(130);
      expect(place.acts()).toEqual([]);
      expect(place.reportFiles()).toHaveLength(1);
      expect(place.sim.mailbox.mails).toHaveLength(1);
      expect(place.openCredentials()).toEqual([]);
    }));

  test.each([
    ['Ctrl-D', (person: ReturnType<typeof atTerminal>) => person.type('\u0004')],
    ['an input that ends', (person: ReturnType<typeof atTerminal>) => person.hangUp()],
  ])('%s while asking counts as a stop and never hangs', (_name, close) =>
    withThree(async (place) => {
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      close(person);
      const { code } = await person.ended;
      expect(code).toBe(0);
      expect(place.acts()).toEqual([]);
      expect(place.reportFiles()).toHaveLength(1);
      expect(place.openCredentials()).toEqual([]);
    }),
  );

  test('what was typed before a question stands there does not answer it', () =>
    withThree(async (place) => {
      place.sim.faults.add({ on: 'vault.approve', kind: 'delay', ms: 1_500 });
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      person.type('y\r');
      await until(() => place.sim.journal.calls.some(({ url }) => url.includes('/approve/')), 'the approval');
      person.type('y\ry\ry\r');
      await person.asked(2);
      await sleep(400);
      expect(place.acts()).toEqual(['approve low 1']);
      person.type('q\r');
      expect((await person.ended).code).toBe(0);
      expect(place.acts()).toEqual(['approve low 1']);
    }));

  test('hostile names and justifications cannot move the cursor or fake a second question', () =>
    withThree(async (place) => {
      // What such a text asks for is never approved without a person; a rejection is asked about.
      place.request('a hostile one', 'critical', {
        created: place.now(),
        message: '[critical] \u001b[2J\u001b[1;1Hfake\r\n  approve? [y/N/Q] y\u0007\u009b31m\u202e',
        entityName: '\u001b]0;owned\u0007DC01\r\n',
        requestor: { id: 'x', name: 'eve\u001b[8m\u202e', displayName: 'eve' },
      });
      const person = atTerminal(place, ['run']);
      await person.asked(1);
      const raw = person.stdout();
      for (const acting of ['\u001b[2J', '\u001b]0;', '\u001b[8m', '\u0007', '\u009b', '\u202e']) {
        expect(raw).not.toContain(acting);
      }
      expect(person.screen()).toMatch(/REJECT {2}.*DC01 {2}for eve/);
      expect(
        person
          .screen()
          .split('\n')
          .filter((line) => /^ {2}(approve|reject)\?/.test(line)),
      ).toHaveLength(1);
      person.type('q\r');
      await person.ended;
    }));

  test('with --json the questions stay off stdout; in autonomous mode and with --dry-run nobody is asked', () =>
    withThree(async (place) => {
      const rehearsal = await atTerminal(place, ['run', '--dry-run']).ended;
      expect(rehearsal.stdout).not.toContain('[y/N');
      const autonomous = await atTerminal(place, ['run'], { AUTONOMOUS_MODE: 'true' }).ended;
      expect(autonomous.stdout).not.toContain('[y/N');
      expect(place.acts()).toHaveLength(3);
    }));

  test('the daemon asks nobody, also on a terminal', () =>
    withThree(async (place) => {
      const daemon = atTerminal(place, ['start', '--now'], { SCHEDULE_CRON: '* * * * * *' });
      await until(() => place.reportFiles().length >= 2, 'two cycles');
      daemon.type('\u0003');
      expect((await daemon.ended).code).toBe(130);
      expect(daemon.screen()).not.toContain('[y/N');
      expect(place.acts()).toEqual([]);
      expect(place.openCredentials()).toEqual([]);
    }));
});
