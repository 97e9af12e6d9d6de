import { basename, join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { MailSeals } from '../domain/mail_seals.ts';
import type { Problem, RunRecord } from '../domain/run_record.ts';
import type { SecretReader } from '../domain/secret_reader.ts';
import type { Network } from '../http/network.ts';
import type { Disk } from '../store/disk.ts';
import type { Clock } from '../util/clock.ts';
import type { Log } from '../util/log.ts';
import { deliver } from './deliver.ts';
import { createMailer } from './graph_mailer.ts';
import { composeMail } from './mail.ts';
import { createOutbox } from './outbox.ts';
import type { MailTemplate } from './template.ts';
import { triggersOf } from './triggers.ts';

type AlertParts = {
  readonly config: Config;
  readonly template: MailTemplate;
  readonly vault: SecretReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  readonly seals: MailSeals;
  /** Where the page of the report stands; null when there is none. */
  readonly reportFile: () => string | null;
  readonly lockHeld: () => boolean;
  /** Aborted a while after a stop, not at once: a stopped run tells about itself too. */
  readonly afterStop: AbortSignal;
  readonly network?: Network | undefined;
};

type Mailed = { readonly sent: number; readonly problems: readonly Problem[] };
const NOTHING_SENT: Mailed = { sent: 0, problems: [] };

/** Alerting as one run does it: its own mail, and what earlier runs could not send. */
export const alertStep = (parts: AlertParts) => ({
  /** A rehearsal writes its mail beside the report instead. */
  async alert(record: RunRecord): Promise<Mailed> {
    const { config, template, vault, clock, log, disk, seals, lockHeld, afterStop: signal, network } = parts;
    const { mail, places, triggers } = config;
    if (mail === null) return NOTHING_SENT;
    const wanted = triggersOf(record, triggers).length > 0;
    const page = parts.reportFile();
    const reportFile = page === null ? null : basename(page);
    const compose = (remarks: readonly string[]) => composeMail(record, template, { reportFile, remarks, triggers });
    if (record.dryRun) {
      if (wanted && page !== null) await disk.replace(page.replace(/\.md$/, '.mail.html'), compose([]).html);
      return NOTHING_SENT;
    }
    const mailer = createMailer({
      ...mail,
      clock,
      network,
      clientSecret: () =>
        mail.secretAssetId === undefined
          ? Promise.resolve(mail.clientSecret ?? '')
          : vault.secret(mail.secretAssetId, `Portcullis needs its mail secret for run ${record.runId}`, signal),
    });
    const outbox = createOutbox(join(places.state, 'outbox'), clock, seals, disk);
    const { sent, problems } = await deliver({
      ...{ outbox, mailer, clock, compose: wanted ? compose : null, lockHeld, signal },
    }).finally(mailer.close);
    if (sent > 0) log.info('mail.sent', { run: record.runId, mails: sent, recipients: mail.recipients.length });
    for (const problem of problems) log.error('run.problem', { run: record.runId, ...problem });
    return { sent, problems };
  },
});

/** While a plan is prepared nobody is alerted: the person who asked for it sits before it. */
export const noAlert = { alert: async (): Promise<Mailed> => NOTHING_SENT };
