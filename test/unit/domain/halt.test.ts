/** A halt is told wherever a run is told: report, JSON twin, mail, terminal. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Halt } from '../../../src/domain/halt.ts';
import type { RunRecord } from '../../../src/domain/run_record.ts';
import { composeMail } from '../../../src/mail/mail.ts';
import { loadTemplate } from '../../../src/mail/template.ts';
import { toJson } from '../../../src/report/json.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { summary } from '../../../src/terminal/summary.ts';
import { ACTING } from '../../e2e/place.ts';
import { hostileText } from '../../helpers/hostile_texts.ts';
import { aRecord, aReviewed, NOW } from '../../helpers/records.ts';
import { examples } from '../../suite/property_runs.ts';

const template = await loadTemplate('prompts');
const mailOf = (record: RunRecord) => composeMail(record, template, { reportFile: 'reports/x.md' });
const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x60;', '`')
    .replace(/\s+/g, ' ');

const HALT: Halt = { source: 'file', since: NOW - 60_000, by: 'anna', reason: 'INC-4711' };
const left = { kind: 'skipped', reason: 'halted', why: 'halted; run `portcullis resume`' } as const;
const midway = aRecord({
  halt: HALT,
  reviewed: [
    aReviewed({ id: 'a', verdict: 'approve', risk: 'low' }),
    aReviewed({ id: 'b', verdict: 'approve', risk: 'low', outcome: left }),
    aReviewed({ id: 'c', verdict: 'close', risk: 'low', outcome: left }),
  ],
});
const STORY = 'Portcullis is halted by anna since 2026-11-20 05:39 UTC: INC-4711';
const UNDONE = '2 actions were left undone and stay eligible';

describe('a halt in the middle of a run', () => {
  test('stands on top of the report: who, since when, why, what was left undone and what to do', () => {
    const [title, , first] = renderMarkdown(midway).split('\n');
    expect(title).toBe('# Portcullis: halted, 1 request acted on, 2 left undone, nothing failed');
    expect(first).toBe(
      `- **Halted:** ${STORY}; ${UNDONE}. What to do: run \`portcullis resume\` when it may act again`,
    );
    expect(renderMarkdown(midway)).toMatch(/^\| approve \| b .*\| not done +\| halted; run/m);
  });

  test('stands in the JSON twin as facts', () => {
    const { run, totals } = toJson(midway);
    expect(run.halt).toEqual({ source: 'file', since: '2026-11-20T05:39:12.000Z', by: 'anna', reason: 'INC-4711' });
    expect(totals.left_undone_by_halt).toBe(2);
    expect(toJson(aRecord()).run.halt).toBeNull();
  });

  test('stands in the subject and on top of the mail, with and without HTML', () => {
    const { subject, html, text } = mailOf(midway);
    expect(subject).toBe('Portcullis: HALTED, 1 approved, 2 left undone');
    expect(textOf(html)).toContain(`${STORY}; ${UNDONE} What to do: run \`portcullis resume\``);
    expect(text).toContain(`${STORY}; ${UNDONE}. What to do: run \`portcullis resume\``);
  });

  test('stands at the end of the run on the terminal', () => {
    const [first, second] = summary(midway, null).trim().split('\n\n');
    expect(first).toBe('Halted, 1 request acted on, 2 left undone, nothing failed.');
    expect(second).toContain(`! ${STORY}; ${UNDONE}`);
    expect(summary(midway, null)).toMatch(/not done: halted; run `portcullis resume`/);
  });
});

test('a run without a halt says nothing of one', () => {
  const record = aRecord({ reviewed: midway.reviewed.slice(0, 1) });
  const { subject, html, text } = mailOf(record);
  for (const told of [renderMarkdown(record), subject, html, text, summary(record, null)])
    expect(told).not.toMatch(/halt/i);
});

test('the setting and a file that nobody can read are told as what they are, each with its own way out', () => {
  const told = (halt: Halt) => renderMarkdown(aRecord({ mode: 'observing', halt }));
  expect(told({ source: 'setting', since: null, by: null, reason: null })).toMatch(
    /halted by the setting HALT\. What to do: take HALT out of the settings/,
  );
  const why = 'could not read `state/halt.json`: EACCES';
  expect(told({ source: 'unreadable', since: null, by: null, reason: why })).toMatch(
    /halt file is there and cannot be understood: .*EACCES.*What to do: look at `halt\.json`/,
  );
});

test('whatever was written as its reason can act on no place where it is shown', () => {
  fc.assert(
    fc.property(hostileText, (reason) => {
      const record = aRecord({ mode: 'observing', halt: { ...HALT, by: reason, reason } });
      const { html } = mailOf(record);
      expect(html.match(/<(?!\/?(?:table|tr|td|div|strong|h2|br|html|head|meta|title|body|!))[^>]*>/i)).toBeNull();
      expect(textOf(html)).not.toMatch(/https?:\/\//);
      const story = renderMarkdown(record).split('\n')[2] ?? '';
      expect(story).toMatch(/^- \*\*Halted:\*\* Portcullis is halted by .* What to do: run `portcullis resume`/);
      expect(story).not.toMatch(/<|https?:\/\/|(?<!\\)\[/);
      expect(summary(record, null)).not.toMatch(ACTING);
    }),
    { numRuns: examples(150) },
  );
});
