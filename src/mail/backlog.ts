import { utcMinute } from '../phrases/time_words.ts';
import { DAY_MS } from '../util/durations.ts';
import { html } from './html.ts';
import { type Mail, tellsOfActions } from './mail.ts';
import type { KeptMail } from './outbox.ts';
import { FONT, INK, LINE } from './text_styles.ts';

export const MAX_MAILS = 20;
export const MAX_AGE_DAYS = 14;

export type Backlog = {
  /** To be sent, oldest first: what surely was not, and for the second time what tells of actions and may not have arrived. */
  readonly due: readonly KeptMail[];
  /** Given up or of unknown fate: told once, then forgotten. */
  readonly lost: readonly { readonly kept: KeptMail; readonly remark: string }[];
};

/**
 * Sorts what earlier runs left in the box, oldest first. `room` is how many may stay. Pure.
 * INVARIANT: what left for the second time is never due again.
 */
export function sortBacklog(kept: readonly KeptMail[], now: number, room: number): Backlog {
  const wanted = kept.filter(
    ({ state, mail }) => state === 'pending' || (state !== 'repeating' && tellsOfActions(mail)),
  );
  const fresh = wanted.filter(({ queuedAt }) => now - queuedAt <= MAX_AGE_DAYS * DAY_MS);
  const due = room > 0 ? fresh.slice(-room) : [];
  const farewell = (one: KeptMail) => {
    const why = fresh.includes(one)
      ? `more than ${MAX_MAILS} mails were waiting`
      : `it waited more than ${MAX_AGE_DAYS} days`;
    return farewellOf(one, wanted.includes(one) ? why : null);
  };
  const lost = kept.filter((one) => !due.includes(one)).map((one) => ({ kept: one, remark: farewell(one) }));
  return { due, lost };
}

/** `why` it is given up although it was to be sent; null when it was not. */
function farewellOf({ mail: { runId }, queuedAt, state, reason }: KeptMail, why: string | null): string {
  const mail = `the mail of run ${runId} (${utcMinute(queuedAt)})`;
  const because = reason === null ? '' : ` (${reason})`;
  if (state === 'pending') return `${mail} was never sent: ${why}${because}`;
  if (state === 'repeating') return `${mail} may not have arrived, nor may its repetition: its report tells the same`;
  return why === null
    ? `${mail} may not have arrived: it is not sent again, its report tells the same`
    : `${mail} may not have arrived and was not repeated: ${why}${because}; its report tells the same`;
}

/** A mail of an earlier run, marked as such so that nobody takes it for today's, or what it tells for done twice. */
export const marked = ({ mail, queuedAt, state }: KeptMail): Mail =>
  state === 'pending' ? delayed(mail, queuedAt) : repeated(mail, queuedAt);

const delayed = (mail: Mail, queuedAt: number): Mail =>
  withNote(
    mail,
    'delayed',
    `Delayed: this is the mail of run ${mail.runId} of ${utcMinute(queuedAt)}, which could not be sent then.`,
  );

export const repeated = (mail: Mail, queuedAt: number): Mail =>
  withNote(
    mail,
    'possibly repeated',
    `Possibly repeated: this is the mail of run ${mail.runId} of ${utcMinute(queuedAt)}. It was sent then, and nobody knows whether it arrived. Nothing was done twice.`,
  );

function withNote(mail: Mail, mark: string, note: string): Mail {
  return {
    ...mail,
    subject: `[${mark}] ${mail.subject}`,
    html: underBody(mail.html, banner({ note })),
    text: `${note}\n\n${mail.text}`,
  };
}

/** First thing in the body, so that it is also the first thing in a list of mails. */
function underBody(page: string, line: string): string {
  const body = /<body\b[^<>]*>/i.exec(page);
  if (body === null) return line + page;
  const at = body.index + body[0].length;
  return page.slice(0, at) + line + page.slice(at);
}

const banner = html<{ note: string }>(
  `<div style="padding:10px 16px;background-color:#ffffff;border-bottom:1px solid ${LINE};${FONT};font-size:14px;line-height:20px;font-weight:600;color:${INK};text-align:center;">{{note}}</div>`,
);
