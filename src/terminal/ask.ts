import type { Answer, Ask, Question } from '../act/act.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { AssetFacts } from '../domain/dossier.ts';
import { type Reviewed, requestorOf, subjectOf } from '../domain/run_record.ts';
import {
  accessContextWords,
  basisOf,
  confirmationWords,
  floorWords,
  riskWords,
  textFindingWords,
} from '../phrases/gate_words.ts';
import { flagsOf } from '../phrases/run_totals.ts';
import { ticketWords } from '../phrases/ticket_words.ts';
import { span, utcMinute } from '../phrases/time_words.ts';
import { terminalLine } from '../text/terminal_text.ts';
import { question } from './question.ts';
import { tell } from './say.ts';

const ANSWERS = {
  ...{ y: 'yes', yes: 'yes', n: 'no', no: 'no', '': 'no' },
  ...{ s: 'skip', skip: 'skip', q: 'stop', quit: 'stop' },
} as const satisfies Record<string, Answer>;

const HELP = `
  y      do it; your name goes into the comment and into the ledger
  n      do not do it; a plan that names it does not do it either (Enter is n)
  s      leave it for the next run, and say neither yes nor no
  q      stop here; what is left is left for the next run
  ?      this page
`;

/**
 * Shows one planned action to the person at the terminal, with what the decision rests on, and asks. Anything but a clear
 * yes does nothing; a closed input is a stop. Questions go to stderr, so that `--json` keeps stdout to itself.
 */
export const askAtTerminal: Ask = async (asked, signal) => {
  const { request, action, number, of } = asked;
  const heading = `  ${number} of ${of}: ${action.toUpperCase()}  ${shown(subjectOf(request))}  for ${shown(requestorOf(request))}  (${shown(request.id)})`;
  const lines = whatItRestsOn(asked).filter(([, value]) => value !== '');
  tell(['', heading, ...lines.map(([name, value]) => `  ${`${name}:`.padEnd(15)}${value}`), ''].join('\n'));
  return question<Answer>(`  ${action}? [y/N/s/q/?] `, ANSWERS, 'stop', signal, HELP);
};

function whatItRestsOn({ request, reviewed, comment }: Question): (readonly [string, string])[] {
  const { accessContext, assessment, dossier, decision } = reviewed;
  return [
    ['wants', wants(request)],
    ['justification', shown(request.justification) || 'none'],
    ['risk', [riskWords(reviewed), ...floorWords(decision).map(shown)].join('; ')],
    ['why', assessment.kind === 'scored' ? shown(assessment.summary) : shown(assessment.why)],
    ['flags', flagWords(reviewed)],
    ['confirmation', confirmationWords(reviewed, shown)],
    ['entitlement', accessContextWords(accessContext, shown)],
    ['asset', request.asset === null ? 'none: a space-level request' : assetWords(dossier.asset)],
    ['text', textFindingWords(dossier, shown)],
    ['tickets', dossier.tickets === undefined ? '' : shown(ticketWords(dossier.tickets).join('; '))],
    ['policies', policyWords(reviewed)],
    ['comment', shown(comment)],
  ];
}

const flagWords = (reviewed: Reviewed): string =>
  flagsOf(reviewed)
    .map((flag) => flag.replaceAll('_', ' '))
    .join(', ');

function assetWords(asset: AssetFacts | null): string {
  if (asset === null) return 'not read';
  const { type, containerPath, tags } = asset;
  return [type ?? 'of no type', containerPath ?? '', tags.join(', ')]
    .map(shown)
    .filter((part) => part !== '')
    .join(' · ');
}

const policyWords = ({ decision }: Reviewed): string =>
  basisOf(decision)
    .map(({ id, says }) => (says === null ? shown(id) : `${shown(id)} (${shown(says)})`))
    .join('; ');

function wants({ operation, requestedFrom, requestedTo, created, exclusive }: AccessRequest): string {
  const window =
    requestedFrom === null || requestedTo === null
      ? 'for an unknown time'
      : `for ${span(requestedFrom, requestedTo)} from ${utcMinute(requestedFrom)}`;
  return `${shown(operation ?? 'access')}${exclusive ? ', exclusive,' : ''} ${window}; asked ${utcMinute(created)}`;
}

const shown = (text: string): string => terminalLine(text, 200);
