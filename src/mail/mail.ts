import type { RunRecord } from '../domain/run_record.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { essentials, preheader } from './essentials.ts';
import type { MailContent } from './sections/section.ts';
import { SECTION_NAMES, SECTIONS, type SectionName } from './sections.ts';
import { subjectLine } from './subject.ts';
import type { MailTemplate } from './template.ts';

/** A finished mail: what is kept in the outbox and handed to Microsoft Graph. */
export type Mail = {
  readonly runId: string;
  readonly subject: string;
  readonly html: string;
  /** The essentials for readers without HTML. Travels with ALERT_MAIL_FORMAT=mime only; see `graph_mailer.ts`. */
  readonly text: string;
};

/** The mail of one run. Pure. `remarks` are sentences about earlier mails that the reader has to know. */
export function composeMail(
  record: RunRecord,
  template: MailTemplate,
  { reportFile, remarks = [] }: { reportFile: string | null; remarks?: readonly string[] },
): Mail {
  const content: MailContent = { record, totals: totalsOf(record), reportFile, remarks };
  const subject = subjectLine(record, content.totals);
  const sections = Object.fromEntries(SECTION_NAMES.map((name) => [name, SECTIONS[name](content)]));
  return {
    runId: record.runId,
    subject,
    html: template(sections as Record<SectionName, string>, { SUBJECT: subject, PREHEADER: preheader(content) }),
    text: essentials(content),
  };
}
