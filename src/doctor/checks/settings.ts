import { plural } from '../../phrases/plural.ts';
import { warningsOf } from '../../run/facts.ts';
import { type Check, fail, ok, problemWords, warn } from '../check.ts';

/** As package.json says; the door refuses to start under an older one. */
const OLDEST_NODE = 24;

export const SETTINGS_CHECKS: readonly Check[] = [
  {
    name: 'settings',
    about: 'whether a run would start with them; the other checks go on without those that are wrong',
    look: ({ problems }) =>
      problems.length === 0
        ? ok('all of them can be used')
        : fail(
            `${plural(problems.length, 'setting is', 'settings are')} not usable: ${problemWords(problems)}`,
            'mend what is listed; .env.example explains every setting',
          ),
  },
  {
    name: 'names',
    about: 'names that are no settings, and lines of the settings file that may not be meant as they are read',
    look: ({ strange }) =>
      strange.length === 0
        ? ok('every name that is set is a setting')
        : warn(problemWords(strange), 'what is set under such a name counts for nothing: correct it or take it out'),
  },
  {
    name: 'remarks',
    about:
      'what every report will warn of: secrets outside of the vault, unverified or plain connections, switches without effect',
    look({ config }) {
      // That there is no mail is a row of its own.
      const told = warningsOf(config).filter((one) => config.mail !== null || !one.startsWith('No mail'));
      return told.length === 0 ? ok('nothing that a report would warn of') : warn(told.join(' '), null);
    },
  },
  {
    name: 'node',
    about: 'the version of Node',
    look: ({ nodeVersion }) =>
      Number.parseInt(nodeVersion, 10) >= OLDEST_NODE
        ? ok(nodeVersion)
        : fail(
            `${nodeVersion} is too old`,
            `Node ${OLDEST_NODE} or newer is needed; \`npm ci\` brings one along on Linux`,
          ),
  },
];
