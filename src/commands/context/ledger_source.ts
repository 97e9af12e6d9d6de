import { readFile } from 'node:fs/promises';
import { loadSettings } from '../../config/load.ts';
import { type Anchor, anchorFrom, anchorsIn } from '../../ledger/anchors.ts';
import { keyFrom } from '../../ledger/key.ts';
import type { LedgerKey } from '../../ledger/seal.ts';
import type { LedgerSource } from '../../ledger/verify.ts';
import { ConfigError } from '../../util/errors.ts';
import type { CommandContext } from './command_context.ts';

/**
 * What the commands that read the ledger start from: where it is, its key, and what the files around it know of it. Needs
 * no vault, unless the key is in it and no file was given. Takes no lock.
 * @throws {ConfigError}
 * @throws {UpstreamError} when the vault does not give the key
 */
export async function ledgerSource(
  context: CommandContext,
  { keyFile, head }: { readonly keyFile: string | null; readonly head: string | null },
): Promise<LedgerSource> {
  const v = loadSettings(context.env, ['STATE_DIR', 'REPORT_DIR', 'LEDGER_KEY', 'LEDGER_KEY_ASSET_ID']);
  const typed = head === null ? [] : [typedIn(head)];
  let key: LedgerKey | null;
  if (keyFile !== null) key = keyFrom(await textOf(keyFile), '--key-file');
  else if (v.LEDGER_KEY_ASSET_ID !== undefined) {
    // Everything that talks to a vault is loaded only where it is needed.
    const { ledgerKeyFromVault } = await import('./ledger_key_from_vault.ts');
    key = await ledgerKeyFromVault(context);
  } else key = v.LEDGER_KEY === undefined ? null : keyFrom(v.LEDGER_KEY, 'LEDGER_KEY');
  const found = await anchorsIn({ stateDir: v.STATE_DIR, reportDir: v.REPORT_DIR });
  return { stateDir: v.STATE_DIR, key, anchors: [...found, ...typed] };
}

function typedIn(head: string): Anchor {
  const anchor = anchorFrom(head, 'the head that was typed in');
  if (anchor !== null) return anchor;
  const message = 'must be a number of entries, a colon and a whole seal, such as `412:sha256:9f86…`';
  throw new ConfigError([{ setting: '--head', message }]);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError([{ setting: '--key-file', message: `\`${file}\` cannot be read: ${code}` }]);
  }
}
