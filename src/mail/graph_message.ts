import { extraHeaders } from './extra_headers.ts';
import type { Mail } from './mail.ts';

/**
 * The JSON body of `POST /users/{sender}/sendMail`, the form that is used unless ALERT_MAIL_FORMAT says `mime`.
 *
 * Only the HTML travels: a JSON message has exactly one body. Exchange makes the plain-text alternative from it, in
 * reading order, which is why the essentials stand first in it: the preheader, the outcome in one sentence, the problems,
 * then what waits for a person. Whoever wants our own plain text gets it with the other form (`mime_message.ts`); why
 * that one is not the default stands in docs/adr/0019-mail-as-json.md.
 */
export function graphMessage(mail: Mail, recipients: readonly string[]) {
  return {
    message: {
      subject: mail.subject,
      body: { contentType: 'HTML', content: mail.html },
      toRecipients: recipients.map((address) => ({ emailAddress: { address } })),
      internetMessageHeaders: extraHeaders(mail),
    },
    // The record of a run is the report; a copy of each mail would only fill the sender's mailbox.
    saveToSentItems: false,
  };
}
