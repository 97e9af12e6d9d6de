/** The vendor's code, wherever it stands in an answer; the rest of an error text is not repeated anywhere. */
export function vendorCodeIn(text: string): string | undefined {
  return /MSG-\d{5}/.exec(text.slice(0, 100_000))?.[0];
}

/** For a sentence: the status, and the code where there is one. */
export function statusWords({ status, text }: { readonly status: number; readonly text: string }): string {
  const code = vendorCodeIn(text);
  return code === undefined ? `${status}` : `${status} ${code}`;
}
