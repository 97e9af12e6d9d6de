/** How the vault took a write: it said yes, it said no, or nobody knows. What is true is found by looking again. */
export type WriteAnswer =
  | { readonly kind: 'accepted'; readonly says: string }
  /**
   * `credential`: by 401 or 403. `doubted` may be about this request alone, which the user of the token may not decide;
   * `refused` is about the token, and so about whatever is sent with it.
   */
  | { readonly kind: 'refused'; readonly says: string; readonly credential?: 'doubted' | 'refused' }
  /** `heard`: the vault itself spoke, so that nothing of the call is still on its way, whatever it did. */
  | { readonly kind: 'unanswered'; readonly says: string; readonly heard?: true };

/** Whether the run may write: its token is at hand. `fresh`: time has passed for getting it, so that we look again. */
export type Authority =
  | { readonly kind: 'ready'; readonly fresh: boolean }
  | { readonly kind: 'none'; readonly why: string };
