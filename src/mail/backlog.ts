import { utcMinute } from '../phrases/time_words.ts';
import { DAY_MS } from '../util/durations.ts';
import { html } from './html.ts';
import type { Mail } from './mail.ts';
import type { KeptMail } from './outbox.ts';
import { FONT, WATCH } from './theme.ts';

export const MAX_MAILS = 20;
export const MAX_AGE_DAYS = 14;

export type Backlog = {
  /** To be sent, oldest first. */
  readonly due: readonly KeptMail[];
  /** Given up or of unknown fate: told once, then forgotten. */
  readonly lost: readonly { readonly kept: KeptMail; readonly remark: string }[];
};

/** Sorts what earlier runs left in the box, oldest first. `room` is how many may stay. Pure. */
export function sortBacklog(kept: readonly KeptMail[], now: number, room: number): Backlog {
  const pending = kept.filter(({ state }) => state === 'pending');
  const fresh = pending.filter(({ queuedAt }) => now - queuedAt <= MAX_AGE_DAYS * DAY_MS);
  const due = room > 0 ? fresh.slice(-room) : [];
  const lost = kept.filter((one) => !due.includes(one)).map((one) => ({ kept: one, remark: farewell(one, fresh) }));
  return { due, lost };
}

function farewell(kept: KeptMail, fresh: readonly KeptMail[]): string {
  const mail = `the mail of run ${kept.mail.runId} (${utcMinute(kept.queuedAt)})`;
  if (kept.state !== 'pending') return `${mail} may not have arrived: it is not sent again, its report tells the same`;
  const why = fresh.includes(kept)
    ? `more than ${MAX_MAILS} mails were waiting`
    : `it waited more than ${MAX_AGE_DAYS} days`;
  return `${mail} was never sent: ${why}${kept.reason === null ? '' : ` (${kept.reason})`}`;
}

/** A mail of an earlier run, marked as such so that nobody takes it for today's. */
export function delayed({ mail, queuedAt }: KeptMail): Mail {
  const note = `Delayed: this is the mail of run ${mail.runId} of ${utcMinute(queuedAt)}, which could not be sent then.`;
  return {
    ...mail,
    subject: `[delayed] ${mail.subject}`,
    html: withNote(mail.html, note),
    text: `${note}\n\n${mail.text}`,
  };
}

/** First thing in the body, so that it is also the first thing in a list of mails. */
function withNote(page: string, note: string): string {
  const line = banner({ note });
  const body = /<body\b[^<>]*>/i.exec(page);
  if (body === null) return line + page;
  const at = body.index + body[0].length;
  return page.slice(0, at) + line + page.slice(at);
}

const banner = html<{ note: string }>(
  `<div style="padding:10px 16px;background-color:${WATCH.tint};${FONT};font-size:14px;line-height:20px;color:${WATCH.ink};text-align:center;">{{note}}</div>`,
);
