/** Microsoft Graph, as far as one application sends mail through it. */
import * as z from 'zod';
import {
  faultPoint,
  makeUpstream,
  parsed,
  rawBody,
  type SimulatorContext,
  type Upstream,
  type UpstreamContext,
} from '../upstream.ts';
import type { Mail, Mailbox } from './mailbox.ts';
import { fromBase64, MimeFault, type MimeMail, readMime } from './mime.ts';

/** Graph refuses larger requests; a report that outgrows it has to fail here, too. */
const LARGEST_REQUEST = 4 * 1024 * 1024;

const Recipient = z.strictObject({
  emailAddress: z.strictObject({ address: z.email(), name: z.string().optional() }),
});

const Attachment = z.object({
  '@odata.type': z.literal('#microsoft.graph.fileAttachment'),
  name: z.string().min(1),
  contentType: z.string().optional(),
  contentBytes: z.base64(),
  contentId: z.string().optional(),
  isInline: z.boolean().optional(),
});

// Strict, because Graph answers 400 to a property which its type does not have.
const SendMail = z.strictObject({
  message: z.strictObject({
    subject: z.string().max(255),
    body: z.strictObject({
      contentType: z
        .string()
        .transform((word) => word.toLowerCase())
        .pipe(z.enum(['html', 'text'])),
      content: z.string(),
    }),
    toRecipients: z.array(Recipient).min(1),
    ccRecipients: z.array(Recipient).default([]),
    bccRecipients: z.array(Recipient).default([]),
    replyTo: z.array(Recipient).optional(),
    importance: z.enum(['low', 'normal', 'high']).optional(),
    categories: z.array(z.string()).optional(),
    internetMessageHeaders: z
      .array(z.strictObject({ name: z.string().regex(/^x-/i), value: z.string() }))
      .max(5)
      .optional(),
    attachments: z.array(Attachment).default([]),
  }),
  saveToSentItems: z.boolean().default(true),
});

export type GraphSettings = {
  /** The one mailbox the application may send from. */
  readonly sender: string;
  accepts(authorization: string | undefined): boolean;
};

/** What a mail is, in whichever form it came. */
type Letter = Pick<Mail, 'at' | 'sender' | 'raw' | 'token'>;

export type Graph = { readonly app: Upstream; readonly mailbox: Mailbox };

export function makeGraph({ sender, accepts }: GraphSettings, context: SimulatorContext): Graph {
  const { now, journal } = context;
  const app = makeUpstream('graph', context);
  const mails: Mail[] = [];

  app.post('/v1.0/users/:sender/sendMail', faultPoint('mail', context), async (c) => {
    const from = c.req.param('sender');
    const raw = await rawBody(c);
    const verdict = decide(c, from, raw);
    const answer = verdict instanceof Response ? verdict : new Response(null, { status: 202 });
    if (!(verdict instanceof Response)) mails.push(verdict);
    journal.note({
      what: 'mail',
      id: from,
      body: raw,
      contentType: c.req.header('content-type') ?? null,
      user: null,
      status: answer.status,
      before: null,
      after: answer.ok ? 'accepted' : null,
    });
    return answer;
  });

  function decide(c: UpstreamContext, from: string, raw: string): Mail | Response {
    const authorization = c.req.header('authorization');
    if (!accepts(authorization))
      return denied(c, 401, 'InvalidAuthenticationToken', 'Access token is empty or invalid.');
    if (from.toLowerCase() !== sender.toLowerCase()) {
      return denied(c, 404, 'ErrorInvalidUser', `The requested user '${from}' is invalid.`);
    }
    if (Buffer.byteLength(raw) > LARGEST_REQUEST) {
      return denied(c, 413, 'RequestEntityTooLarge', 'The request is larger than 4 MB.');
    }
    const letter = { at: now(), sender: from, raw, token: authorization?.replace(/^Bearer /, '') ?? '' };
    const contentType = c.req.header('content-type') ?? '';
    if (/^application\/json\b/.test(contentType)) return fromJson(c, raw, letter);
    if (/^text\/plain\b/.test(contentType)) return fromMime(c, raw, letter);
    return denied(c, 415, 'UnsupportedMediaType', 'The Content-Type header must be application/json or text/plain.');
  }

  function fromJson(c: UpstreamContext, raw: string, letter: Letter): Mail | Response {
    const read = SendMail.safeParse(parsed(raw));
    if (!read.success) {
      const [issue] = read.error.issues;
      return denied(c, 400, 'ErrorInvalidRequest', `${issue?.path.join('.')}: ${issue?.message}`);
    }
    const { message, saveToSentItems } = read.data;
    const addresses = (list: typeof message.toRecipients) => list.map((one) => one.emailAddress.address);
    return {
      ...letter,
      recipients: addresses(message.toRecipients),
      cc: addresses(message.ccRecipients),
      bcc: addresses(message.bccRecipients),
      subject: message.subject,
      html: message.body.content,
      text: null,
      contentType: message.body.contentType === 'html' ? 'HTML' : 'Text',
      attachments: message.attachments,
      saveToSentItems,
    };
  }

  function fromMime(c: UpstreamContext, raw: string, letter: Letter): Mail | Response {
    let mime: string;
    let mail: MimeMail;
    try {
      mime = fromBase64(raw);
    } catch {
      return denied(c, 400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.');
    }
    try {
      mail = readMime(mime);
    } catch (error) {
      if (!(error instanceof MimeFault)) throw error;
      return denied(c, 400, 'ErrorMimeContentInvalid', `Invalid MIME content: ${error.message}.`);
    }
    if (mail.from.toLowerCase() !== sender.toLowerCase())
      return denied(c, 403, 'ErrorSendAsDenied', 'The user account does not have the right to send as this sender.');
    return {
      ...letter,
      recipients: mail.to,
      cc: [],
      bcc: [],
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      contentType: 'HTML',
      attachments: mail.attachments,
      // This form of the call has no place to say otherwise.
      saveToSentItems: true,
    };
  }

  function denied(
    c: UpstreamContext,
    status: 400 | 401 | 403 | 404 | 413 | 415,
    code: string,
    message: string,
  ): Response {
    const innerError = { date: new Date(now()).toISOString(), 'request-id': `sim-${mails.length}` };
    return c.json({ error: { code, message, innerError } }, status);
  }

  return { app, mailbox: { mails, clear: () => void mails.splice(0) } };
}
