import type { Mail } from './mail.ts';

/**
 * The body of `POST /users/{sender}/sendMail`.
 *
 * Only the HTML travels. A JSON message has exactly one body; two parts would need the other form of the call, a MIME
 * message as base64 under `text/plain`, and that one trades a documented JSON contract (which gateways, mail-flow rules
 * in front of Graph and every test double understand) for hand-made MIME. Nothing is lost by it: Exchange makes the
 * plain-text alternative from the HTML itself, in reading order, which is why the essentials stand first in it: the
 * preheader, the outcome in one sentence, the problems, then what waits for a person.
 */
export function graphMessage(mail: Mail, recipients: readonly string[]) {
  return {
    message: {
      subject: mail.subject,
      body: { contentType: 'HTML', content: mail.html },
      toRecipients: recipients.map((address) => ({ emailAddress: { address } })),
      internetMessageHeaders: [
        // Lets a mailbox rule sort these mails, and asks other servers not to answer them with absence notes.
        { name: 'X-Portcullis-Run', value: mail.runId.replace(/[^\w.:-]/g, '_').slice(0, 100) },
        { name: 'X-Auto-Response-Suppress', value: 'All' },
      ],
    },
    // The record of a run is the report; a copy of each mail would only fill the sender's mailbox.
    saveToSentItems: false,
  };
}
