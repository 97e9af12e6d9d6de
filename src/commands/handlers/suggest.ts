import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rangeOf } from '../../analysis/replay/archived_runs.ts';
import type { People } from '../../analysis/suggest/people.ts';
import { figuresOf, figureWords, suggest } from '../../analysis/suggest/suggest.ts';
import { onStopSignals } from '../../daemon/signals.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { enrichStep } from '../../enrich/step.ts';
import { plural } from '../../phrases/plural.ts';
import { ACCESS_NAME } from '../../policy/folder.ts';
import { loadPolicy } from '../../policy/load.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { agentUsersOf } from '../../run/facts.ts';
import { ownAccounts } from '../../run/own_accounts.ts';
import { realDisk } from '../../store/disk.ts';
import { canAsk } from '../../terminal/question.ts';
import { say } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { systemClock } from '../../util/clock.ts';
import { DAY_MS } from '../../util/durations.ts';
import { ConfigError } from '../../util/errors.ts';
import { PACKAGE_ROOT } from '../../util/package_root.ts';
import { openVault } from '../../vault/vault.ts';
import type { CommandContext } from '../context/command_context.ts';
import { prepared } from '../context/prepared.ts';
import { WalkStopped, walkThrough } from './suggest_walk.ts';

export type SuggestChoices = { readonly range: string; readonly out: string | null; readonly json: boolean };

const USUAL_FOLDER = 'policy-draft';

/** What a second run writes into a folder that has an access.yml already. */
const BESIDE = 'access.suggested.yml.txt';

/**
 * `portcullis policy suggest`: a draft of a policy folder from what the vault recorded. Reads the vault and asks no model; writes
 * into `out` only. Gives the exit code.
 */
export async function policySuggestCommand(
  context: CommandContext,
  { range, out: given, json }: SuggestChoices,
): Promise<number> {
  const out = given ?? USUAL_FOLDER;
  const length = rangeOf(range);
  if (length === null) {
    throw new ConfigError([
      {
        setting: '--range',
        message: `\`${range}\` must be a number of hours, days or weeks, such as \`90d\` or \`8w\``,
      },
    ]);
  }
  const there = await readdir(out).catch(() => null);
  const again = there?.includes(ACCESS_NAME) === true;
  if (there !== null && there.length > 0 && !again) {
    throw new ConfigError([
      { setting: '--out', message: `\`${out}\` holds other files: name a new folder, or a policy folder` },
    ]);
  }
  const known = again ? await loadPolicy(out, { textFlags: TEXT_FLAG_NAMES }) : null;
  const clock = systemClock;
  const now = clock.now();
  const { config } = prepared(context);
  const people = await peopleOf(config.places.policy);
  const { dossiers, settings } = await readWindow(context, now - length);
  const stop = onStopSignals(() => {});
  const asks = given === null && !json && canAsk();
  const made = await suggest(dossiers, Math.ceil(length / DAY_MS), {
    ...{ known, people },
    ...(asks && { keep: (groups) => walkThrough(groups, stop.signal) }),
  }).catch((error) => {
    if (error instanceof WalkStopped) return null;
    throw error;
  });
  if (made === null) {
    say('Nothing was written.\n');
    return EXITS.done.code;
  }
  const { text, groups } = made;
  const file = join(out, again ? BESIDE : ACCESS_NAME);
  if (!again) await copyPolicies(out, config.places.policy, people);
  await writeFile(file, text, 'utf8');
  const policy = known ?? (await loadPolicy(out, { textFlags: TEXT_FLAG_NAMES }));
  const figures = figuresOf(dossiers, policy, { ...settings, autoApprove: true }, now);
  const proposed = groups.filter(({ not }) => not === null);
  if (json) say(jsonText({ file, figures, groups }));
  else {
    say(
      [
        '',
        `Read ${plural(dossiers.length, 'request')} of ${range}: ${plural(groups.length, 'group')} by container, type and operation${again ? ` that ${terminalLine(out)} does not map yet` : ''}.`,
        `Proposed ${plural(proposed.length, 'row')}; the other groups stand in the file with the reason.`,
        ...(again
          ? [`Take what you want from ${terminalLine(file)} into access.yml. As the folder is now:`]
          : [
              `Written: ${terminalLine(out)}. Read ${terminalLine(file)} from the top, then point POLICY_DIR at the folder.`,
            ]),
        `${figureWords(figures)}.`,
        '',
      ].join('\n'),
    );
  }
  return figures.sensitive.length > 0 && !again ? EXITS.failed.code : EXITS.done.code;
}

/** Whom the policy in use knows; nobody when it cannot be read: a draft is what helps then. */
async function peopleOf(dir: string): Promise<People> {
  try {
    return (await loadPolicy(dir, { textFlags: TEXT_FLAG_NAMES })).access;
  } catch {
    return { identities: [], identitiesFile: null };
  }
}

/** The policies and the schema that come with the program; the tests beside them are about its own access.yml. */
async function copyPolicies(out: string, inUse: string, { identitiesFile }: People): Promise<void> {
  const shipped = join(PACKAGE_ROOT, 'policy');
  await mkdir(out, { recursive: true });
  for (const name of await readdir(shipped)) {
    if (/\.(?:cedar|cedarschema)$/.test(name)) await copyFile(join(shipped, name), join(out, name));
  }
  // The questions about people name it.
  if (identitiesFile !== null) await copyFile(join(inUse, identitiesFile), join(out, identitiesFile));
}

/** As a run reads it, with the asset of every request. INVARIANT: nothing is written to the vault and no credential is asked for. */
async function readWindow(context: CommandContext, from: number) {
  const clock = systemClock;
  const { config, log, progress } = prepared(context);
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  const vault = openVault(config, { clock, log, disk: realDisk });
  try {
    const { requests } = await vault.list(from, stop.signal, (read, total) => progress.update('fetch', read, total));
    const enriching = enrichStep({
      config: { ...config, analysis: { ...config.analysis, deep: true } },
      facts: { startedAt: clock.now() },
      own: ownAccounts(agentUsersOf(config)),
      ...{ clock, vault, progress, signal: stop.signal },
    });
    const dossiers: readonly Dossier[] = await enriching.enrich(requests, () => false);
    return { dossiers, settings: config.actions };
  } finally {
    progress.clear();
    vault.close();
  }
}
