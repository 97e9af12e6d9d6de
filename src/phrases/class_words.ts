import type { ClassStanding, Demotion } from '../domain/class_evidence.ts';
import type { Problem } from '../domain/run_record.ts';
import { plural } from './plural.ts';
import { utcMinute } from './time_words.ts';

/* Names of classes have small letters, digits and hyphens only, so that these lines can stand anywhere unescaped. */

/** `2 of its last 20 approvals were taken back by people` */
const whyDemoted = ({ why, bad, of }: Demotion): string =>
  why === 'undone'
    ? `people took back ${bad} of its last ${plural(of, 'approval')}`
    : `people refused ${bad} of ${of} that it would approve`;

/** Told as a problem by the run that finds it: somebody thought that the class needs nobody. */
export const demotionProblem = (demotion: Demotion): Problem => ({
  where: 'classes',
  message: `the class \`${demotion.class}\` is recommended from now on instead of enforced: ${whyDemoted(demotion)}`,
  advice: `look at what people refused, and at rows and limits of the class; then \`since:\` under \`${demotion.class}\` in access.yml, later than ${utcMinute(demotion.at)}, enforces it again`,
});

/** What somebody may do about a class by now; null where there is nothing to do. A line that stands anywhere unescaped. */
export function classLine({ name, mode, ready, demotion, agreed, decided, place }: ClassStanding): string | null {
  if (demotion !== null && mode === 'enforce') {
    return `${name} counts as recommended since ${utcMinute(demotion.at)}: ${whyDemoted(demotion)}`;
  }
  if (!ready || mode === 'enforce' || mode === 'observe') return null;
  return `${name} is ready to be enforced: people approved ${agreed} of ${decided} that it would approve; write \`mode: enforce\` under it (access.yml, line ${place.line})`;
}

export const classLines = (classes: readonly ClassStanding[] = []): string[] =>
  classes.flatMap((one) => classLine(one) ?? []);

/** Where the class stands, in a few words for a table. */
export function standingWords({ mode, ready, wanting, overApproved, demotion, place }: ClassStanding): string {
  if (demotion !== null) return `${whyDemoted(demotion)} (${utcMinute(demotion.at)})`;
  if (overApproved.length > 0) {
    return `look at what people refused: ${overApproved.slice(0, MOST).join(', ')}${overApproved.length > MOST ? ` and ${overApproved.length - MOST} more` : ''}`;
  }
  if (ready) return mode === 'enforce' ? 'enforced, and rightly so' : `ready: \`mode: enforce\` in line ${place.line}`;
  return `${plural(wanting ?? 0, 'more has', 'more have')} to be decided, all of them approved`;
}
const MOST = 5;
