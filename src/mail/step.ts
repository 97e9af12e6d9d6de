import { basename, join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Problem, RunRecord } from '../domain/run_record.ts';
import type { Network } from '../http/network.ts';
import type { ReportFiles } from '../report/write.ts';
import type { Disk } from '../store/disk.ts';
import type { Clock } from '../util/clock.ts';
import type { Log } from '../util/log.ts';
import type { VaultParts } from '../vault/vault.ts';
import { deliver } from './deliver.ts';
import { createMailer } from './graph_mailer.ts';
import { composeMail } from './mail.ts';
import { createOutbox } from './outbox.ts';
import type { MailTemplate } from './template.ts';
import { triggersOf } from './triggers.ts';

type MailParts = {
  readonly config: Config;
  readonly template: MailTemplate;
  readonly vault: Pick<VaultParts, 'secret'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  readonly files: ReportFiles | null;
  readonly lockHeld: () => boolean;
  /** Aborted a while after a stop, not at once: a stopped run tells about itself too. */
  readonly signal: AbortSignal;
  readonly network?: Partial<Network> | undefined;
};

type Mailed = { readonly sent: number; readonly problems: readonly Problem[] };
const NOTHING_SENT: Mailed = { sent: 0, problems: [] };

/** Sends the mail of the run and what earlier runs could not send. A rehearsal writes its mail beside the report instead. */
export async function mailStep(record: RunRecord, parts: MailParts): Promise<Mailed> {
  const { config, template, vault, clock, log, disk, files, lockHeld, signal, network } = parts;
  const { mail, places, triggers } = config;
  if (mail === null) return NOTHING_SENT;
  const wanted = triggersOf(record, triggers).length > 0;
  const reportFile = files === null ? null : basename(files.markdown);
  const compose = (remarks: readonly string[]) => composeMail(record, template, { reportFile, remarks });
  if (record.dryRun) {
    if (wanted && files !== null) await disk.replace(files.markdown.replace(/\.md$/, '.mail.html'), compose([]).html);
    return NOTHING_SENT;
  }
  const mailer = createMailer({
    ...mail,
    clock,
    signInAdapter: network?.signIn,
    graphFetch: network?.graph,
    clientSecret: () =>
      mail.secretAssetId === undefined
        ? Promise.resolve(mail.clientSecret ?? '')
        : vault.secret(mail.secretAssetId, `Portcullis needs its mail secret for run ${record.runId}`, signal),
  });
  const outbox = createOutbox(join(places.state, 'outbox'), clock, disk);
  const { sent, problems } = await deliver({
    ...{ outbox, mailer, clock, compose: wanted ? compose : null, lockHeld, signal },
  });
  if (sent > 0) log.info('mail.sent', { run: record.runId, mails: sent, recipients: mail.recipients.length });
  for (const problem of problems) log.error('run.problem', { run: record.runId, ...problem });
  return { sent, problems };
}
