import type { Recovered, Reviewed } from '../../domain/run_record.ts';
import { outcomeRemark, outcomeWord } from '../../phrases/outcome_words.ts';
import { riskWord } from '../../phrases/run_totals.ts';
import { html } from '../html.ts';
import { mailText } from '../mail_text.ts';
import { decidedBy, titleOf } from '../request_words.ts';
import { BREAK, LAYOUT, LINE, SMALL, TEXT } from '../text_styles.ts';
import { type ActionKind, actionKinds, SHOWN_ACTIONS, tally } from '../told_actions.ts';
import { moodsOf, type Tone, type Tones } from '../tones.ts';
import { type MailContent, nothing } from './section.ts';
import { remark } from './work_rows.ts';

/** So many of a kind also say which policies decided; with more of them a line each is enough. */
const SHORT_LIST = 15;

/** ACTIONS_TAKEN: each action with its outcome, kind by kind; in an observing run, each that would have been taken. */
export function actionsTaken(content: MailContent): string {
  const { record, tones } = content;
  const kinds = actionKinds(record).map((kind) => kindTable(kind, tones));
  const found = record.recovered.map(foundLine);
  if (found.length > 0) kinds.push(table(`Actions of earlier runs (${found.length})`, moodsOf(tones).watch, found));
  return kinds.length === 0 ? nothing(content, 'No action was taken.') : kinds.join('') + whereTheRestIs(content);
}

type Line = { readonly mark: string; readonly title: string; readonly facts: string };

function kindTable({ action, title, items }: ActionKind, tones: Tones): string {
  const { good, bad, neutral } = moodsOf(tones);
  const look = { approve: good, reject: bad, close: neutral }[action];
  const lines = items.map((one) => lineOf(one, items.length <= SHORT_LIST));
  return table(`${title} (${tally(items)})`, look, lines, { wrong: bad });
}

/** What went well says so by its heading; anything else says what it is. */
function lineOf(one: Reviewed, long: boolean): Line {
  const facts = [
    mailText(one.dossier.request.id, 60),
    `risk ${riskWord(one)}`,
    outcomeRemark(one.outcome, mailText),
    long ? decidedBy(one) : '',
    long && one.comment !== null && one.comment !== '' ? `Comment: “${mailText(one.comment)}”` : '',
  ];
  return {
    mark: one.outcome?.kind === 'done' ? '' : outcomeWord(one),
    title: titleOf(one),
    facts: facts.filter((words) => words !== '').join(' · '),
  };
}

const foundLine = ({ requestId, action, runId, found, says }: Recovered): Line => ({
  mark: found === 'done' ? '' : found,
  title: `${action} of ${mailText(requestId, 60)}`,
  facts: `run ${mailText(runId, 60)} · ${mailText(says, 160)}`,
});

function table(title: string, look: Tone, lines: readonly Line[], { wrong } = { wrong: look }): string {
  const more = lines.length - SHOWN_ACTIONS;
  return template({
    title,
    look,
    wrong,
    lines: lines.slice(0, SHOWN_ACTIONS),
    more: more > 0 ? `and ${more} more in the attached file` : '',
  });
}

function whereTheRestIs({ attached, reportFile }: MailContent): string {
  if (attached === null) return '';
  const { file, rows, of } = attached;
  const all = rows === of ? `All ${of} actions are` : `The first ${rows} of ${of} actions are`;
  const rest = rows === of || reportFile === null ? '' : ' A mail cannot carry more; the report has all of them.';
  return remark({ says: `${all} in the attached file ${mailText(file.name, 90)}.${rest}` });
}

const template = html<{ title: string; look: Tone; wrong: Tone; lines: readonly Line[]; more: string }>(`
<table ${LAYOUT} style="margin-bottom:10px;">
<tr><td bgcolor="{{look.tint}}" style="padding:5px 10px;background-color:{{look.tint}};border-left:4px solid {{look.edge}};${TEXT};font-weight:600;color:{{look.ink}};">{{title}}</td></tr>
<tr><td style="padding:4px 0 4px 14px;border-bottom:1px solid ${LINE};${SMALL};${BREAK};">
{{#each lines}}<div style="padding:2px 0;">{{#if this.mark}}<strong style="color:{{../wrong.ink}};">{{this.mark}}:</strong> {{/if}}<strong>{{this.title}}</strong> · {{this.facts}}</div>
{{/each}}{{#if more}}<div style="padding:2px 0;"><strong>{{more}}</strong></div>{{/if}}
</td></tr>
</table>`);
