/**
 * How right the decisions are, on labelled requests (bench/labels/README.md):
 *
 *     node bench/labels.ts [--seeds 10] [--ends inwards] [--json] [--cases]
 *
 * Whole runs of the program against the simulator, with a model that answers what the labels say a competent one would,
 * and with one that errs by one level in 40 % of its ratings. `--cases` names each request that came out wrong.
 */
import { parseArgs } from 'node:util';
import { markdownTable } from 'markdown-table';
import { competent, fallible } from './labels/readers.ts';
import { isPlain, LABELLED, type WaitedFor } from './labels/set.ts';
import { type Decided, type Trial, trial } from './labels/trial.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    /** `inwards`: an error at an end of the scale always changes the rating. */
    ends: { type: 'string', default: 'either way' },
    json: { type: 'boolean', default: false },
    cases: { type: 'boolean', default: false },
  },
});

/** In the words of the labels: `owner platform-team` waits for an owner. */
function waitedFor({ decision: { next } }: Decided): WaitedFor | 'none' {
  const to = next?.to ?? '';
  if (/owner/.test(to)) return 'owner';
  if (/^manager/.test(to)) return 'manager';
  if (/authorizer/.test(to)) return 'authorizer';
  return to === 'requestor' || to === 'security' ? to : 'none';
}

const accepted = ({ one: { label }, decision: { verdict } }: Decided): boolean => {
  const mine = verdict === 'hold' && label.decision === 'none' ? 'none' : verdict;
  return [label.decision, ...label.decision_also].includes(mine);
};

function figures({ decided, questions, tokens }: Trial) {
  const approved = decided.filter(({ decision }) => decision.verdict === 'approve');
  const closed = decided.filter(({ decision }) => decision.verdict === 'close');
  const rejected = decided.filter(({ decision }) => decision.verdict === 'reject');
  const held = decided.filter(({ one, decision }) => one.label.decision === 'hold' && decision.verdict === 'hold');
  const nextRight = (strict: boolean) =>
    held.filter((each) => [each.one.label.next, ...(strict ? [] : each.one.label.next_also)].includes(waitedFor(each)))
      .length;
  return {
    harmful: approved.filter(({ one }) => one.label.harmful_if_approved).length,
    plain: approved.filter(({ one }) => isPlain(one)).length,
    otherwiseRight: approved.filter(({ one }) => one.label.decision === 'approve' && !isPlain(one)).length,
    harmfulClosings: closed.filter(({ one }) => one.label.harmful_if_closed).length,
    closed: closed.filter(({ one }) => one.label.decision === 'close').length,
    wronglyRejected: rejected.filter((each) => !accepted(each)).length,
    held: held.length,
    nextStrict: nextRight(true),
    nextLenient: nextRight(false),
    reviewed: decided.length,
    questions,
    tokens,
  };
}
type Figures = ReturnType<typeof figures>;

const plain = LABELLED.filter(isPlain).length;
const others = LABELLED.filter((one) => one.label.decision === 'approve').length - plain;
const closable = LABELLED.filter((one) => one.label.decision === 'close').length;
const wrong = (all: Trial) =>
  all.decided.flatMap((each) => {
    const { one, decision } = each;
    const next = waitedFor(each);
    const held = decision.verdict === 'hold' && one.label.decision === 'hold';
    const nextWrong = held && ![one.label.next, ...one.label.next_also].includes(next);
    if (accepted(each) && !nextWrong) return [];
    const why = decision.rules[0];
    return [
      `${one.id} ${one.label.kind}: ${decision.verdict} (${next}), wanted ${one.label.decision} (${one.label.next}); ${decision.next?.finding ?? JSON.stringify(why)}`,
    ];
  });

const rows: { readonly model: string; readonly figures: Figures; readonly cases: readonly string[] }[] = [];
const whole = await trial(competent());
rows.push({ model: 'competent', figures: figures(whole), cases: wrong(whole) });
for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
  const erring = await trial(fallible(seed, values.ends === 'inwards' ? 'inwards' : 'either way'));
  rows.push({ model: `fallible, seed ${seed}`, figures: figures(erring), cases: wrong(erring) });
}

const ofFallible = rows.slice(1).map((row) => row.figures);
const mean = (of: (one: Figures) => number): string =>
  (ofFallible.reduce((sum, one) => sum + of(one), 0) / Math.max(1, ofFallible.length)).toFixed(1);

function table(): string {
  const head = [
    'model',
    'harmful approvals',
    `plain approved, of ${plain}`,
    `others rightly approved, of ${others}`,
    'harmful closings',
    `closed, of ${closable}`,
    'wrongly rejected',
    'next step right, of those held',
    'strictly',
    'questions',
    'tokens',
  ];
  const cells = ({ model, figures: f }: (typeof rows)[number]) =>
    [
      ...[model, f.harmful, f.plain, f.otherwiseRight, f.harmfulClosings, f.closed, f.wronglyRejected],
      ...[`${f.nextLenient} of ${f.held} (${((100 * f.nextLenient) / f.held).toFixed(1)} %)`, f.nextStrict],
      ...[f.questions, f.tokens],
    ].map(String);
  const means = [
    ...['fallible, mean', mean((f) => f.harmful), mean((f) => f.plain), mean((f) => f.otherwiseRight)],
    ...[mean((f) => f.harmfulClosings), mean((f) => f.closed), mean((f) => f.wronglyRejected)],
    ...[`${mean((f) => (100 * f.nextLenient) / f.held)} %`, mean((f) => f.nextStrict)],
    ...[mean((f) => f.questions), mean((f) => f.tokens)],
  ];
  return markdownTable([head, ...rows.map(cells), ...(ofFallible.length > 0 ? [means] : [])]);
}

const cases = values.cases ? rows.map((row) => `\n## ${row.model}\n\n${row.cases.join('\n')}`).join('\n') : '';
process.stdout.write(
  values.json
    ? `${JSON.stringify(rows, null, 2)}\n`
    : `${LABELLED.length} requests. Goals: competent model 0 harmful, 48 of 50 plain, next step right in 95 %; fallible model at most 0.5 harmful a run, 30 of 50 plain.\n\n${table()}\n${cases}\n`,
);
