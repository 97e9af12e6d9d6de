import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { summary } from '../../../src/terminal/summary.ts';
import { ACTING } from '../../e2e/place.ts';
import { aFailedRun, anOrdinaryRun, aRecord, aReviewed } from '../../helpers/records.ts';
import { approvalsPerRun, capped } from '../../helpers/traces.ts';
import { examples } from '../../suite/property_runs.ts';

const blocks = (text: string): string[] => text.split('\n\n');
const tables = (text: string): string[][] =>
  blocks(text.trim())
    .filter((block) => block.startsWith('|'))
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')));

describe('the summary at the end of a run', () => {
  test('says what happened in its first line, then counts, actions and where to read on', () => {
    const text = summary(anOrdinaryRun(), '/srv/reports/a.md');
    expect(text.trimStart().split('\n')[0]).toMatch(/^[A-Z0-9].*\.$/);
    expect(tables(text)).toHaveLength(2);
    expect(text.trimEnd().split('\n').at(-1)).toBe('report: /srv/reports/a.md');
  });

  test('an action that was simply done is "done", and one with a remark says it', () => {
    const text = summary(
      aRecord({
        reviewed: [
          aReviewed({ id: 'a', verdict: 'approve', risk: 'low' }),
          aReviewed({ id: 'b', verdict: 'approve', outcome: { kind: 'done', statusAfter: null, note: 'one level' } }),
          aReviewed({ id: 'c', verdict: 'reject', outcome: { kind: 'failed', why: 'the vault answered 401' } }),
          aReviewed({ id: 'd', verdict: 'close', outcome: { kind: 'unknown', why: 'the line dropped' } }),
          aReviewed({ id: 'e', verdict: 'close', outcome: { kind: 'skipped', reason: 'observing', why: 'x' } }),
          aReviewed({ id: 'f', verdict: 'close', outcome: { kind: 'skipped', reason: 'declined', why: 'x' } }),
          aReviewed({ id: 'g', verdict: 'close', outcome: { kind: 'skipped', reason: 'changed', why: 'it is gone' } }),
        ],
      }),
      null,
    );
    const outcomes = (tables(text)[1] ?? []).slice(2).map((line) => line.split('|').at(-2)?.trim());
    expect(outcomes).toEqual([
      'done',
      'done: one level',
      'failed: the vault answered 401',
      'unknown: the line dropped',
      'not done: only observing',
      'not done: you said no',
      'not done: it is gone',
    ]);
  });

  test('says who is waited for, and what caps held back', () => {
    const heldBack = aReviewed({
      id: 'c',
      risk: 'low',
      rules: [capped(approvalsPerRun(1))],
      next: { kind: 'observe', to: 'Portcullis', finding: 'x', ask: null, alternative: null },
    });
    const text = summary(aRecord({ reviewed: [aReviewed(), heldBack] }), 'r.md');
    expect(text).toContain('waiting for: 1 for owners and managers\n');
    expect(text).toContain('held back:   1 by 1 approval in one run (CAP_APPROVALS_PER_RUN)');
  });

  test('more actions than fit are counted, not printed', () => {
    const reviewed = Array.from({ length: 40 }, (_, n) => aReviewed({ id: `r${n}`, verdict: 'approve', risk: 'low' }));
    const text = summary(aRecord({ reviewed }), 'r.md');
    expect(text).toContain('… and 25 more in the report');
    expect(text.split('\n').length).toBeLessThan(35);
  });

  test('a failed run shows the problem with its advice, and no empty tables', () => {
    const text = summary(aFailedRun(), null);
    expect(text).toMatch(/^! /m);
    expect(text).toContain('report: could not be written');
    expect(tables(text)).toEqual([]);
  });

  test('a problem and its advice are told to their ends, while a cell of a table stays short', () => {
    const fact = '401 (token of `agent` ends 2026-11-20)';
    const long = `${'the vault refused the call '.repeat(10)}: ${fact}`;
    const record = aRecord({
      reviewed: [aReviewed({ verdict: 'approve', outcome: { kind: 'failed', why: long } })],
      problems: [{ where: 'act', message: long, advice: `${'x'.repeat(300)} look at VAULT_API_TOKEN | or ask` }],
    });
    const text = summary(record, 'r.md');
    expect(text).toContain(`\n! act: ${long}\n  ${'x'.repeat(300)} look at VAULT_API_TOKEN | or ask\n`);
    const cells = (tables(text)[1]?.at(-1) ?? '').split('|').map((cell) => cell.trim());
    expect(cells.at(-2)).toMatch(/…$/);
    expect(Math.max(...cells.map((cell) => cell.length))).toBe(70);
  });

  test('a run without any request is a run: no table, no fault', () => {
    expect(summary(aRecord(), 'r.md')).toBe(
      '\nNothing changed, nothing waits for a person, nothing failed.\n\nreport: r.md\n',
    );
  });
});

describe('names and texts of others on the terminal', () => {
  const show = (text: string): string =>
    summary(
      aRecord({
        reviewed: [
          aReviewed({ asset: text, requestor: text, verdict: 'approve', outcome: { kind: 'failed', why: text } }),
          aReviewed({ id: 'two', verdict: 'approve', risk: 'low' }),
        ],
        problems: [{ where: 'vault', message: text, advice: text }],
      }),
      'r.md',
    );

  test.each([
    ['escape sequences', '\u001b[2J\u001b[31mAPPROVED\u001b[0m \u009b31m'],
    ['a title change and a bell', '\u001b]0;owned\u0007'],
    ['a hyperlink', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\'],
    ['line breaks', 'a\r\n| approve | DC01 | x | low | done |\n\u2028b'],
    ['a text that runs backwards', 'a\u202eevil\u2066'],
    ['wide characters', '承認済み 🦊 café'],
    ['table borders', 'a | b || c \\| d'],
    ['a very long name', 'x'.repeat(5_000)],
    ['nothing visible', '\u200b\u2060'],
  ])('%s neither act nor break the table', (_name, text) => {
    const shown = show(text);
    expect(shown).not.toMatch(ACTING);
    const [, actions = []] = tables(shown);
    expect(actions).toHaveLength(4);
    expect(new Set(actions.map((line) => stringWidth(line))).size).toBe(1);
    expect(new Set(actions.map((line) => line.split(' | ').length)).size).toBe(1);
    expect(Math.max(...actions.map((line) => stringWidth(line)))).toBeLessThan(250);
    expect(Math.max(...shown.split('\n').map((line) => stringWidth(line)))).toBeLessThan(450);
  });

  test('whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const shown = show(text);
        const [, actions = []] = tables(shown);
        return actions.length === 4 && !ACTING.test(shown);
      }),
      { numRuns: examples(200) },
    );
  });
});
