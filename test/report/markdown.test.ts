import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../src/report/markdown.ts';
import type { RunRecord } from '../../src/request/run_record.ts';
import { CORPUS, hostileText } from '../helpers/hostile_texts.ts';
import { aFailedRun, anOrdinaryRun, aRecord, aReviewed } from '../helpers/records.ts';

const headings = (markdown: string) => markdown.split('\n').filter((line) => /^##? /.test(line));
const titleOf = (record: RunRecord) => renderMarkdown(record).split('\n')[0];

/** Every table of a page as rows of cells, split where GitHub would split them. */
function tables(markdown: string): string[][][] {
  const blocks = markdown.split(/\n\n+/).map((block) => block.split('\n').filter((line) => line.startsWith('| ')));
  return blocks
    .filter((rows) => rows.length > 0)
    .map((rows) => rows.map((row) => row.slice(2, -2).split(/ (?<!\\)\| /)));
}

describe('the order of the report', () => {
  test('is: the sentence, totals, actions, what stood out, who waits, then details and the small print', () => {
    expect(headings(renderMarkdown(anOrdinaryRun()))).toEqual([
      '# Portcullis: 4 requests acted on, 5 wait for a person, 1 action with unknown outcome, 1 not scored',
      '## Totals',
      '## Actions',
      '## Anomalies',
      '## Waiting for a person',
      '## Requests: critical (1)',
      '## Requests: high (2)',
      '## Requests: medium (2)',
      '## Requests: low (4)',
      '## Requests: unscored (1)',
      '## Not scored',
      '## Malformed records',
      '## Actions of earlier runs',
      '## Warnings',
      '## Problems',
      '## Tokens and durations',
      '## Gate settings',
    ]);
  });

  test.each(['failed', 'stopped', 'memory-not-trusted'] as const)(
    'puts the problems on top when a run is %s',
    (verdict) => {
      const page = renderMarkdown(aFailedRun({ verdict }));
      expect(headings(page)[1]).toBe('## Problems');
      expect(page).toContain('  - What to do: it refused the credential');
      expect(page).toContain('No requests were reviewed.');
      expect(page).not.toContain('## Actions');
    },
  );
});

describe('the sentence in the title', () => {
  const waits = aReviewed();
  const done = aReviewed({ verdict: 'approve', risk: 'low' });
  const problems = [{ where: 'score', message: 'the model is down', advice: null }];
  const observed = aReviewed({
    verdict: 'approve',
    outcome: { kind: 'skipped', reason: 'observing', why: 'observing' },
  });
  const failed = aReviewed({ verdict: 'approve', outcome: { kind: 'failed', why: '401' } });
  test.each<[string, Partial<RunRecord>]>([
    ['nothing changed, nothing waits for a person, nothing failed', {}],
    ['nothing changed, 1 would have been acted on, nothing failed', { mode: 'observing', reviewed: [observed] }],
    ['1 request acted on, nothing waits for a person, nothing failed', { reviewed: [done] }],
    ['2 requests acted on, 1 waits for a person, nothing failed', { reviewed: [done, done, waits] }],
    ['nothing changed, 2 wait for a person, 1 action failed', { reviewed: [waits, waits, failed] }],
    [
      'nothing changed, 1 would have been acted on, 1 waits for a person, nothing failed',
      { mode: 'observing', reviewed: [observed, waits] },
    ],
    ['nothing changed, nothing waits for a person, 1 problem', { verdict: 'done-with-problems', problems }],
    ['the run failed, nothing changed', { verdict: 'failed', problems }],
    ['the run failed, 1 request acted on', { verdict: 'failed', problems, reviewed: [done] }],
    [
      'the run was stopped early, 1 request acted on, 1 waits for a person',
      { verdict: 'stopped', reviewed: [done, waits] },
    ],
    [
      'the memory of past actions is not trusted, nothing changed, 1 waits for a person',
      { verdict: 'memory-not-trusted', reviewed: [waits] },
    ],
  ])('is "%s"', (sentence, part) => {
    expect(titleOf(aRecord(part))).toBe(`# Portcullis: ${sentence}`);
  });
});

describe('what the report tells', () => {
  const page = renderMarkdown(anOrdinaryRun());

  test('names each action with what became of it', () => {
    expect(page).toMatch(
      /\| reject +\| req-0398 +\| ext-mveith +\| dc01\.corp\.bank\.example +\| critical +\| rejected +\| now Rejected/,
    );
    expect(page).toMatch(/\| approve +\| req-0413 .*\| now Active; level 1 of 2, another approver follows/);
    expect(page).toMatch(/\| approve +\| req-0320 .*\| outcome unknown +\| the connection broke/);
  });

  test('lists who waits from the riskiest to the unscored, within a risk the oldest first', () => {
    const waiting = tables(page.slice(page.indexOf('## Waiting'), page.indexOf('## Requests')))[0]?.slice(2) ?? [];
    expect(waiting.map((row) => row.slice(0, 3).map((cell) => cell.trim()))).toEqual([
      ['high', '6 days', 'req-0391'],
      ['high', '3 days', 'req-0377'],
      ['medium', 'today', 'req-0402'],
      ['low', '2 days', 'req-0320'],
      ['unscored', '4 days', 'req-0405'],
    ]);
  });

  test('marks what the AI wrote, and shows deep-analysis fields, rules and gaps', () => {
    expect(page).toContain(
      '- **AI summary:** “A service account asks for a hypervisor without a word of justification.” (AI text)',
    );
    expect(page).toContain('- **Asset type:** Windows Domain Controller');
    expect(page).toContain('- **Container:** Root / Tier 0 / Domain Controllers');
    expect(page).toContain('- **Tags:** tier-0, pci');
    expect(page).toContain('  - reject-threshold: high is below critical, so a person decides');
    expect(page).toContain('- **Gaps:** container (vault answered 403)');
  });

  test('tells an observing run as what would have been done, and why it only observed', () => {
    const outcome = { kind: 'skipped', reason: 'observing', why: 'observing' } as const;
    const record = aRecord({
      mode: 'observing',
      observingBecause: 'dry run',
      reviewed: [aReviewed({ verdict: 'approve', risk: 'low', outcome })],
    });
    const observing = renderMarkdown(record);
    expect(observing).toContain('## What would have been done');
    expect(observing).toContain('(because: dry run)');
    expect(observing).toMatch(/## Actions\n\nNone\./);
    expect(observing).toContain('**Comment prepared:**');
  });

  test('says where the final risk is not the word of the model', () => {
    const raised = { ...aReviewed({ risk: 'high' }), assessment: { ...aReviewed().assessment, risk: 'low' } as never };
    expect(renderMarkdown(aRecord({ reviewed: [raised] }))).toContain('- **Risk:** high; the model alone said low');
    const odd = aReviewed({ assessment: { normalised: true } });
    expect(renderMarkdown(aRecord({ reviewed: [odd] }))).toContain('was not one of ours and was taken as medium');
  });

  test('survives times that no calendar has', () => {
    const odd = aReviewed({ created: 1e300, requestedFrom: Number.NaN, requestedTo: -1e300 });
    expect(renderMarkdown(aRecord({ reviewed: [odd] }))).toContain('unknown time');
  });

  test('shows every line of a table equally wide, wide characters included', () => {
    for (const block of page.split('\n\n').filter((b) => b.startsWith('| '))) {
      expect(new Set(block.split('\n').map((line) => stringWidth(line))).size).toBe(1);
    }
  });
});

describe('texts of others', () => {
  /** The same run with one text in every place that people, the model or the vault fill. */
  const filledWith = (text: string): RunRecord => {
    const reviewed = aReviewed({
      ...{
        id: text,
        status: text,
        requestor: text,
        displayName: text,
        asset: text,
        operation: text,
        justification: text,
      },
      deep: { type: text, containerPath: text, tags: [text, text] },
      gaps: [{ what: 'asset', why: text }],
      assessment: { summary: text, comment: `x${text}`, flags: ['other'] },
      verdict: 'approve',
      rules: [{ rule: text, says: text }],
      comment: text,
      outcome: { kind: 'done', statusAfter: text, note: text },
      needsPerson: true,
    });
    const outcome = { kind: 'skipped', reason: 'observing', why: text } as const;
    return aRecord({
      ...{ runId: text, version: text, vaultUrl: text, agentUser: text, observingBecause: text, warnings: [text] },
      reviewed: [reviewed, { ...reviewed, outcome }, aReviewed({ id: text, risk: null, unscoredWhy: text })],
      malformed: [{ position: 0, id: text, problem: text }],
      recovered: [{ requestId: text, action: 'approve', runId: text, found: 'unclear', says: text }],
      problems: [{ where: text, message: text, advice: text }],
      usage: { model: text, calls: 1, promptTokens: 1, completionTokens: 1 },
      gate: [{ setting: text, value: text }],
    });
  };
  /** Lines and cells: the frame that no text may move. */
  const frame = (page: string) => ({
    lines: page
      .split('\n')
      .map((line) => /^(#+ |\| |- \*\*[^:]*:|(?:- )|\s*- |$)?/.exec(line)?.[0].replace(/\*\*.*/, '')),
    cells: tables(page).map((rows) => rows.map((row) => row.length)),
  });
  const plain = frame(renderMarkdown(filledWith('word')));

  test('never move a line, a cell or a heading of the page', () => {
    fc.assert(
      fc.property(
        hostileText.map((text) => `w${text}`),
        (text) => {
          expect(frame(renderMarkdown(filledWith(text)))).toEqual(plain);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of the whole corpus leave no tag, link or address on the page', () => {
    const page = renderMarkdown(
      aRecord({
        reviewed: CORPUS.map(({ id, text }) =>
          aReviewed({ id, justification: text, requestor: text, assessment: { summary: text, comment: text } }),
        ),
      }),
    );
    const own = page.replace('`https(:)//`', '');
    expect(own).not.toMatch(/<\w|:\/\/|(?<!\\)`|@\w/);
    expect(own).not.toMatch(/(?<!\\)\]\(/);
  });
});

test('a window of five thousand requests is written in seconds, not minutes', () => {
  const reviewed = Array.from({ length: 5000 }, (_, n) =>
    aReviewed({ id: `req-${n}`, justification: 'x '.repeat(2000) }),
  );
  const started = performance.now();
  renderMarkdown(aRecord({ reviewed }));
  expect(performance.now() - started).toBeLessThan(10_000);
});
