import { type Recovered, type RunRecord, requestorOf } from '../domain/run_record.ts';
import { costWords } from '../phrases/effort_words.ts';
import { plural } from '../phrases/plural.ts';
import { duration } from '../phrases/time_words.ts';
import type { Room } from './detail.ts';
import { besideTheSheet, longTable, moreOf, section, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** What went wrong, with what to do about it. Stands on top when the run did not come to its end. */
export function problemsSection({ problems }: Pick<RunRecord, 'problems'>): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS);
  return section('Problems', shown.map(problem).join('\n'), moreOf(problems.length - shown.length, { sheet: null }));
}

/** Nobody reads more of them on a page. */
const SHOWN_PROBLEMS = 50;

function problem({ where, message, advice }: RunRecord['problems'][number]): string {
  const what = `- **${markdownText(where, 60)}:** ${markdownText(message, 600)}`;
  return advice === null ? what : `${what}\n  - What to do: ${markdownText(advice, 600)}`;
}

/** Those about the settings file stand on top already. */
export function warningsSection({ warnings, notices = [] }: Pick<RunRecord, 'warnings' | 'notices'>): string {
  const others = warnings.filter((warning) => !notices.includes(warning));
  return section('Warnings', others.map((warning) => `- ${markdownText(warning, 600)}`).join('\n'));
}

export function unscoredSection({ reviewed }: Pick<RunRecord, 'reviewed'>, room: Room): string {
  const unscored = reviewed.flatMap((one) => (one.assessment.kind === 'unscored' ? [{ one, ...one.assessment }] : []));
  const row = ({ one, why }: (typeof unscored)[number]) => [
    markdownText(one.dossier.request.id, 60),
    nameOf(one),
    markdownText(why, 200),
  ];
  return section('Not scored', longTable(['Request', 'Requestor', 'Why'], unscored, row, room));
}

export function malformedSection({ malformed }: Pick<RunRecord, 'malformed'>, room: Room): string {
  const row = (m: RunRecord['malformed'][number]) => [
    `${m.position + 1}`,
    m.id === null ? 'none' : markdownText(m.id, 60),
    markdownText(m.problem, 200),
  ];
  const note = 'These entries of the list cannot be requests. They were counted and never acted on.';
  if (malformed.length === 0) return '';
  return section(
    'Malformed records',
    note,
    longTable(['Entry', 'Id', 'Problem'], malformed, row, besideTheSheet(room), 'rll'),
  );
}

export function recoveredSection({ recovered }: Pick<RunRecord, 'recovered'>, room: Room): string {
  const row = (r: Recovered) => [
    r.action,
    markdownText(r.requestId, 60),
    markdownText(r.runId, 60),
    r.found,
    markdownText(r.says, 200),
  ];
  const note =
    'An earlier run was cut off before it told of these actions, or before it knew their outcome. They were looked up where need be, not repeated.';
  const head = ['Action', 'Request', 'Run', 'Found', 'What is known'];
  if (recovered.length === 0) return '';
  return section('Actions of earlier runs', note, longTable(head, recovered, row, besideTheSheet(room)));
}

/** What the run cost: tokens, time, and what the program took for itself. */
export function effortSection({ usage, steps, own, reviewed }: RunRecord): string {
  const model =
    usage.calls === 0
      ? 'The model was not asked.'
      : `Model ${markdownText(usage.model, 80)}: ${plural(usage.calls, 'call')}, ` +
        `${usage.promptTokens} prompt tokens${cached(usage)}, ${usage.completionTokens} completion tokens; ${price(usage)}.`;
  const rows = steps.map(({ step, ms }) => [markdownText(step, 40), duration(ms)]);
  return section('Tokens and durations', model, tableOf(['Step', 'Took'], rows, 'lr'), ownWords(own, reviewed.length));
}

/** Without what it waited for. */
function ownWords(own: RunRecord['own'], requests: number): string {
  if (own === undefined) return '';
  const each = requests === 0 ? '' : ` (${(own.cpuMs / requests).toFixed(1)} ms for each request)`;
  return `Portcullis itself took ${duration(own.cpuMs)} of processor time${each} and at most ${own.peakMb} MB of memory.`;
}

const cached = ({ cachedTokens }: RunRecord['usage']): string =>
  cachedTokens ? ` (${cachedTokens} of them out of its cache)` : '';

const price = (usage: RunRecord['usage']): string =>
  usage.usd === undefined
    ? `cost unknown: the table of PRICE_FILE has no price for the model`
    : `${costWords(usage)} by the table of PRICE_FILE`;

export function gateSection({ gate, deepAnalysis }: Pick<RunRecord, 'gate' | 'deepAnalysis'>): string {
  const rows = gate.map(({ setting, value }) => [markdownText(setting, 60), markdownText(value, 120)]);
  const deep = `Deep analysis of assets was ${deepAnalysis ? 'on' : 'off'}.`;
  return rows.length === 0 ? '' : section('Gate settings', tableOf(['Setting', 'Value'], rows), deep);
}

const nameOf = (r: RunRecord['reviewed'][number]): string => markdownText(requestorOf(r.dossier.request), 60);
