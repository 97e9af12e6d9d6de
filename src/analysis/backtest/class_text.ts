import { plural } from '../../phrases/plural.ts';
import { terminalLine as shown } from '../../text/terminal_text.ts';
import { labelled } from '../../text/wrap.ts';
import type { ClassAgreement } from './by_class.ts';

const NAME = 26;

/** What speaks for enforcing each class, a few lines each. */
export function classesText(classes: readonly ClassAgreement[], promoteAt: number): string {
  if (classes.length === 0) return '';
  const silent = classes.filter(({ mode, decided }) => mode === 'observe' && decided === 0);
  const told = classes.filter((one) => !silent.includes(one));
  return [
    `By class: what this policy would approve, and what people decided (ready from ${percent(promoteAt)})`,
    ...told.flatMap((one) => [
      labelled(`  ${one.name.padEnd(NAME - 3)}`, agreementWords(one), NAME),
      labelled('', `${missedWords(one)}${stateWords(one)}`, NAME),
    ]),
    ...(silent.length === 0
      ? []
      : [
          labelled(
            '  only observed',
            silent.map(({ name, missed }) => (missed === 0 ? name : `${name} (people approved ${missed})`)).join(', '),
            NAME,
          ),
        ]),
  ].join('\n');
}

function agreementWords({ mode, decided, agreed, overApproved, least }: ClassAgreement): string {
  const now = mode === null ? '' : `${mode}; `;
  if (decided === 0) return `${now}people decided nothing of what it would approve`;
  const over =
    overApproved.length === 0
      ? ''
      : `; people refused ${overApproved
          .slice(0, MOST)
          .map((id) => shown(id, 60))
          .join(', ')}${overApproved.length > MOST ? ` and ${overApproved.length - MOST} more` : ''}`;
  return `${now}people approved ${agreed} of ${decided}, at least ${percent(least)}${over}`;
}
const MOST = 5;

const missedWords = ({ missed }: ClassAgreement): string =>
  missed === 0
    ? ''
    : `${plural(missed, 'more that people approved stays', 'more that people approved stay')} with people; `;

function stateWords({ name, mode, ready, wanting, place }: ClassAgreement): string {
  const where = `${shown(place.file, 200)}:${place.line}`;
  if (ready)
    return mode === 'enforce'
      ? 'enforced, and rightly so'
      : `ready: write \`mode: enforce\` under \`${name}\` (${where})`;
  if (wanting === null) return 'not ready: look at what people refused, and at the rows and limits of the class';
  return `not ready: ${plural(wanting, 'more of them has', 'more of them have')} to be decided, all of them approved`;
}

/** Rounded down: what is not reached is not shown as reached. */
const percent = (share: number): string => `${Math.floor(share * 100)} %`;
