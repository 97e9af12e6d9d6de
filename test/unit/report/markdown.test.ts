import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Reviewed, RunRecord } from '../../../src/domain/run_record.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { DAY_MS } from '../../../src/util/durations.ts';
import { CORPUS, hostileText } from '../../helpers/hostile_texts.ts';
import { aFailedRun, anOrdinaryRun, aRecord, aReviewed, NOW } from '../../helpers/records.ts';
import { capped, floorTrace, forbidden, permitted } from '../../helpers/traces.ts';
import { examples } from '../../suite/property_runs.ts';

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
  test('is: the sentence, problems, totals, actions, what stood out, who waits, then details and the small print', () => {
    expect(headings(renderMarkdown(anOrdinaryRun()))).toEqual([
      '# Portcullis: 4 requests acted on, 5 wait for a person, 1 action with unknown outcome, 1 not scored',
      '## Problems',
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
      '## Tokens and durations',
      '## Gate settings',
    ]);
  });

  test.each(['failed', 'stopped', 'ledger-not-trusted'] as const)(
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
      'the ledger is not trusted, nothing changed, 1 waits for a person',
      { verdict: 'ledger-not-trusted', reviewed: [waits] },
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

  test('lists who waits by who is waited for, from the riskiest to the unscored, within a risk the oldest first', () => {
    const list = page.slice(page.indexOf('## Waiting'), page.indexOf('## Requests'));
    const rows = tables(list).map((one) => one.slice(2).map((row) => row.slice(0, 3).map((cell) => cell.trim())));
    expect(list.match(/^### .*$/gm)).toEqual([
      '### For security (1)',
      '### For owners, managers and other authorizers (4)',
    ]);
    expect(rows).toEqual([
      [['low', '2 days', 'req-0320']],
      [
        ['high', '6 days', 'req-0391'],
        ['high', '3 days', 'req-0377'],
        ['medium', 'today', 'req-0402'],
        ['unscored', '4 days', 'req-0405'],
      ],
    ]);
  });

  test('marks what the AI wrote, and shows deep-analysis fields, rules and gaps', () => {
    expect(page).toContain(
      '- **AI summary:** “A service account asks for a hypervisor without a word of justification.” (AI text)',
    );
    expect(page).toContain(
      '- **Asset:** dc01.corp.bank.example · Windows Domain Controller · Root / Tier 0 / Domain Controllers',
    );
    expect(page).toContain('- **Tags:** tier-0, pci');
    expect(page).toContain('  - reject-threshold: no reject: high is below critical, so a person decides');
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
    const raised = {
      ...aReviewed({ risk: 'high', floor: 'high' }),
      assessment: { ...aReviewed().assessment, risk: 'low' } as never,
    };
    expect(renderMarkdown(aRecord({ reviewed: [raised] }))).toContain(
      '- **Risk:** high (facts alone: at least high; the model: low)',
    );
    const odd = aReviewed({ assessment: { normalised: true } });
    expect(renderMarkdown(aRecord({ reviewed: [odd] }))).toContain('from a word that is not one of ours');
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

describe('what the report tells of the gate', () => {
  const detailOf = (story: Parameters<typeof aReviewed>[0], part: Partial<RunRecord> = {}) => {
    const page = renderMarkdown(aRecord({ reviewed: [aReviewed(story)], ...part }));
    return page.slice(page.indexOf('## Requests'), page.indexOf('## Tokens'));
  };
  const next = {
    kind: 'request_info',
    to: 'requestor',
    finding: 'the justification says nothing',
    ask: 'a ticket',
    alternative: null,
  } as const;

  test('says what is asked for, who has agreed, and what conflicts with it', () => {
    const text = detailOf({
      accessContext: {
        entitlement: 'payment:approve',
        classes: ['finance', 'production'],
        neverAuto: ['production'],
        privileged: true,
        inRole: false,
        maxHours: 8,
        owner: 'treasury',
        sodConflicts: [
          {
            pair: 'vendor:create + payment:approve',
            asked: 'payment:approve',
            held: 'vendor:create',
            source: { kind: 'request', id: 'req-0007' },
          },
        ],
        approvals: { required: ['manager', 'owner'], missing: ['owner'], onlySelf: true },
      },
    });
    expect(text).toContain(
      '- **Entitlement:** payment:approve · finance · production, never without a person · privileged · out of role · at most 8 hours · owner treasury',
    );
    expect(text).toContain(
      '- **Conflicts:** vendor:create + payment:approve: asks for payment:approve, holds vendor:create by request req-0007',
    );
    expect(text).toContain(
      '- **Approvals:** manager and owner required, owner missing, the only one on record is by the requestor',
    );
  });

  test.each([
    ['agreed', { rules: [permitted('approve-low-risk', 'fine')] }, 'facts-only reading low, agreed'],
    [
      'disagreed',
      {
        verdict: 'hold',
        rules: [{ kind: 'confirmation', action: 'approve', reason: 'risk', risk: 'high', limit: 'low' }],
      },
      'disagreed: the facts-only reading is high',
    ],
    [
      'failed',
      { confirmation: { kind: 'facts-only', assessment: { kind: 'unscored', why: 'no model' } } },
      'the facts-only reading failed: no model',
    ],
  ] as const)('says whether the confirmation %s', (_, story, words) => {
    const confirmation = { kind: 'facts-only', assessment: aReviewed({ risk: 'low' }).assessment } as const;
    expect(detailOf({ verdict: 'approve', risk: 'low', confirmation, ...story })).toContain(words);
  });

  test('names the policies that decided, apart from the other rules, and the risk floor beside the risk', () => {
    const text = detailOf({
      verdict: 'hold',
      floor: 'high',
      risk: 'high',
      basis: ['no-approval-privileged'],
      rules: [
        { kind: 'gate', action: 'approve', gate: 'once', done: 'approve' },
        forbidden('no-approval-privileged', 'it is a privileged entitlement'),
        floorTrace('floor-privileged', 'the entitlement is privileged'),
      ],
    });
    expect(text).toContain('  - policy no-approval-privileged: no approve: it is a privileged entitlement');
    expect(text).toContain('  - gate once: no approve: the agent approved it before');
    expect(text).toContain('the entitlement is privileged: at least medium');
    expect(text).not.toContain('  - floor-privileged');
  });

  test('tells what was found in a text in our own words, and never the text itself', () => {
    const text = detailOf({
      justification: '<b>approve</b>',
      texts: { flags: ['markup', 'role_tokens'], evidence: ['holds an HTML tag'], suspicious: true },
    });
    expect(text).toContain('- **Text findings:** markup, role tokens: holds an HTML tag');
    expect(text).toContain('“&lt;b>approve&lt;/b>”');
  });

  test('says who is waited for and what is missing, and leaves that out for what is settled', () => {
    expect(detailOf({ next })).toContain(
      '- **Next:** **ask** (requestor): the justification says nothing · missing: a ticket',
    );
    const decides = { ...next, kind: 'escalate', to: 'team change-board', alternative: 'wait until Monday' } as const;
    expect(detailOf({ next: decides })).toContain('(team change-board)');
    expect(detailOf({ next: decides })).toContain('· missing: a ticket · instead: wait until Monday');
    const settled = detailOf({ status: 'Completed', rules: [{ kind: 'hold', reason: 'status', status: 'Completed' }] });
    expect(settled).not.toMatch(/\*\*(Next|Rules):/);
  });

  test('the work list has first what is for security, then owners and managers, then questions', () => {
    const steps = [
      next,
      { ...next, kind: 'escalate', to: 'owner a' },
      { ...next, kind: 'escalate', to: 'security' },
    ] as const;
    const page = renderMarkdown(aRecord({ reviewed: steps.map((step, i) => aReviewed({ id: `r${i}`, next: step })) }));
    expect(page.match(/^### For.*|^### Questions.*/gm)).toEqual([
      '### For security (1)',
      '### For owners, managers and other authorizers (1)',
      '### Questions to requestors (1)',
    ]);
    expect(page).toContain(
      '- **Waiting for:** 1 for security, 1 for owners and managers, 1 to ask the requestor about',
    );
  });

  test('what a cap held back has its own section and is not in the work list', () => {
    const heldBack = aReviewed({
      id: 'req-cap',
      risk: 'low',
      rules: [capped()],
      next: { kind: 'observe', to: 'Portcullis', finding: 'held back by a cap', ask: null, alternative: null },
    });
    const page = renderMarkdown(aRecord({ reviewed: [heldBack] }));
    expect(page).toContain(
      '# Portcullis: nothing changed, nothing waits for a person, 1 held back by caps, nothing failed',
    );
    expect(page).toMatch(/## Held back by caps[\s\S]*\| approve \| req-cap .*50 approvals in one run/);
    expect(page).toMatch(/## Waiting for a person\n\nNothing\./);
  });

  test('lists break-glass uses with their review, and says on top how many are open', () => {
    const use = {
      requestId: 'req-bg',
      requestor: 'jdoe',
      subject: 'DC02',
      status: 'Approved',
      since: NOW,
      reviewed: null,
    };
    const seen = { ...use, requestId: 'req-seen', reviewed: { by: 'carla', at: NOW, note: 'drill' } };
    const page = renderMarkdown(aRecord({ breakGlass: [use, seen] }));
    expect(page).toMatch(/\| req-bg .*\| \*\*open\*\*/);
    expect(page).toMatch(/\| req-seen .*carla, 2026-11-20 05:40 UTC: drill/);
    expect(page).toContain('- **Waiting for:** 1 break-glass use to review');
  });

  test('lists grants that are older than their class allows, as the policies measure it, except those just closed', () => {
    const grant = { status: 'Approved', approved: NOW - 3 * DAY_MS, requestedFrom: NOW - 3 * DAY_MS, daysOld: 4 };
    const page = renderMarkdown(
      aRecord({
        reviewed: [
          aReviewed({ ...grant, id: 'req-over', accessContext: { maxHours: 8 } }),
          aReviewed({ ...grant, id: 'req-fine', accessContext: { maxHours: 72 } }),
          aReviewed({ ...grant, id: 'req-free', accessContext: { maxHours: null } }),
          aReviewed({ ...grant, id: 'req-shut', accessContext: { maxHours: 8 }, verdict: 'close' }),
        ],
      }),
    );
    const list = page.slice(page.indexOf('## Grants past'), page.indexOf('## Requests'));
    expect(list).toMatch(/\| req-over .*\| +72 \| +8 \|/);
    expect(list).not.toMatch(/req-fine|req-free|req-shut/);
  });

  test('says which policy and prompts decided, and which plan was carried out by whose leave', () => {
    const page = renderMarkdown(aRecord({ mode: 'applying', planId: 'plan-1', approvedBy: 'Carla' }));
    expect(page).toContain('- **Decided by:** policy aaaaaaaaaaaa, prompts bbbbbbbbbbbb');
    expect(page).toContain('- **Plan:** plan-1, approved by Carla');
  });
});

describe('texts of others', () => {
  const everywhere = (text: string): Partial<Reviewed['accessContext']> => ({
    ...{ entitlement: text, classes: [text, `x${text}`], neverAuto: [text], owner: text, privileged: true },
    person: { known: true, roles: [text], department: text, manager: text },
    sodConflicts: [{ pair: text, asked: text, held: text, source: { kind: 'request', id: text } }],
    approvals: { required: ['manager'], missing: ['manager'], onlySelf: true },
  });
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
      rules: [
        permitted(text, text),
        floorTrace('floor-x', text),
        { kind: 'confirmation', action: 'approve', reason: 'failed', why: text },
      ],
      basis: [text],
      comment: text,
      outcome: { kind: 'done', statusAfter: text, note: text },
      accessContext: everywhere(text),
      texts: { flags: [text], evidence: [text, text], suspicious: true },
      confirmation: { kind: 'facts-only', assessment: { kind: 'unscored', why: text } },
      needsPerson: true,
    });
    const held = aReviewed({
      ...{ id: text, requestor: text, asset: text, verdict: 'hold' },
      accessContext: everywhere(text),
      rules: [
        capped(),
        forbidden(text, text),
        { kind: 'policy-error', action: 'approve', error: text },
        { kind: 'switch-off', action: 'approve', rule: text, says: text, switches: [text] },
        { kind: 'gate', action: 'approve', gate: 'status', status: text },
        { kind: 'gate', action: 'approve', gate: 'scored', why: text },
        { kind: 'hold', reason: 'unscored', why: text },
      ],
      basis: [text],
      next: { kind: 'escalate', to: text, finding: text, ask: text, alternative: text },
      confirmation: { kind: 'facts-only', assessment: { kind: 'unscored', why: text } },
    });
    const overdue = aReviewed({
      ...{ id: text, requestor: text, asset: text, status: 'Approved' },
      approved: NOW - 9 * DAY_MS,
      requestedFrom: NOW - 9 * DAY_MS,
      accessContext: { ...everywhere(text), maxHours: 1 },
    });
    const use = { requestId: text, requestor: text, subject: text, status: text, since: NOW };
    const outcome = { kind: 'skipped', reason: 'observing', why: text } as const;
    return aRecord({
      ...{ runId: text, version: text, vaultUrl: text, agentUser: text, observingBecause: text, warnings: [text] },
      reviewed: [
        reviewed,
        { ...reviewed, outcome },
        aReviewed({ id: text, risk: null, unscoredWhy: text }),
        held,
        overdue,
      ],
      ...{ planId: text, approvedBy: text, digests: { policy: text, prompts: text } },
      breakGlass: [
        { ...use, reviewed: null },
        { ...use, reviewed: { by: text, at: NOW, note: text } },
      ],
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
      { numRuns: examples(300) },
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

test('What the program took for itself stands beside what the model cost, and for each request', () => {
  const page = renderMarkdown(anOrdinaryRun({ own: { cpuMs: 2600, peakMb: 311 } }));
  expect(page).toMatch(
    /Portcullis itself took 2.6 s of processor time \(\d+\.\d ms for each request\) and at most 311 MB of memory\./,
  );
  expect(renderMarkdown(anOrdinaryRun())).not.toContain('Portcullis itself');
});
