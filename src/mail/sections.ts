import { actionSummary } from './sections/action_summary.ts';
import { actionsTaken } from './sections/actions_taken.ts';
import { footerNote } from './sections/footer_note.ts';
import { highRisk } from './sections/high_risk.ts';
import { anomalies, riskSummary } from './sections/risk_summary.ts';
import { runMeta } from './sections/run_meta.ts';
import type { MailContent } from './sections/section.ts';

/**
 * The placeholders of `prompts/email_template.html` and who fills them. A template may leave any of them out: what it does
 * not have is put before the footer. What comes out is finished, safe HTML.
 */
export const SECTIONS = {
  RUN_META: runMeta,
  ACTION_SUMMARY: actionSummary,
  RISK_SUMMARY: riskSummary,
  HIGH_RISK: highRisk,
  ACTIONS_TAKEN: actionsTaken,
  ANOMALIES: anomalies,
  FOOTER_NOTE: footerNote,
} as const satisfies Record<string, (content: MailContent) => string>;
export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];

/** Finished HTML for each section; null for one that the triggers do not select. */
export type SectionTexts = Readonly<Record<SectionName, string | null>>;

/** The heading of a section for which the template has no place. */
export const TITLES = {
  RUN_META: 'This run',
  ACTION_SUMMARY: 'What to do',
  RISK_SUMMARY: 'Requests by risk',
  HIGH_RISK: 'High and critical risk',
  ACTIONS_TAKEN: 'Actions of this run',
  ANOMALIES: 'What stood out',
} as const satisfies Record<Exclude<SectionName, 'FOOTER_NOTE'>, string>;
