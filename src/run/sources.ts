import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Problem } from '../domain/run_record.ts';
import { TEXT_FLAG_NAMES } from '../enrich/screening/text_flags.ts';
import { loadTemplate, TEMPLATE_FILE } from '../mail/template.ts';
import { digestOf, readFolder } from '../policy/folder.ts';
import { loadPolicy, type Policy } from '../policy/load.ts';
import { loadPrompts, OPTIONAL_FILES, TEXT_FILES } from '../score/prompts.ts';
import type { Clock } from '../util/clock.ts';
import { ConfigError, describeError } from '../util/errors.ts';
import type { Opened } from './parts.ts';

/** What a security person edits: policy, prompts and the template of the mail. Read as a whole, or not at all. */
type Edited = Pick<Opened, 'policy' | 'prompts' | 'template'>;
export type Sources = Edited & Pick<Opened, 'unusable'>;

/** Somebody may be in the middle of saving several files. */
const TRIES = 3;
const PAUSE_MS = 500;

/**
 * Reads them for the first time, or takes the policy that is given.
 * @throws {ConfigError}
 */
export async function openSources({ policy: policyDir, prompts: promptDir }: Config['places'], given?: Policy) {
  const read = async (): Promise<Edited> => ({
    prompts: await loadPrompts(promptDir),
    template: await loadTemplate(promptDir),
    policy: given ?? (await loadPolicy(policyDir, { textFlags: TEXT_FLAG_NAMES })),
  });
  let last = await read();
  /** Of the files as they were last used; none before the first run. */
  let stamp: string | null = null;

  /**
   * INVARIANT: old and new files are never mixed, and half a file is not taken for a whole one: what differs from the run
   * before has to stay as it is for a while, because a file that is cut off behind a rule reads well.
   */
  async function whole(clock: Pick<Clock, 'sleep'>): Promise<Edited> {
    for (let tried = 1; ; tried++) {
      const before = await stampOf(policyDir, promptDir);
      if (before !== stamp) await clock.sleep(PAUSE_MS);
      const edited = await read();
      if (before === (await stampOf(policyDir, promptDir))) {
        stamp = before;
        return edited;
      }
      if (tried === TRIES) throw new Error('the files are being changed while they are read');
    }
  }

  return {
    /** The last ones that could be used. */
    last: (): Sources => ({ ...last, unusable: null }),
    /** INVARIANT: a broken edit never acts: the run observes with the ones before, and names what is wrong. */
    async again(clock: Pick<Clock, 'sleep'>): Promise<Sources> {
      try {
        last = await whole(clock);
        return { ...last, unusable: null };
      } catch (error) {
        return { ...last, unusable: problemOf(error) };
      }
    },
  };
}

const PROMPT_FILES = [...TEXT_FILES, ...Object.values(OPTIONAL_FILES), TEMPLATE_FILE];

/** What is not there is told by the loader. */
const NOTHING = Buffer.alloc(0);

/** Says whether anything changed, also a file that no loader looks at. */
async function stampOf(policyDir: string, promptDir: string): Promise<string> {
  const { files } = await readFolder(policyDir);
  const prompts = await Promise.all(
    PROMPT_FILES.map(async (name) => ({
      name: `prompts ${name}`,
      bytes: await readFile(join(promptDir, name)).catch(() => NOTHING),
    })),
  );
  return digestOf([...files, ...prompts]);
}

const problemOf = (error: unknown): Problem => ({
  where: 'policy',
  message:
    error instanceof ConfigError
      ? `policy or prompts cannot be used as they are now: ${error.problems.map(({ setting, message }) => `${setting}: ${message}`).join('; ')}`
      : `policy or prompts cannot be used as they are now: ${describeError(error)}`,
  advice:
    'the run observed with the last ones that could be used; `portcullis policy check` names every mistake, and the next run reads them again',
});
