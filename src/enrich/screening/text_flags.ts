/**
 * Everything that screening can find in a text that a person wrote.
 * INVARIANT: a flag only ever takes away: it sends a request to a person. No flag does not mean that a text is harmless
 * (a calm sentence in any language passes), so nothing may ever become eligible because its text is unflagged.
 */
export const TEXT_FLAGS = {
  invisible: {
    about: 'characters that a reader cannot see, or that change the order of what is seen',
    suspicious: true,
  },
  mixed_script: { about: 'letters of other scripts that look like Latin ones', suspicious: true },
  markup: { about: 'HTML tags, links or scripts', suspicious: true },
  role_tokens: { about: 'marks that begin a message in a conversation with a model', suspicious: true },
  structure: { about: 'a made-up answer of the model, or the end of the JSON that holds the text', suspicious: true },
  delimiter: { about: 'a mark that pretends that the text ends here', suspicious: true },
  encoded: { about: 'words hidden in an encoding', suspicious: true },
  lexical: { about: 'words to the reviewer about the rating instead of about the work', suspicious: true },
  other_id: { about: 'names another request of the same run', suspicious: true },
  length: { about: 'longer than what is read', suspicious: true },
  repetition: { about: 'says the same over and over', suspicious: true },
  script: { about: 'written in a script that is not expected here', suspicious: true },
  /** Nobody is accused of anything, but there is no reason to rate either, so it is not eligible. */
  content_free: { about: 'no reason given, or words that could stand under any request', suspicious: false },
} as const satisfies Record<string, { about: string; suspicious: boolean }>;
export type TextFlag = keyof typeof TEXT_FLAGS;
export const TEXT_FLAG_NAMES = Object.keys(TEXT_FLAGS) as readonly TextFlag[];

/** One finding in a sentence of our own words: never a quotation, because the text may be hostile to its reader. */
export type Evidence = { readonly flag: TextFlag; readonly says: string };

/** Whether any of the flags says that somebody tries something, and not merely that there is nothing to rate. */
export const isSuspicious = (flags: readonly TextFlag[]): boolean => flags.some((flag) => TEXT_FLAGS[flag].suspicious);
