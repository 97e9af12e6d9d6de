import { plainLine } from '../../text/plain_text.ts';
import { html } from '../html.ts';
import { mailText } from '../mail_text.ts';
import { BREAK, SMALL } from '../text_styles.ts';
import type { MailContent } from './section.ts';

/** FOOTER_NOTE: where everything is told at length, and how to read this mail. */
export function footerNote({ record, reportFile }: MailContent): string {
  return template({
    report: reportFile === null ? '' : plainLine(reportFile, 200),
    run: mailText(record.runId, 80),
    version: mailText(record.version, 40),
    policy: mailText(record.digests.policy.slice(0, 12), 20),
    prompts: mailText(record.digests.prompts.slice(0, 12), 20),
  });
}

const template = html<{ report: string; run: string; version: string; policy: string; prompts: string }>(`
<div style="${SMALL};${BREAK};">{{#if report}}Full report: <strong>{{report}}</strong>{{else}}The report of this run could not be written.{{/if}}</div>
<div style="${SMALL};padding-top:6px;">Portcullis {{version}}, run {{run}}, policy {{policy}}, prompts {{prompts}}. Words of the AI are marked as such. Addresses in texts of others are broken on purpose so that nothing in this mail can be clicked. Nobody reads answers to it.</div>`);
