import { Client, GraphClientError, ResponseType } from '@microsoft/microsoft-graph-client';
import type { MailFile } from './action_csv.ts';
import { extraHeaders } from './extra_headers.ts';
import { OneShotTransport, openGraph } from './graph_transport.ts';
import type { Mail } from './mail.ts';
import { mimeMessage } from './mime_message.ts';
import { createSignIn, type SignInOptions } from './sign_in.ts';

export type MailerOptions = SignInOptions & {
  /** Mailbox that the mail is sent from. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** ALERT_MAIL_FORMAT. */
  readonly format: 'html' | 'mime';
};

export type Mailer = {
  /**
   * Hands one mail to Microsoft Graph, in one request. Throws an UpstreamError of `sign-in` or `mail`, or what the source
   * of the client secret threw; `maybeDone` on one of `mail` says that the mail may have gone out nevertheless.
   * `beforePost` is awaited right before the request leaves, after everything that can still fail harmlessly.
   */
  send(mail: Mail, signal?: AbortSignal, beforePost?: () => Promise<void>): Promise<void>;
};

/** `close` ends its connections. */
export type OpenMailer = Mailer & { close(): void };

export function createMailer(options: MailerOptions): OpenMailer {
  const signIn = createSignIn(options);
  const upstream = openGraph(options);
  return {
    async send(mail, signal, beforePost = async () => {}) {
      const token = await signIn.token(signal);
      const transport = new OneShotTransport({
        token,
        signal,
        beforePost,
        fetch: upstream.fetch,
        now: options.clock.now,
      });
      const graph = Client.initWithMiddleware({
        middleware: transport,
        baseUrl: withoutVersion(options.graphBaseUrl),
        defaultVersion: 'v1.0',
      });
      try {
        const { contentType, body } = bodyOf(mail, options);
        await graph
          .api(`/users/${encodeURIComponent(options.sender)}/sendMail`)
          .header('Content-Type', contentType)
          .responseType(ResponseType.RAW)
          .post(body);
      } catch (error) {
        throw error instanceof GraphClientError ? (error.customError ?? error) : error;
      }
    },
    close() {
      signIn.close();
      upstream.close();
    },
  };
}

/** Graph tells its two forms apart by the content type; a MIME message comes as base64. */
function bodyOf(mail: Mail, { format, sender, recipients, clock }: MailerOptions) {
  if (format === 'html') return { contentType: 'application/json', body: graphMessage(mail, recipients) };
  const message = mimeMessage(mail, { sender, recipients, sentAt: clock.now() });
  return { contentType: 'text/plain', body: Buffer.from(message, 'utf8').toString('base64') };
}

/**
 * The JSON body of `POST /users/{sender}/sendMail`, the form that is used unless ALERT_MAIL_FORMAT says `mime`.
 *
 * Only the HTML travels: a JSON message has exactly one body. Exchange makes the plain-text alternative from it, in
 * reading order, which is why the essentials stand first in it: the preheader, the outcome in one sentence, the problems,
 * then what waits for a person. Whoever wants our own plain text gets it with the other form (`mime_message.ts`); why
 * that one is not the default stands in docs/adr/0019-mail-as-json.md.
 */
function graphMessage(mail: Mail, recipients: readonly string[]) {
  return {
    message: {
      subject: mail.subject,
      body: { contentType: 'HTML', content: mail.html },
      toRecipients: recipients.map((address) => ({ emailAddress: { address } })),
      internetMessageHeaders: extraHeaders(mail),
      ...(mail.attachment !== undefined && { attachments: [graphFile(mail.attachment)] }),
    },
    // What is kept of a run is its report; a copy of each mail would only fill the sender's mailbox.
    saveToSentItems: false,
  };
}

const graphFile = ({ name, csv }: MailFile) => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name,
  contentType: 'text/csv',
  contentBytes: Buffer.from(csv, 'utf8').toString('base64'),
});

/** The address is often copied from an example with its version, which the client adds by itself. */
const withoutVersion = (base: string): string => base.replace(/(?<!\/)\/+$/, '').replace(/\/v1\.0$/, '');
