import type { RunRecord } from '../domain/run_record.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { attachedActions, type MailFile } from './action_csv.ts';
import { essentials, preheader } from './essentials.ts';
import type { MailContent } from './sections/section.ts';
import { SECTION_NAMES, SECTIONS, type SectionTexts } from './sections.ts';
import { subjectLine } from './subject.ts';
import type { MailTemplate } from './template.ts';
import { actionsTold } from './told_actions.ts';
import { ALL_SECTIONS, isSelected, type TriggerSettings } from './triggers.ts';

/** A finished mail: what is kept in the outbox and handed to Microsoft Graph. */
export type Mail = {
  readonly runId: string;
  readonly subject: string;
  readonly html: string;
  /** The essentials for readers without HTML. Travels with ALERT_MAIL_FORMAT=mime only; see `graph_mailer.ts`. */
  readonly text: string;
  /** How many actions it tells of; absent in a mail that an earlier version kept. */
  readonly actions?: number | undefined;
  /** All actions, where the mail itself has no room for them. */
  readonly attachment?: MailFile | undefined;
};

/** INVARIANT: a mail that tells of actions is not lost without another try: nobody else tells the reader of them. */
export const tellsOfActions = ({ actions, text }: Pick<Mail, 'actions' | 'text'>): boolean =>
  actions === undefined ? ACTION_LINE.test(text) : actions > 0;

/** How the plain text of earlier versions tells of an action. */
const ACTION_LINE = /^- (approved|rejected|closed|failed|outcome unknown): /m;

type Circumstances = {
  readonly reportFile: string | null;
  /** Sentences about earlier mails that the reader has to know. */
  readonly remarks?: readonly string[];
  /** Which sections are wanted; all, unless told. */
  readonly triggers?: TriggerSettings;
};

/** The mail of one run. Pure. */
export function composeMail(
  record: RunRecord,
  { render, tones }: MailTemplate,
  { reportFile, remarks = [], triggers = ALL_SECTIONS }: Circumstances,
): Mail {
  const attached = attachedActions(record);
  const content: MailContent = { record, totals: totalsOf(record), reportFile, remarks, tones, triggers, attached };
  const subject = subjectLine(record, content.totals);
  const sections = Object.fromEntries(
    SECTION_NAMES.map((name) => [name, isSelected(name, triggers) ? SECTIONS[name](content) : null]),
  ) as SectionTexts;
  return {
    runId: record.runId,
    subject,
    html: render(sections, { SUBJECT: subject, PREHEADER: preheader(content) }),
    text: essentials(content),
    actions: actionsTold(record),
    ...(attached !== null && { attachment: attached.file }),
  };
}
