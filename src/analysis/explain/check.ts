/** One thing that was looked at on the way to the decision. */
export type Check = {
  readonly part: CheckPart;
  readonly name: string;
  /** `fail` stands in the way of an action; `none` has no say here. */
  readonly result: 'pass' | 'fail' | 'none';
  /** The value that was used, in words. */
  readonly value: string;
  /** `policy/approve.cedar:5`, for what stands in a file. */
  readonly place: string | null;
};

/** The parts of the table, in the order in which deciding asks for them. */
export const CHECK_PARTS = {
  risk: 'Risk: the floor from facts and the model',
  floor: 'Rules of the floor',
  text: 'Screening of the text',
  policy: 'Policies that match',
  switch: 'Switches',
  gate: 'Gates',
  approvals: 'Recorded approvals',
  confirm: 'Second look',
  cap: 'Caps and breaker',
} as const satisfies Record<string, string>;
export type CheckPart = keyof typeof CHECK_PARTS;

export const check = (
  part: CheckPart,
  name: string,
  result: Check['result'],
  value: string,
  place: string | null = null,
): Check => ({ part, name, result, value, place });
