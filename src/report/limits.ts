import type { ClassStanding } from '../domain/class_evidence.ts';
import { UNSAID } from '../domain/class_mode.ts';
import { type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { standingWords } from '../phrases/class_words.ts';
import type { HeldBack } from '../phrases/held_back.ts';
import type { OverdueGrant } from '../phrases/overdue_grant.ts';
import { type RunTotals, riskWord } from '../phrases/run_totals.ts';
import type { Room } from './detail.ts';
import { longTable, section, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** What everything allowed and a cap or the circuit breaker held back. */
export function heldBackSection({ heldBack }: RunTotals, room: Room): string {
  if (heldBack.length === 0) return '';
  const row = ({ reviewed, action, why }: HeldBack) => {
    const { request } = reviewed.dossier;
    return [
      action,
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      riskWord(reviewed),
      markdownText(why, 200),
    ];
  };
  const note =
    'Everything else allowed these. They stay as they are, and the next run asks again as far as the caps allow.';
  return section(
    'Held back by caps',
    note,
    longTable(['Action', 'Request', 'Requestor', 'What for', 'Risk', 'Held back by'], heldBack, row, room),
  );
}

/** Access that is still granted although its class has had its time. */
export function overdueSection({ overdue }: RunTotals, room: Room): string {
  const row = ({ reviewed, hours, maxHours }: OverdueGrant) => {
    const { request } = reviewed.dossier;
    return [
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      reviewed.accessContext.classes.map((name) => markdownText(name, 40)).join(', '),
      `${hours}`,
      `${maxHours}`,
    ];
  };
  const note = 'Granted for longer than their class allows (`AUTO_CLOSE_EXPIRED` lets Portcullis close them).';
  return overdue.length === 0
    ? ''
    : section(
        'Grants past their maximum',
        note,
        longTable(['Request', 'Requestor', 'What for', 'Classes', 'Hours', 'Allowed'], overdue, row, room, 'llllrr'),
      );
}

/** Whether each class of access may be enforced, by what people decided; nothing where no class has a mode. */
export function classesSection({ classes = [], deepAnalysis }: RunRecord): string {
  const head = ['Class', 'Mode', 'People approved', 'At least', 'Taken back', 'What is next'];
  const silent = classes.filter(isSilent);
  const told = classes.filter((one) => !isSilent(one));
  return section(
    'Classes of access',
    classes.length === 0
      ? ''
      : 'Of what the policy would approve, by what people decided in the last 180 days (and since `since:` of the class). *At least* is the lower end of the agreement; *taken back* are approvals without a person that one refused afterwards.',
    classes.length === 0 || deepAnalysis
      ? ''
      : 'With DEEP_ANALYSIS off the assets of settled requests are not read, so that only what a run saw wait is judged.',
    tableOf(head, told.map(classRow), 'llrrrl'),
    silent.length === 0
      ? ''
      : `Only observed, with nothing to judge: ${silent.map(({ name }) => markdownText(name, 60)).join(', ')}.`,
  );
}

const isSilent = ({ mode, decided, approved }: ClassStanding): boolean =>
  mode === 'observe' && decided === 0 && approved === 0;

const classRow = (one: ClassStanding): string[] => [
  markdownText(one.name, 60),
  `${one.mode ?? UNSAID}${one.demotion === null ? '' : ', demoted'}`,
  one.decided === 0 ? 'none yet' : `${one.agreed} of ${one.decided}`,
  one.decided === 0 ? '' : `${Math.floor(one.least * 100)} %`,
  one.approved === 0 ? '' : `${one.undone} of ${one.approved}`,
  markdownText(standingWords(one), 300),
];
