import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog, EVENTS, silentLog } from '../../../src/util/log.ts';
import { silentProgress } from '../../../src/util/progress.ts';
import { examples } from '../../suite/property_runs.ts';

/** Everything that could move a cursor, colour a line, break it or turn it round. */
const HOSTILE =
  'a\u001b[31mred\u001b]0;title\u0007\u009b31m\u0090\u202egnp\u2066\r\nroot: all fine\u007f\u2028\u0000\u{e0041}';

function logged(terminal: boolean, write: (log: ReturnType<typeof createLog>) => void, level = 'info'): string {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  write(createLog(level, terminal, output, silentProgress));
  return text;
}

/** pino-pretty's own colours; what is left must hold nothing that acts on a terminal. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d{1,2}m`, 'g');
const withoutColours = (text: string): string => text.replaceAll(COLOUR, '');
const ACTS = /(?!\n)\p{Cc}|[\u2028\u2029]|\p{Cf}/u;

describe.each([
  [false, 'JSON for machines'],
  [true, 'lines for a terminal'],
])('A log (terminal: %s) of %s', (terminal) => {
  const lines = (data: Record<string, unknown>) => logged(terminal, (log) => log.warn('run.problem', data));

  test('never passes on a character that acts on a terminal, wherever in the data it stands', () => {
    for (const data of [
      { why: HOSTILE },
      { deep: { er: [{ text: HOSTILE }] } },
      { [HOSTILE]: 1 },
      { list: [HOSTILE, HOSTILE] },
      { id: HOSTILE, message: HOSTILE, says: HOSTILE },
    ]) {
      const text = lines(data);
      const plain = terminal ? withoutColours(text) : text;
      // The escape itself must not have been taken for one of pino-pretty's own colours.
      if (terminal) expect(text).not.toContain('a\u001b[31mred');
      expect(plain).not.toMatch(ACTS);
      expect(plain.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  test('is the same whatever the text is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (why) => {
        const text = lines({ why });
        expect(terminal ? withoutColours(text) : text).not.toMatch(ACTS);
      }),
      { numRuns: examples(300) },
    );
  });

  test('says the event and shows data as data, also a format string', () => {
    const text = lines({ why: '%s %d %o %j' });
    expect(text).toContain('run.problem');
    expect(text).toContain('%s %d %o %j');
  });
});

test('A line of the log is JSON that gives the data back exactly', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (why) => {
      // A lone surrogate cannot be written as UTF-8; JSON keeps it as an escape.
      const text = logged(false, (log) => log.info('run.started', { why }));
      expect(JSON.parse(text)).toMatchObject({ msg: 'run.started', why });
    }),
    { numRuns: examples(300) },
  );
});

test('The level is kept to', () => {
  const write = (log: ReturnType<typeof createLog>) => {
    log.info('run.started');
    log.warn('run.warning');
    log.error('run.problem');
  };
  expect(logged(false, write, 'warn').trim().split('\n')).toHaveLength(2);
  expect(logged(false, write, 'silent')).toBe('');
  write(silentLog);
});

test('The progress line makes room for a log line', () => {
  let cleared = 0;
  const progress = { ...silentProgress, clear: () => cleared++ };
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  createLog('info', false, output, progress).info('run.started');
  expect(cleared).toBe(1);
});

test('Every event has a meaning that a person can read', () => {
  for (const [event, meaning] of Object.entries(EVENTS)) {
    expect(event).toMatch(/^[a-z]+\.[a-z]+$/);
    expect(meaning.length).toBeGreaterThan(10);
  }
});
