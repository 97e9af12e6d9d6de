/** The table of one comparison: each figure of both, ours by the recipe's, and the goal beside it. */
import { markdownTable } from 'markdown-table';
import type { Case } from '../recipe.ts';
import type { CriticalPath } from '../stage/critical_path.ts';
import { type Needed, questionsOf } from '../stage/needed.ts';
import type { Ran } from '../stage/program.ts';
import { type Seen, tokensOf } from '../stage/seen.ts';

type Run = { readonly ran: Ran; readonly seen: Seen };
export type Comparison = {
  readonly case: Case;
  readonly modelAtOnce: number;
  readonly critical: CriticalPath;
  readonly recipe: Run;
  /** The recipe that keeps no asset, where it was run: the one that the goal for the wall time was set against. */
  readonly forgetful: Run | null;
  readonly ours: Run & { readonly needed: Needed; readonly next: Run };
};

/** What issue 14 asks of a case: the most that ours may be, as a multiple of the recipe's or as a figure. */
type Goals = {
  readonly wall?: number;
  readonly questions?: number | undefined;
  readonly tokens?: number | undefined;
  readonly peakMb?: number;
  readonly critical?: number;
};

const BY_SIZE: readonly (readonly [upTo: number, questions: number, tokens: number])[] = [
  [100, 4, 1.6],
  [1000, 3, 1.5],
  [10_000, 3, 1.7],
];
/** At least so many times as fast; with nothing to wait for, at most so many times as slow. */
const [AS_FAST, AS_SLOW] = [3.5, 6];

export function goalsOf({ requests, modelMs, deep }: Case): Goals {
  const [, questions, tokens] = BY_SIZE.find(([upTo]) => requests <= upTo) ?? [];
  return {
    ...(deep && { questions, tokens }),
    ...(modelMs > 0 && { critical: 1.3 }),
    ...(modelMs > 0 && requests === 1000 && { wall: 1 / AS_FAST }),
    ...(modelMs === 0 && requests === 10_000 && { wall: AS_SLOW }),
    ...(requests === 10_000 && { peakMb: 300 }),
  };
}

type Row = readonly [what: string, recipe: string, ours: string, ratio: string, goal: string];

const seconds = (ms: number | null): string => (ms === null ? '' : (ms / 1000).toFixed(1));
const thousands = (characters: number): string => `${(tokensOf(characters) / 1000).toFixed(1)} k`;

function goal(figure: number, most: number | undefined, said = `≤ ${most}`): string {
  if (most === undefined) return '';
  return `${said}: ${figure <= most ? 'met' : '**missed**'}`;
}

function row(
  what: string,
  recipe: number,
  ours: number,
  shown: (value: number) => string,
  most?: number,
  said?: string,
): Row {
  const ratio = recipe === 0 ? Number.NaN : ours / recipe;
  return [what, shown(recipe), shown(ours), Number.isNaN(ratio) ? '' : ratio.toFixed(2), goal(ratio, most, said)];
}

/** Its goal is a figure, and no multiple of the recipe's. */
function absolute(what: string, recipe: number, ours: number, most?: number): Row {
  const whole = (value: number) => value.toFixed(0);
  const [, ...cells] = row(what, recipe, ours, whole);
  return [what, cells[0], cells[1], cells[2], goal(ours, most, most === undefined ? '' : `≤ ${whole(most)}`)];
}

export function sideBySide(one: Comparison): string {
  const { recipe, forgetful, ours, critical } = one;
  const { requests, vaultMs, modelMs, deep } = one.case;
  const goals = goalsOf(one.case);
  const whole = String;
  const both = ({ seen }: Run) => seen.wire.asked + seen.wire.answered;
  const fast =
    modelMs > 0 && goals.wall !== undefined ? `≤ ${goals.wall.toFixed(3)} (${AS_FAST} × as fast)` : undefined;
  const questions = questionsOf(ours.needed);
  const againQuestions = ours.next.seen.wire.questions;
  const byCritical = ours.ran.wallMs / critical.total;
  const rows: Row[] = [
    row('wall, s', recipe.ran.wallMs, ours.ran.wallMs, seconds, goals.wall, fast),
    ...(forgetful === null
      ? []
      : [
          row(
            'wall against look-ups for each request, s',
            forgetful.ran.wallMs,
            ours.ran.wallMs,
            seconds,
            goals.wall,
            fast,
          ),
        ]),
    row('questions', recipe.seen.wire.questions, ours.seen.wire.questions, whole, goals.questions),
    row('tokens asked', recipe.seen.wire.asked, ours.seen.wire.asked, thousands),
    row('tokens answered', recipe.seen.wire.answered, ours.seen.wire.answered, thousands),
    row('tokens', both(recipe), both(ours), thousands, goals.tokens),
    row('vault calls without lists', notLists(recipe.seen), notLists(ours.seen), whole),
    absolute('list calls', recipe.seen.lists, ours.seen.lists, ours.seen.actions / 2 + ours.needed.pages),
    row('own CPU, s', recipe.ran.cpuMs ?? 0, ours.ran.cpuMs ?? 0, seconds),
    row("upstreams' CPU, s", recipe.seen.upstreamsCpuMs, ours.seen.upstreamsCpuMs, seconds),
    absolute('peak, MB', recipe.ran.peakMb ?? 0, ours.ran.peakMb ?? 0, goals.peakMb),
    row('approved', recipe.seen.approved, ours.seen.approved, whole),
    row('rejected', recipe.seen.rejected, ours.seen.rejected, whole),
    row('closed', recipe.seen.closed, ours.seen.closed, whole),
    // The recipe remembers no answer: it asks everything again.
    ['next run: questions', `${recipe.seen.wire.questions}`, `${againQuestions}`, '', goal(againQuestions, 0, '0')],
    ['next run: wall, s', '', seconds(ours.next.ran.wallMs), '', ''],
    ['questions needed', '', `${questions}`, '', ''],
    ...(modelMs > 0
      ? [
          ['critical path of the needed calls, s', '', seconds(critical.total), '', ''] as const,
          ['wall by critical path', '', byCritical.toFixed(2), '', goal(byCritical, goals.critical)] as const,
        ]
      : []),
  ];
  const head = ['', 'recipe', 'ours', 'ours / recipe', 'goal'];
  const each = (characters: number) => (tokensOf(characters) / requests).toFixed(0);
  const { asked, answered } = recipe.seen.wire;
  return [
    `### ${requests} requests, vault ${vaultMs} ms, model ${modelMs} ms a question, ${one.modelAtOnce} questions at once, deep analysis ${deep ? 'on' : 'off'}`,
    markdownTable([head, ...rows], { align: [...'lrrrl'] }),
    `The recipe asks ${each(asked)} tokens and is answered ${each(answered)} for each request. ` +
      `Ours ended with ${[ours.ran.end, ...ours.ran.problems.slice(0, 2)].join('; ')}.`,
  ].join('\n\n');
}

const notLists = ({ calls, lists }: Seen): number => calls.vault - lists;
