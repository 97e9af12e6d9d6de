/** What the vault says about one asset or container: an allow-list of fields, because an asset also holds secret ones. */
export type AssetRecord = {
  readonly id: string | null;
  readonly name: string | null;
  readonly type: string | null;
  /** The container it lies in, itself an asset. */
  readonly containerId: string | null;
  readonly containerPath: string | null;
  readonly tags: readonly string[];
  /** What of it could not be read, in words; absent for nothing. */
  readonly gaps?: readonly string[];
};
