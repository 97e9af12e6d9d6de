import type { RunRecord } from '../../domain/run_record.ts';
import { effortWords } from '../../phrases/effort_words.ts';
import { haltAdvice, haltStory } from '../../phrases/halt_words.ts';
import { ledgerWords } from '../../phrases/ledger_head.ts';
import { modeWords } from '../../phrases/mode_words.ts';
import { plural } from '../../phrases/plural.ts';
import { brokeOff, headline } from '../../phrases/run_headline.ts';
import { sum } from '../../phrases/run_totals.ts';
import { duration, utcMinute } from '../../phrases/time_words.ts';
import { unreviewed, waitingFor } from '../../phrases/work_list.ts';
import { capital, plainLine } from '../../text/plain_text.ts';
import { html } from '../html.ts';
import { mailText } from '../mail_text.ts';
import { BREAK, FONT, INK, LAYOUT, SMALL, TEXT } from '../text_styles.ts';
import { moodsOf, type Tone, type Tones } from '../tones.ts';
import type { MailContent } from './section.ts';

const SHOWN_PROBLEMS = 5;

/** RUN_META: the outcome in one sentence, what went wrong, and which run this is. */
export function runMeta({ record, totals, remarks, tones }: MailContent): string {
  const { problems, warnings, window } = record;
  const moves = waitingFor(record, totals);
  const effort = effortWords(totals, record.usage);
  const more = problems.length - SHOWN_PROBLEMS;
  return template({
    headline: capital(headline(record, totals)),
    look: lookOf(
      tones,
      brokeOff(record.verdict),
      record.halt !== null || problems.length + totals.failed + totals.unknown > 0,
      totals.waiting.length + totals.heldBack.length + unreviewed(record.breakGlass).length + sum(totals.wouldDo),
    ),
    halt:
      record.halt === null
        ? null
        : {
            message: haltStory(record.halt, totals.leftByHalt, mailText),
            advice: mailText(haltAdvice(record.halt)),
          },
    problems: problems.slice(0, SHOWN_PROBLEMS).map(({ where, message, advice }) => ({
      message: `${mailText(where, 60)}: ${mailText(message, 400)}`,
      advice: advice === null ? '' : mailText(advice, 400),
    })),
    moreProblems: more > 0 ? `and ${more} more, see the report` : '',
    problemLook: moodsOf(tones).bad,
    notices: [...remarks, ...warnings].map((notice) => capital(mailText(notice, 400))),
    noticeLook: moodsOf(tones).watch,
    facts: [
      ...(moves === '' ? [] : [{ name: 'Waiting for', value: moves }]),
      { name: 'Run', value: `${utcMinute(record.startedAt)}, took ${duration(record.finishedAt - record.startedAt)}` },
      { name: 'Mode', value: modeWords(record, 'short', mailText) },
      ...(effort === '' ? [] : [{ name: 'Model', value: effort }]),
      { name: 'Window', value: `${plural(window.days, 'day')}, since ${utcMinute(window.from)}` },
      ...(record.planId === null
        ? []
        : [
            { name: 'Plan', value: [record.planId, ...approver(record)].map((part) => mailText(part, 100)).join(', ') },
          ]),
      { name: 'Ledger', value: ledgerWords(record.ledger).replaceAll('`', '') },
      { name: 'Vault', value: plainLine(record.vaultUrl.replace(/^https?:\/\//i, ''), 120) },
    ],
  });
}

const approver = ({ approvedBy }: RunRecord): string[] => (approvedBy === null ? [] : [`approved by ${approvedBy}`]);

function lookOf(tones: Tones, failed: boolean, troubled: boolean, open: number): Tone {
  const { good, watch, bad, neutral } = moodsOf(tones);
  if (failed) return bad;
  if (troubled) return watch;
  return open > 0 ? neutral : good;
}

type Box = { readonly message: string; readonly advice: string };
const template = html<{
  headline: string;
  look: Tone;
  halt: Box | null;
  problems: readonly Box[];
  moreProblems: string;
  problemLook: Tone;
  notices: readonly string[];
  noticeLook: Tone;
  facts: readonly { name: string; value: string }[];
}>(`
<table ${LAYOUT}>
<tr><td bgcolor="{{look.tint}}" style="padding:16px 18px;background-color:{{look.tint}};border-left:5px solid {{look.edge}};border-radius:4px;${FONT};font-size:20px;line-height:27px;font-weight:600;color:${INK};">{{headline}}</td></tr>
</table>
{{#if halt}}
<table ${LAYOUT} style="margin-top:12px;">
<tr><td bgcolor="{{noticeLook.tint}}" style="padding:10px 18px;background-color:{{noticeLook.tint}};border-left:5px solid {{noticeLook.edge}};${TEXT};${BREAK};color:{{noticeLook.ink}};">
<strong>{{halt.message}}</strong>
<div style="${SMALL};color:{{noticeLook.ink}};">What to do: {{halt.advice}}</div>
</td></tr>
</table>
{{/if}}
{{#if problems}}
<table ${LAYOUT} style="margin-top:12px;">
{{#each problems}}
<tr><td bgcolor="{{../problemLook.tint}}" style="padding:10px 18px;background-color:{{../problemLook.tint}};border-left:5px solid {{../problemLook.edge}};${TEXT};${BREAK};color:{{../problemLook.ink}};">
<strong>{{this.message}}</strong>
{{#if this.advice}}<div style="${SMALL};color:{{../problemLook.ink}};">What to do: {{this.advice}}</div>{{/if}}
</td></tr>
{{/each}}
{{#if moreProblems}}<tr><td style="padding:6px 18px;${SMALL};">{{moreProblems}}</td></tr>{{/if}}
</table>
{{/if}}
{{#if notices}}
<table ${LAYOUT} style="margin-top:12px;">
{{#each notices}}
<tr><td bgcolor="{{../noticeLook.tint}}" style="padding:8px 18px;background-color:{{../noticeLook.tint}};border-left:5px solid {{../noticeLook.edge}};${TEXT};${BREAK};font-size:13px;color:{{../noticeLook.ink}};">{{this}}</td></tr>
{{/each}}
</table>
{{/if}}
<table ${LAYOUT} style="margin-top:14px;">
{{#each facts}}
<tr><td valign="top" width="72" style="width:72px;padding:2px 12px 2px 0;${SMALL};">{{this.name}}</td><td valign="top" style="padding:2px 0;${SMALL};${BREAK};color:${INK};">{{this.value}}</td></tr>
{{/each}}
</table>`);
