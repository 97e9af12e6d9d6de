import type { Ask } from '../act/act.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import { requestorOf, subjectOf } from '../domain/run_record.ts';
import { span, utcMinute } from '../phrases/time_words.ts';
import { terminalLine } from '../text/terminal_text.ts';
import { question } from './question.ts';
import { tell } from './say.ts';

const ANSWERS = {
  y: 'yes',
  yes: 'yes',
  n: 'no',
  no: 'no',
  '': 'no',
  q: 'stop',
  quit: 'stop',
} as const satisfies Record<string, Awaited<ReturnType<Ask>>>;

/**
 * Shows one planned action to the person at the terminal and asks. Anything but a clear yes is no; a closed input is a
 * stop. Questions go to stderr, so that `--json` keeps stdout to itself.
 */
export const askAtTerminal: Ask = async ({ request, action, comment }, signal) => {
  tell(
    [
      '',
      `  ${action.toUpperCase()}  ${shown(subjectOf(request))}  for ${shown(requestorOf(request))}  (${shown(request.id)})`,
      `  wants:         ${wants(request)}`,
      `  justification: ${shown(request.justification) || 'none'}`,
      `  comment:       ${shown(comment)}`,
      '',
    ].join('\n'),
  );
  return question(`  ${action}? [y/N/q] `, ANSWERS, 'stop', signal);
};

function wants({ operation, requestedFrom, requestedTo, created, exclusive }: AccessRequest): string {
  const window =
    requestedFrom === null || requestedTo === null
      ? 'for an unknown time'
      : `for ${span(requestedFrom, requestedTo)} from ${utcMinute(requestedFrom)}`;
  return `${shown(operation ?? 'access')}${exclusive ? ', exclusive,' : ''} ${window}; asked ${utcMinute(created)}`;
}

const shown = (text: string): string => terminalLine(text, 200);
