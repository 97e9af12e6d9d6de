/** What screening made of the texts of one request: justification and names. */
export type ScreenedTexts = {
  /** Flags of the justification and the names together, each once. */
  readonly flags: readonly string[];
  /** One sentence per finding; never quotes the text. */
  readonly evidence: readonly string[];
  /** Something tries to steer: never approved automatically, and kept apart from other texts. */
  readonly suspicious: boolean;
  /** The justification is missing or says nothing. */
  readonly contentFree: boolean;
  /** The copy of the justification that the model reads. */
  readonly scoring: string;
  /** The names as the model reads them; a strange one is withheld. */
  readonly names: { readonly requestor: string | null; readonly asset: string | null; readonly form: string | null };
};
