import { basename, join } from 'node:path';
import { deliver } from '../alert/deliver.ts';
import { createMailer } from '../alert/graph_mailer.ts';
import { composeMail } from '../alert/mail.ts';
import { createOutbox } from '../alert/outbox.ts';
import type { MailTemplate } from '../alert/template.ts';
import { triggersOf } from '../alert/triggers.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { ReportFiles } from '../report/write.ts';
import type { Problem, RunRecord } from '../request/run_record.ts';
import { replaceFile } from '../state/files.ts';
import type { VaultParts } from './vault_parts.ts';

type MailParts = {
  readonly config: Config;
  readonly template: MailTemplate;
  readonly vault: Pick<VaultParts, 'secret'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly files: ReportFiles | null;
  /** Aborted a while after a stop, not at once: a stopped run tells about itself too. */
  readonly signal: AbortSignal;
};

/** Sends the mail of the run and what earlier runs could not send. A rehearsal writes its mail beside the report instead. */
export async function mailStep(record: RunRecord, parts: MailParts): Promise<readonly Problem[]> {
  const { config, template, vault, clock, log, files, signal } = parts;
  const { mail, places, triggers } = config;
  if (mail === null) return [];
  const wanted = triggersOf(record, triggers).length > 0;
  const reportFile = files === null ? null : basename(files.markdown);
  const compose = (remarks: readonly string[]) => composeMail(record, template, { reportFile, remarks });
  if (record.dryRun) {
    if (wanted && files !== null) await replaceFile(files.markdown.replace(/\.md$/, '.mail.html'), compose([]).html);
    return [];
  }
  const mailer = createMailer({
    ...mail,
    clock,
    clientSecret: () =>
      mail.secretAssetId === undefined
        ? Promise.resolve(mail.clientSecret ?? '')
        : vault.secret(mail.secretAssetId, `Portcullis needs its mail secret for run ${record.runId}`, signal),
  });
  const outbox = createOutbox(join(places.state, 'outbox'), clock);
  const { sent, problems } = await deliver({ outbox, mailer, clock, compose: wanted ? compose : null, signal });
  if (sent > 0) log.info('mail.sent', { run: record.runId, mails: sent, recipients: mail.recipients.length });
  for (const problem of problems) log.error('run.problem', { run: record.runId, ...problem });
  return problems;
}
