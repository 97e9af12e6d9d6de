import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../src/domain/run_record.ts';
import { composeMail } from '../../../src/mail/mail.ts';
import { loadTemplate, type MailTemplate } from '../../../src/mail/template.ts';
import { CORPUS, hostileText } from '../../helpers/hostile_texts.ts';
import { aFailedRun, anOrdinaryRun, aRecord, aReviewed, type Story } from '../../helpers/records.ts';
import { capped, permitted } from '../../helpers/traces.ts';
import { examples } from '../../suite/property_runs.ts';

let template: MailTemplate;
beforeAll(async () => {
  template = await loadTemplate('prompts');
});
const compose = (record: RunRecord, remarks: string[] = [], reportFile: string | null = 'reports/x.md') =>
  composeMail(record, template, { reportFile, remarks });
/** What a reader sees, blanks collapsed. */
const textOf = (html: string) =>
  html
    .replace(/<title>.*?<\/title>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
const problem = {
  where: 'fetch',
  message: 'vault refused to list requests: 401\r\nBcc: evil@evil.com',
  advice: 'look at the token',
};
const observing = { kind: 'skipped', reason: 'observing', why: 'observing' } as const;

describe('the subject', () => {
  const approved = aReviewed({ verdict: 'approve', risk: 'low' });
  const rejected = aReviewed({ verdict: 'reject', risk: 'critical' });
  const waits = aReviewed();
  test.each<[string, Partial<RunRecord>]>([
    [
      '2 approved, 1 rejected, 4 need a person',
      { reviewed: [approved, approved, rejected, waits, waits, waits, waits] },
    ],
    ['1 needs a person', { reviewed: [waits] }],
    ['nothing to do', {}],
    ['nothing to do, cost alert', { costMet: ['threshold'] }],
    ['COST CEILING REACHED, 1 needs a person', { costMet: ['ceiling'], reviewed: [waits] }],
    ['nothing to do, with problems', { verdict: 'done-with-problems', problems: [problem] }],
    ['would have 1 approved', { mode: 'observing', reviewed: [aReviewed({ verdict: 'approve', outcome: observing })] }],
    ['RUN STOPPED EARLY, 1 approved', { verdict: 'stopped', reviewed: [approved] }],
    [
      'LEDGER NOT TRUSTED, nothing was acted on, 1 needs a person',
      { verdict: 'ledger-not-trusted', reviewed: [waits] },
    ],
    [
      'RUN FAILED: vault refused to list requests: 401 Bcc: evil[@]evil[.]com',
      { verdict: 'failed', problems: [problem] },
    ],
    ['1 failed', { reviewed: [aReviewed({ verdict: 'approve', outcome: { kind: 'failed', why: '' } })] }],
  ])('is "Portcullis: %s"', (subject, part) => {
    expect(compose(aRecord(part)).subject).toBe(`Portcullis: ${subject}`);
  });

  test('is one line of bounded length whatever a problem says', () => {
    fc.assert(
      fc.property(hostileText, (message) => {
        const { subject } = compose(aRecord({ verdict: 'failed', problems: [{ ...problem, message }] }));
        expect(subject).not.toMatch(/\p{Cc}/u);
        expect(subject.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: examples(200) },
    );
  });
});

describe('what the lead sees', () => {
  test('is, in this order: the outcome, problems, remarks, who waits, risks, the risky ones, actions, anomalies, the report', () => {
    const text = textOf(compose(anOrdinaryRun(), ['the mail of run 7 may not have arrived']).html);
    const stations = [
      '4 requests acted on, 5 wait for a person',
      'approval of `req-0320` has an unknown outcome',
      'What to do: look the request up in the vault',
      'The mail of run 7 may not have arrived',
      'VAULT_TLS_INSECURE=true',
      'For security (1)',
      'For owners, managers and other authorizers (4)',
      'svc-backup → hv-prod-03',
      'Requests by risk',
      'High and critical risk',
      'AI: “A service account asks for a hypervisor without a word of justification.”',
      'Actions of this run',
      'Comment: “No ticket; domain controller at night; pressure instead of a reason.”',
      'What stood out',
      'reports/x.md',
    ].map((words) => [words, text.replaceAll('&#x60;', '`').replaceAll('&#x3D;', '=').indexOf(words, 150)] as const);
    expect(stations.filter(([, at]) => at < 0)).toEqual([]);
    expect(stations.map(([, at]) => at)).toEqual(stations.map(([, at]) => at).sort((a, b) => a - b));
  });

  test('has the essentials in the first line, which mail programs show beside the subject', () => {
    const first = textOf(
      compose(anOrdinaryRun())
        .html.split('<body')[1]
        ?.replace(/^[^>]*>/, '') ?? '',
    ).trim();
    expect(first).toMatch(
      /^4 requests acted on, 5 wait for a person.*Risk: 1 critical, 2 high, 2 medium, 4 low, 1 unscored\./,
    );
  });

  test('shows at most 15 risky requests and says how many more there are', () => {
    const many = (n: number) =>
      aRecord({
        reviewed: Array.from({ length: n }, (_, i) => aReviewed({ id: `r${i}`, risk: 'high', status: 'Completed' })),
      });
    expect(textOf(compose(many(15)).html)).not.toContain('more');
    const text = textOf(compose(many(18)).html);
    expect(text).toContain('and 3 more');
    expect(text.match(/req-|\br\d+ ·/g)).toHaveLength(15);
  });

  test('puts risky requests that wait before those that were settled long ago', () => {
    const settled = Array.from({ length: 20 }, (_, i) =>
      aReviewed({ id: `old-${i}`, risk: 'critical', status: 'Completed', daysOld: 25 }),
    );
    const text = textOf(
      compose(aRecord({ reviewed: [...settled, aReviewed({ id: 'fresh', risk: 'high', daysOld: 0 })] })).html,
    );
    expect(text.slice(text.indexOf('High and critical')).indexOf('fresh')).toBeGreaterThan(0);
  });

  test('first what is for security, then owners and managers, then questions, with finding and next step', () => {
    const step = { kind: 'escalate', to: 'security', finding: 'it was odd', ask: null, alternative: null } as const;
    const record = aRecord({
      reviewed: [
        aReviewed({ id: 'q', next: { ...step, kind: 'request_info', to: 'requestor', ask: 'a ticket' } }),
        aReviewed({ id: 'o', next: { ...step, to: 'team treasury', ask: 'is it urgent?' } }),
        aReviewed({ id: 's', next: step }),
      ],
      breakGlass: [
        { requestId: 'bg', requestor: 'jdoe', subject: 'DC02', status: 'Approved', since: 0, reviewed: null },
        {
          ...{ requestId: 'seen', requestor: 'jdoe', subject: 'DC03', status: 'Approved', since: 0 },
          reviewed: { by: 'x', at: 0, note: '' },
        },
      ],
    });
    for (const text of [textOf(compose(record).html), compose(record).text.replace(/\s+/g, ' ')]) {
      const at = [
        'Break-glass to review',
        'For security (1)',
        'It was odd',
        'For owners',
        'Team treasury: it was odd (is it urgent?)',
        'Questions to requestors (1)',
        'Ask for a ticket: it was odd',
      ].map((words) => text.indexOf(words));
      expect(at).toEqual([...at].sort((a, b) => a - b));
      expect(at).not.toContain(-1);
      expect(text).not.toContain('DC03');
    }
    expect(compose(record).subject).toBe('Portcullis: 1 break-glass to review, 3 need a person');
  });

  test('what caps held back in one line for each cap, whatever their number', () => {
    const heldBack = (id: number) =>
      aReviewed({
        id: `c${id}`,
        risk: 'low',
        rules: [capped()],
        next: { kind: 'observe', to: 'Portcullis', finding: 'x', ask: null, alternative: null },
      });
    const { html, subject } = compose(aRecord({ reviewed: Array.from({ length: 450 }, (_, id) => heldBack(id)) }));
    expect(textOf(html)).toContain('450 held back by a cap, approve: 50 approvals in one run (CAP_APPROVALS_PER_RUN).');
    expect(subject).toBe('Portcullis: 450 held back by caps');
    expect(html.length).toBeLessThan(30_000);
  });

  test('of a failed run is the failure and what to do; nothing claims that all is quiet', () => {
    const text = textOf(compose(aFailedRun()).html);
    expect(text).toContain('The run failed, nothing changed');
    expect(text).toContain('What to do: it refused the credential');
    expect(text).toContain('Not known: the run ended before it had reviewed any request.');
    expect(text).not.toMatch(/Nothing stood out|No request/);
  });

  test('of an observing run is what would have been done', () => {
    const record = aRecord({
      mode: 'observing',
      reviewed: [aReviewed({ verdict: 'approve', risk: 'low', outcome: observing })],
    });
    const text = textOf(compose(record).html);
    expect(text).toContain('would approve');
    expect(text).toContain('observing, nothing is changed');
  });

  test('says so when the report could not be written', () => {
    expect(textOf(compose(aRecord(), [], null).html)).toContain('The report of this run could not be written.');
  });
});

describe('the HTML', () => {
  test('needs nothing that mail programs take away: no style sheet, script, picture, form or address', () => {
    const { html } = compose(anOrdinaryRun());
    expect(html).not.toMatch(/<(style|script|img|link|svg|form|iframe|a)\b|url\(|https?:|class=|position:/i);
    expect(html).toContain('max-width:640px');
    expect(html).toContain('color-scheme');
  });

  test('closes every element it opens', () => {
    for (const { html } of [compose(anOrdinaryRun(), ['x']), compose(aFailedRun()), compose(aRecord())])
      for (const tag of ['table', 'tr', 'td', 'div', 'strong', 'span', 'h2'])
        expect(html.split(`<${tag}`).length, tag).toBe(html.split(`</${tag}>`).length);
  });

  test('stays below the size at which Gmail cuts a mail off, on a very bad day', () => {
    const story = {
      justification: 'j'.repeat(9000),
      displayName: 'd'.repeat(500),
      assessment: { summary: 's'.repeat(900), flags: ['other', 'off_hours', 'long_window'] as const },
    };
    const bad = Array.from({ length: 400 }, (_, n) => [
      aReviewed({ ...story, id: `a${n}`, risk: 'critical' }),
      aReviewed({ ...story, id: `b${n}`, risk: 'high', verdict: 'reject', comment: 'c'.repeat(300) }),
    ]).flat();
    const problems = Array.from({ length: 50 }, () => ({
      where: 'act',
      message: 'm'.repeat(900),
      advice: 'a'.repeat(900),
    }));
    expect(Buffer.byteLength(compose(aRecord({ reviewed: bad, problems })).html)).toBeLessThan(100_000);
  });

  /** The same run with one text in every place that people, the model or the vault fill. */
  const filledWith = (text: string): RunRecord =>
    aRecord({
      ...{ runId: text, version: text, observingBecause: text, warnings: [text] },
      reviewed: [
        aReviewed({
          ...{ id: text, status: text, requestor: text, displayName: text, asset: text, operation: text },
          ...{
            risk: 'high',
            verdict: 'approve',
            comment: text,
            needsPerson: true,
            rules: [permitted(text, text)],
          },
          deep: { type: text, containerPath: text, tags: [text] },
          assessment: { summary: text, flags: ['other'] },
          outcome: { kind: 'done', statusAfter: text, note: text },
        }),
        aReviewed({ id: text, verdict: 'close', outcome: { kind: 'unknown', why: text } }),
        aReviewed({
          ...{ id: text, requestor: text, asset: text, risk: 'high', basis: [text] },
          next: { kind: 'escalate', to: text, finding: text, ask: text, alternative: text },
          rules: [capped(), { kind: 'confirmation', action: 'reject', reason: 'failed', why: text }],
          confirmation: { kind: 'single', assessment: { kind: 'unscored', why: text } },
          texts: { flags: [text], evidence: [text] },
          accessContext: {
            ...{ entitlement: text, classes: [text], neverAuto: [text], owner: text },
            sodConflicts: [{ pair: text, asked: text, held: text, source: { kind: 'request', id: text } }],
          },
        }),
        aReviewed({ next: { kind: 'request_info', to: text, finding: text, ask: text, alternative: null } }),
      ],
      ...{ planId: text, approvedBy: text, digests: { policy: text, prompts: text } },
      breakGlass: [{ requestId: text, requestor: text, subject: text, status: text, since: 0, reviewed: null }],
      problems: [{ where: text, message: text, advice: text }],
    });
  const tags = (html: string) => html.match(/<[^>]*>/g);

  test('keeps its elements exactly as they are whatever the texts say, and nothing becomes an address', () => {
    const plain = tags(compose(filledWith('word'), ['word'], 'word').html);
    fc.assert(
      fc.property(
        hostileText.map((text) => `w${text}`),
        (text) => {
          const { html, text: plainPart } = compose(filledWith(text), [text], text);
          expect(tags(html)).toEqual(plain);
          expect(plainPart.replace(/^Full report.*$/m, '')).not.toMatch(/:\/\/|\bwww\.|@\w/i);
        },
      ),
      { numRuns: examples(200) },
    );
  });

  test.each(CORPUS.filter((_, n) => n % 5 === 0))('is not moved by $id of the corpus', ({ text }) => {
    const { html } = compose(filledWith(`w${text}`), [text], null);
    expect(html).not.toMatch(/:\/\/|\bwww\.|@\w/i);
    expect(tags(html)).toEqual(tags(compose(filledWith('word'), ['word'], null).html));
  });
});

describe('every action is told', () => {
  const many = (verdict: 'approve' | 'reject' | 'close', count: number, more: Story = {}) =>
    Array.from({ length: count }, (_, n) =>
      aReviewed({ id: `${verdict}-${n}.`, verdict, risk: verdict === 'reject' ? 'critical' : 'low', ...more }),
    );
  const idsIn = (text: string, verdict: string) => new Set(text.match(new RegExp(`${verdict}-\\d+\\.`, 'g')));

  test('44 actions of three kinds, a line each, without any file', () => {
    const reviewed = [...many('approve', 19), ...many('reject', 20), ...many('close', 5)];
    const mail = compose(aRecord({ reviewed }));
    for (const text of [textOf(mail.html), mail.text]) {
      expect(['approve', 'reject', 'close'].map((kind) => idsIn(text, kind).size)).toEqual([19, 20, 5]);
      expect(text).toContain('Approvals (19)');
    }
    expect(mail.attachment).toBeUndefined();
    expect(mail.actions).toBe(44);
  });

  test('60 of a kind at most, the rest of them in a file that holds all actions', () => {
    const reviewed = [...many('approve', 89), ...many('reject', 60), ...many('close', 3)];
    const mail = compose(aRecord({ reviewed }));
    for (const text of [textOf(mail.html.slice(mail.html.indexOf('Approvals'))), mail.text]) {
      expect(['approve', 'reject', 'close'].map((kind) => idsIn(text, kind).size)).toEqual([60, 60, 3]);
      expect(text).toContain('and 29 more');
    }
    expect(mail.html).toContain('All 152 actions are in the attached file actions-20261120T054012Z-7f3a.csv.');
    expect(mail.attachment?.name).toBe('actions-20261120T054012Z-7f3a.csv');
    const csv = mail.attachment?.csv ?? '';
    expect(['approve', 'reject', 'close'].map((kind) => idsIn(csv, kind).size)).toEqual([89, 60, 3]);
    expect(csv.split('\r\n')).toHaveLength(1 + 152 + 1);
  });

  test('what failed or is unclear first, so that nothing hides it', () => {
    const reviewed = [
      ...many('approve', 80),
      aReviewed({ id: 'bad-1', verdict: 'approve', risk: 'low', outcome: { kind: 'failed', why: 'it said 409' } }),
      aReviewed({ id: 'bad-2', verdict: 'approve', risk: 'low', outcome: { kind: 'unknown', why: 'no answer' } }),
    ];
    const { html, text, attachment } = compose(aRecord({ reviewed }));
    for (const told of [textOf(html), text])
      expect(told).toMatch(/failed: .*bad-1.*it said 409[\s\S]*outcome unknown: .*bad-2/);
    expect(attachment?.csv).toMatch(/bad-1,approve,failed,it said 409[\s\S]*bad-2,approve,outcome unknown,no answer/);
  });

  test('also those that an earlier run left open', () => {
    const recovered = [
      { requestId: 'req-7', action: 'approve', runId: 'run-6', found: 'done', says: 'it is Approved' },
      { requestId: 'req-8', action: 'close', runId: 'run-6', found: 'unclear', says: 'it cannot be found' },
    ] as const;
    const { html, text, actions } = compose(aRecord({ recovered }));
    expect(textOf(html)).toMatch(/Actions of earlier runs \(2\).*approve of req-7.*run run-6.*unclear: close of req-8/);
    expect(text).toMatch(/- done: approve of req-7, run run-6\n- unclear: close of req-8/);
    expect(actions).toBe(2);
  });

  test('and a file that would be too large for Graph ends where it has to, and says so', () => {
    const reviewed = many('close', 4000, {
      comment: 'c'.repeat(900),
      outcome: { kind: 'failed', why: 'w'.repeat(900) },
    });
    const { attachment, html } = compose(aRecord({ reviewed }));
    const bytes = Buffer.byteLength(attachment?.csv ?? '');
    expect(bytes).toBeLessThan(1_500_000);
    expect(bytes).toBeGreaterThan(1_400_000);
    expect(textOf(html)).toMatch(
      /The first \d+ of 4000 actions are in the attached file .* the report has all of them/,
    );
  });

  test('in a file whose cells no spreadsheet takes for formulas', () => {
    const reviewed = many('approve', 61, { requestor: '=cmd|calc', comment: '+1', asset: '@x' });
    const { attachment } = compose(aRecord({ reviewed }));
    expect(attachment?.csv).not.toMatch(/(^|,|;)"?[=+@-]/m);
  });

  test('but what is not done in an observing run is not counted', () => {
    expect(compose(aRecord({ reviewed: many('approve', 3, { outcome: observing }) })).actions).toBe(0);
  });
});

describe('the triggers select sections', () => {
  const off = { onRunSummary: false, onHighRisk: false, onAnomaly: false };
  const record = anOrdinaryRun();
  const shown = (on: Partial<typeof off>) => {
    const { html } = composeMail(record, template, { reportFile: null, triggers: { ...off, ...on } });
    return ['Requests by risk', 'Actions of this run', 'What to do', 'High and critical risk', 'What stood out'].filter(
      (title) => html.includes(`>${title}</h2>`),
    );
  };
  const always = ['Requests by risk', 'Actions of this run'];

  test.each([
    ['none of them', {}, always],
    ['the run summary', { onRunSummary: true }, [...always, 'What to do']],
    ['high risk', { onHighRisk: true }, [...always, 'High and critical risk']],
    ['anomalies', { onAnomaly: true }, [...always, 'What stood out']],
    [
      'all',
      { onRunSummary: true, onHighRisk: true, onAnomaly: true },
      [...always, 'What to do', 'High and critical risk', 'What stood out'],
    ],
  ] as const)('%s', (_, on, titles) => {
    expect(shown(on)).toEqual(titles);
  });

  test('in the plain text too', () => {
    const { text } = composeMail(record, template, { reportFile: null, triggers: { ...off, onHighRisk: true } });
    expect(text).not.toMatch(/For security|For owners|Questions to requestors/);
    expect(text).toContain('Rejections (');
  });
});

test('the colours of risks are those of the template', () => {
  const red = { ink: '#010203', tint: '#040506', edge: '#070809' };
  const tones = { ...template.tones, critical: red };
  const record = aRecord({ reviewed: [aReviewed({ risk: 'critical' })] });
  const { html } = composeMail(record, { ...template, tones }, { reportFile: null });
  for (const colour of Object.values(red)) expect(html).toContain(colour);
  expect(html).not.toContain(template.tones.critical.edge);
});

test('the plain text tells the essentials to a reader without HTML', () => {
  const { text } = compose(anOrdinaryRun(), ['the mail of run 7 may not have arrived']);
  expect(text.split('\n')[0]).toBe(
    '4 requests acted on, 5 wait for a person, 1 action with unknown outcome, 1 not scored.',
  );
  expect(text).toContain('- high: svc-backup → hv-prod-03 (req-0391 · Active · asked 6 days ago)');
  expect(text).toContain('- rejected: ext-mveith → dc01.corp.bank.example (req-0398)');
  expect(text).toContain('- the mail of run 7 may not have arrived');
  expect(text).toContain('Full report: reports/x.md');
});
