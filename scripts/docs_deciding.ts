import { join } from 'node:path';
import { GROUPS } from '../src/config/settings.ts';
import { ASKED, PRECEDENCE } from '../src/decide/decide.ts';
import { FLOOR_RULES } from '../src/decide/floor.ts';
import { GATES } from '../src/decide/gates.ts';
import { NEXT_STEPS } from '../src/decide/next_step.ts';
import { ACTIONS } from '../src/domain/action.ts';
import { ANOMALY_FLAGS } from '../src/domain/assessment.ts';
import { STATUSES } from '../src/domain/status.ts';
import { TEXT_FLAG_NAMES, TEXT_FLAGS } from '../src/enrich/screening/text_flags.ts';
import { NEXT_WORDS } from '../src/phrases/work_list.ts';
import { loadPolicy } from '../src/policy/load.ts';
import { code, rowsOf, table } from './docs_tables.ts';
import { SAMPLE_CASE, SAMPLE_HINDRANCE, SAMPLE_ISOLATION } from './sample_case.ts';

/** Policies are read as the program reads them; what it would refuse cannot be documented either. */
const SHIPPED = await loadPolicy(join(import.meta.dirname, '..', 'policy'), { textFlags: TEXT_FLAG_NAMES });

/** The generated tables of docs/deciding.md. */
export const DECIDING: Readonly<Record<string, () => string>> = {
  floor: () =>
    table(
      ['rule', 'when', 'at least'],
      Object.entries(FLOOR_RULES).map(([name, { about, risk }]) => [code(name), about, risk]),
    ),
  precedence: () =>
    Object.values(PRECEDENCE)
      .map((about, i) => `${i + 1}. ${about}`)
      .join('\n'),
  asked: () =>
    table(
      ['asked', 'from status', 'switch'],
      Object.entries(ASKED).map(([action, { switches }]) => [
        action,
        ACTIONS[action as keyof typeof ACTIONS].from,
        switches.map(code).join(' or '),
      ]),
    ),
  policies: () =>
    table(
      ['policy', 'effect', 'about', 'because'],
      SHIPPED.policies.map(({ id, effect, actions, says }) => [code(id), effect, actions.join(', '), says]),
    ),
  nextSteps: () =>
    table(
      ['found', 'next', 'waiting for', 'for example'],
      Object.entries(NEXT_STEPS).map(([name, { step }]) => {
        const { kind, to, finding, ask, alternative } = step(
          SAMPLE_CASE,
          name === 'isolated' ? SAMPLE_ISOLATION : SAMPLE_HINDRANCE,
        );
        const more = ask !== null ? `missing: ${ask}` : alternative === null ? null : `instead: ${alternative}`;
        return [code(name), NEXT_WORDS[kind], to, more === null ? finding : `${finding} (${more})`];
      }),
    ),
  textFlags: () =>
    table(
      ['flag', 'meaning', 'closes the way to an approval'],
      Object.entries(TEXT_FLAGS).map(([name, { about, suspicious }]) => [
        code(name),
        about,
        suspicious ? 'suspicious: kept apart from other texts, for security' : 'asks for a reason',
      ]),
    ),
  caps: () =>
    table(
      ['setting', 'default', 'what it is for'],
      rowsOf(GROUPS.caps.settings).map(([name, s]) => [code(name), code(s.fallback ?? ''), s.about]),
    ),
  gates: () =>
    table(
      ['gate', 'guards', 'rule'],
      Object.entries(GATES).map(([name, g]) => [code(name), g.guards.join(', '), g.about]),
    ),
  statuses: () =>
    table(
      ['status', 'meaning', 'allows'],
      [
        ...Object.entries(STATUSES).map(([name, s]) => [name, s.meaning, s.allows.join(', ') || 'nothing']),
        ['any other', 'not known to Portcullis', 'nothing'],
      ],
    ),
  flags: () =>
    table(
      ['flag', 'meaning'],
      Object.entries(ANOMALY_FLAGS).map(([name, about]) => [code(name), about]),
    ),
};
