import type { Clock } from '../util/clock.ts';
import type { ConfigProblem } from '../util/errors.ts';
import type { UsableConfig } from './usable_config.ts';
import type { VaultLook } from './vault_look.ts';

/** What the checks look at. They share what was read of the vault. */
export type World = Pick<UsableConfig, 'config' | 'problems' | 'broken'> & {
  /** What is set and may not be meant as it is read. */
  readonly strange: readonly ConfigProblem[];
  readonly clock: Clock;
  /** Of Node, without the `v`. */
  readonly nodeVersion: string;
  readonly signal: AbortSignal;
  readonly vault: VaultLook;
  readonly secrets: Secrets;
  /** Somebody asked for one mail to the recipients. */
  readonly sendTestMail?: boolean;
};

export type Secrets = {
  /** Whether the vault may be asked for a secret: that files a credential request. */
  readonly ask: boolean;
  /** The secret of an asset. @throws {UpstreamError} also when the vault may not be asked */
  of(assetId: string, what: string): Promise<string>;
};

/** Where a secret would come from. */
export type Origin = { readonly kind: 'vault'; readonly assetId: string } | { readonly kind: 'setting' } | null;

export const originOf = (assetId: string | undefined, given: string | undefined): Origin =>
  assetId !== undefined ? { kind: 'vault', assetId } : given === undefined ? null : { kind: 'setting' };
