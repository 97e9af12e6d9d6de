import { actionSummary } from './sections/action_summary.ts';
import { actionsTaken } from './sections/actions_taken.ts';
import { footerNote } from './sections/footer_note.ts';
import { highRisk } from './sections/high_risk.ts';
import { anomalies, riskSummary } from './sections/risk_summary.ts';
import { runMeta } from './sections/run_meta.ts';
import type { MailContent } from './sections/section.ts';

/**
 * The placeholders of `prompts/email_template.html` and who fills them. Every one of them must stand in the template:
 * a security person may move and reword, but not leave something out unnoticed. What comes out is finished, safe HTML.
 */
export const SECTIONS = {
  RUN_META: runMeta,
  RISK_SUMMARY: riskSummary,
  ACTION_SUMMARY: actionSummary,
  ACTIONS_TAKEN: actionsTaken,
  HIGH_RISK: highRisk,
  ANOMALIES: anomalies,
  FOOTER_NOTE: footerNote,
} as const satisfies Record<string, (content: MailContent) => string>;
export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];
