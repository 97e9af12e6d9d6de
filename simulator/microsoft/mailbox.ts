/** The mails that were accepted, in order. */

export type Mail = {
  readonly at: number;
  readonly sender: string;
  /** The `to` addresses. */
  readonly recipients: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  /** The body's content, whatever its type says. */
  readonly html: string;
  /** The plain-text part, which only a mail in MIME form has. */
  readonly text: string | null;
  readonly contentType: 'HTML' | 'Text';
  readonly attachments: readonly { readonly name: string; readonly contentBytes: string }[];
  readonly saveToSentItems: boolean;
  /** The request body exactly as received. */
  readonly raw: string;
  /** The bearer token it came with. */
  readonly token: string;
};

export type Mailbox = { readonly mails: readonly Mail[]; clear(): void };
