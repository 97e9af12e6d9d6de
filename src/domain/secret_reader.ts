/** What hands out the secret of an asset of the vault: a model key, a mail secret, the key of the ledger. */
export type SecretReader = {
  /** `purpose` stands in the credential request, for the person who grants it. @throws {UpstreamError} */
  secret(assetId: string, purpose: string, signal: AbortSignal): Promise<string>;
};
