/**
 * One estate in which everybody who can write something wrote something hostile: requestors, owners of assets, the
 * model, the servers in their errors, whoever named a folder. Whatever comes out of the runs over it only shows it.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ACTING } from '../../e2e/place.ts';
import { hostileRun, type Traces } from './whole_run.ts';

let traces: Traces;
beforeAll(async () => {
  traces = await hostileRun();
});

/** The colours that the log gives its own words on a terminal. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[\\d{1,2}m`, 'g');
const rowsOf = (text: string): string[][] =>
  text.split(/\n\n+/).map((block) => block.split('\n').filter((line) => line.startsWith('| ')));
/** The borders of each row of each table; inside a table they must be equally many. */
const borders = (text: string): number[][] =>
  rowsOf(text)
    .filter((rows) => rows.length > 0)
    .map((rows) => rows.map((row) => row.replace(/\\\\|\\\|/g, '').split('|').length));

test('the hostile texts have arrived everywhere; otherwise this would prove nothing', () => {
  const { markdown, json, mails, terminal, logs, state } = traces;
  const all = [...markdown, ...json, ...mails.map(({ html }) => html), ...terminal.values(), ...Object.values(logs)];
  for (const text of [all.join(''), ...markdown.slice(0, 2), ...json.slice(0, 2), [...state.values()].join('')]) {
    expect(text).toMatch(/begins/);
  }
  const shown = [...terminal].filter(([, text]) => text.includes('begins')).map(([name]) => name);
  expect(shown).toEqual(
    expect.arrayContaining(['run', 'run --json', 'plan', 'explain', 'explain of nothing', 'backtest']),
  );
  expect(mails.some(({ text }) => text?.includes('begins'))).toBe(true);
  expect(mails.map(({ contentType }) => contentType)).toContain('HTML');
  expect(markdown.length).toBeGreaterThan(4);
});

describe('the report', () => {
  test('has no character that acts, and no line that is not one of its own', () => {
    for (const page of traces.markdown) {
      expect(page).not.toMatch(ACTING);
      const foreign = page
        .split('\n')
        .filter((line) => !/^(#{1,3} |\| |- \*\*|- | {2}- |---$|$|[A-Z0-9][^<>|`[\]]*$|like `https)/.test(line));
      expect(foreign.filter((line) => !/^[A-Z]/.test(line))).toEqual([]);
    }
  });

  test('keeps its headings and its tables', () => {
    for (const page of traces.markdown) {
      for (const heading of page.match(/^#{1,2} .*$/gm) ?? []) expect(heading).not.toContain('begins');
      for (const rows of borders(page)) expect(new Set(rows).size).toBe(1);
    }
  });

  test('holds no tag, link, picture, fence, mention or address', () => {
    for (const page of traces.markdown) {
      const live = page.replace(/\\[!-/:-@[-`{-~]/g, '·').replace('`https(:)//`', '');
      expect(live).not.toMatch(/<|&(?!lt;|gt;|amp;)#?\w+;|\]\(|^\s*\[[^\]]*\]:|```|~~~/m);
      const shown = page.replace(/\\([!-/:-@[-`{-~])/g, '$1').replace('`https(:)//`', '');
      expect(shown).not.toMatch(/:\/\/|\bwww\.|@[\p{L}\p{N}]|#\d|\bGH-\d/iu);
    }
  });
});

describe('the JSON documents', () => {
  test('are whole, and neither they nor a text in them acts on anything', () => {
    const documents = [
      ...traces.json,
      traces.terminal.get('run --json') ?? '',
      traces.terminal.get('explain --json') ?? '',
    ];
    for (const text of documents) expect(text.replace(/^\{"level.*\n/gm, '')).not.toMatch(ACTING);
    for (const text of traces.json) {
      JSON.parse(text, (key, value: unknown) => {
        for (const one of [key, value]) if (typeof one === 'string') expect(one).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        return value;
      });
    }
  });
});

describe('the mail', () => {
  /** In MIME form the lines end as lines of mails do. */
  const mails = () =>
    traces.mails.map(({ html, text, subject }) => ({
      html: html.replaceAll('\r\n', '\n'),
      text: (text ?? '').replaceAll('\r\n', '\n'),
      subject,
    }));

  test('has the elements of its template and no other, no attribute, and nothing that acts', () => {
    for (const { html } of mails()) {
      expect(html).not.toMatch(ACTING);
      const names = [...html.matchAll(/<\/?([^\s>/]+)/g)].map(([, name]) => name);
      const own = /^(!doctype|html|head|meta|title|body|table|tr|td|div|span|strong|h2|br|!--\[if|!\[endif\]--)$/i;
      expect([...new Set(names)].filter((name) => !own.test(name ?? ''))).toEqual([]);
      expect(html).not.toMatch(/<[^>]*\s(on\w+|href|src)\s*=/i);
    }
  });

  test('has nothing to click, in any of its forms, and a subject of one line', () => {
    for (const { html, text, subject } of mails()) {
      for (const part of [html, text, subject]) {
        expect(part).not.toMatch(/:\/\/|\bwww\.|@[\p{L}\p{N}]|evil\.com|\b(mailto|tel|javascript):/iu);
      }
      expect(text).not.toMatch(ACTING);
      expect(subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      for (const line of text.split('\n')) expect(line).not.toMatch(/^(# heading|- list|\| a|```|> quote)/);
    }
  });
});

test('on a terminal nothing moves, colours or rings, and tables keep their borders', () => {
  for (const [name, text] of traces.terminal) {
    expect([name, ACTING.exec(text)?.[0]]).toEqual([name, undefined]);
    expect(text).not.toMatch(/^(# heading|- list|\| a \| b|```|> quote|---$)/m);
    for (const rows of borders(text)) expect([name, new Set(rows).size]).toEqual([name, 1]);
  }
});

test('each line of the log is one event, as JSON and as a person reads it', () => {
  const { lines, terminal } = traces.logs;
  expect(lines).not.toMatch(ACTING);
  for (const line of lines.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  expect(terminal.replaceAll(COLOUR, '')).not.toMatch(ACTING);
  for (const line of terminal.replaceAll(COLOUR, '').trimEnd().split('\n'))
    expect(line).toMatch(/^\[\d\d:\d\d:\d\d\] /);
});

test('what is kept in the state folder does not act on whoever looks at it', () => {
  expect([...traces.state].filter(([, text]) => ACTING.test(text)).map(([name]) => name)).toEqual([]);
});
