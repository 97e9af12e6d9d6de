/** How far a class of access may be decided without a person; from the strictest to the widest. */
export const CLASS_MODES = {
  observe: 'rated and told, and left to people',
  recommend: 'told what would be done; a person does it at the prompt or by `apply`',
  enforce: 'decided without a person, as policies and gates allow',
} as const satisfies Record<string, string>;
export type ClassMode = keyof typeof CLASS_MODES;
export const CLASS_MODE_NAMES = Object.keys(CLASS_MODES) as ClassMode[];

/** Where a folder gives modes: what a class has that gives none, and a request that no class fits. */
export const UNSAID: ClassMode = 'recommend';

/** The mode that counts for a request, and the class that gives it; no class where none fits. */
export type BoundMode = {
  readonly mode: ClassMode;
  readonly class: string | null;
  /** Enforced by the file, and recommended by what people decided. */
  readonly demoted?: true;
  /** Drawn to be left to people, though it is enforced (CONTROL_SHARE). */
  readonly control?: true;
};

/** Whether a mode lets an approval or a rejection through; `byPerson`: a person says yes to it. */
export const letsThrough = ({ mode }: Pick<BoundMode, 'mode'>, byPerson: boolean): boolean =>
  mode === 'enforce' || (mode === 'recommend' && byPerson);

/** Of several classes the strictest counts, and of equally strict ones the first. */
export function strictest(classes: readonly { readonly name: string; readonly mode: ClassMode | null }[]): BoundMode {
  const bounds = classes.map(({ name, mode }): BoundMode => ({ mode: mode ?? UNSAID, class: name }));
  const rank = ({ mode }: BoundMode) => CLASS_MODE_NAMES.indexOf(mode);
  return bounds.sort((a, b) => rank(a) - rank(b))[0] ?? { mode: UNSAID, class: null };
}

/** The mode with what people decided so far: one demoted class demotes the request. */
export function boundBy(
  bound: BoundMode,
  classes: readonly string[],
  demoted: ReadonlySet<string>,
  drawn: () => boolean,
): BoundMode {
  if (bound.mode !== 'enforce') return bound;
  const fallen = classes.find((name) => demoted.has(name));
  if (fallen !== undefined) return { mode: 'recommend', class: fallen, demoted: true };
  return drawn() ? { ...bound, control: true } : bound;
}
