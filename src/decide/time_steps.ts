import type { AccessRequest } from '../domain/access_request.ts';
import type { WindowFault } from '../domain/dossier.ts';
import { isOpen } from '../domain/status.ts';
import { countedHours } from '../phrases/hours_granted.ts';
import { WINDOW_WORDS } from '../phrases/rule_words.ts';
import { LONG_WINDOW_HOURS } from './floor.ts';
import { impossibleTimes } from './gates.ts';
import type { NextStepRow } from './next_step_row.ts';
import { askFor, escalate } from './steps.ts';

/* What is next for a request whose times stand in the way. */

/** Times of the vault's record: somebody has to find out how they came there. */
export const IMPOSSIBLE_TIMES: NextStepRow = {
  when: ({ dossier }, { own }) =>
    !own && isOpen(dossier.request.status) && impossibleTimes(dossier.gaps, ['times']) !== null,
  step: ({ dossier }) =>
    escalate('security', `its times cannot be: ${impossibleTimes(dossier.gaps, ['times']) ?? 'unknown'}`),
};

/** Until both clocks agree nobody knows how old anything is. */
export const CLOCKS_APART: NextStepRow = {
  when: ({ dossier }) => impossibleTimes(dossier.gaps, ['clock']) !== null,
  step: ({ dossier }) =>
    escalate(
      'security',
      impossibleTimes(dossier.gaps, ['clock']) ?? 'unknown',
      'decide it by hand, or put the clock right',
    ),
};

export const RECORD_UNREAD: NextStepRow = {
  when: ({ dossier }) => impossibleTimes(dossier.gaps, ['record']) !== null,
  step: ({ dossier }) =>
    escalate(
      'security',
      `the vault wrote something that could not be read: ${impossibleTimes(dossier.gaps, ['record']) ?? 'unknown'}`,
      'look at it in the vault',
    ),
};

/** The window is the requestor's to put right. */
export const WINDOW_AT_FAULT: NextStepRow = {
  when: ({ dossier }, { window }) => window !== null || impossibleTimes(dossier.gaps, ['window']) !== null,
  step: ({ dossier }, { window }) =>
    window === null
      ? askFor(
          impossibleTimes(dossier.gaps, ['window']) ?? 'its window cannot be',
          'a new request with a window that can be',
        )
      : askFor(WINDOW_WORDS[window], ASKED_INSTEAD[window]),
};

/** Which end of a window is missing, in words. */
export const missingEnd = ({ requestedFrom, requestedTo }: AccessRequest): string =>
  requestedFrom === null && requestedTo !== null ? 'no begin of the access is given' : 'no end of the access is given';

/** What would have to be asked for instead of such a window. */
const ASKED_INSTEAD = {
  over: 'a new request, if the access is still needed',
  empty: 'a new request with a window that ends after it begins',
  'too-far-ahead': 'a new request when the time is nearer',
} as const satisfies Record<WindowFault, string>;

export const WINDOW_TOO_LONG: NextStepRow = {
  when: ({ accessContext, dossier }) =>
    (countedHours(dossier.facts) ?? Number.POSITIVE_INFINITY) > (accessContext.maxHours ?? LONG_WINDOW_HOURS),
  step: ({ accessContext, dossier }) => {
    const [own, all] = [dossier.facts.requestedHours, countedHours(dossier.facts)];
    const ask = `a window of at most ${accessContext.maxHours ?? LONG_WINDOW_HOURS} hours`;
    if (own === null) return askFor(missingEnd(dossier.request), ask);
    if (all === own) return askFor(`${own} hours are asked for`, ask);
    const others = 'the other windows of this person on this asset that it touches';
    return askFor(
      all === null ? `one of ${others} has no end` : `with ${others}, ${own} hours are ${all} in a row`,
      `${ask}, or one that begins an hour or more after the others`,
    );
  },
};
