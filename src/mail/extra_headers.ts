import type { Mail } from './mail.ts';

/** What travels beside subject and addresses, in either form of the mail. Values are safe in a header as they are. */
export const extraHeaders = ({ runId }: Mail): { name: string; value: string }[] => [
  // Lets a mailbox rule sort these mails, and asks other servers not to answer them with absence notes.
  { name: 'X-Portcullis-Run', value: runId.replace(/[^\w.:-]/g, '_').slice(0, 100) },
  { name: 'X-Auto-Response-Suppress', value: 'All' },
];
