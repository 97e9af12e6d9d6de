/** Why a plan is not carried out. The row says whether the file is at fault (exit code 2) or what it asks for (1). */
export const PLAN_REFUSALS = {
  file: { badFile: true, advice: 'name the file that `portcullis plan --out` wrote' },
  altered: { badFile: false, advice: 'a plan is carried out as it was written or not at all: make a new one' },
  expired: { badFile: false, advice: 'make a new plan (how long one lasts is PLAN_EXPIRY_MINUTES)' },
  vault: { badFile: false, advice: 'look at VAULT_URL, or make a new plan for this vault' },
  policy: { badFile: false, advice: 'the policy folder was changed since (POLICY_DIR): make a new plan' },
  prompts: { badFile: false, advice: 'the prompts were changed since (PROMPT_DIR): make a new plan' },
  halted: { badFile: false, advice: 'run `portcullis resume`, or take the setting HALT away, and apply it then' },
  record: { badFile: false, advice: 'apply it where it was made, with the same STATE_DIR, or make a new plan' },
} as const satisfies Record<string, { badFile: boolean; advice: string }>;
export type PlanRefusal = keyof typeof PLAN_REFUSALS;

/** A plan cannot be written or is not carried out; nothing was done. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly refusal: PlanRefusal;
  constructor(refusal: PlanRefusal, message: string) {
    super(message);
    this.refusal = refusal;
  }

  get advice(): string {
    return PLAN_REFUSALS[this.refusal].advice;
  }

  /** The file is unusable as such, as opposed to a good plan that is refused. */
  get badFile(): boolean {
    return PLAN_REFUSALS[this.refusal].badFile;
  }
}
