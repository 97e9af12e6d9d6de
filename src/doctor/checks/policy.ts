import { lastStandings } from '../../analysis/last_standings.ts';
import { type Coverage, groupWords, lastCoverage, rowWords } from '../../analysis/lint/coverage.ts';
import { CONTRACT_FILE, checkContract } from '../../contract/check_contract.ts';
import { CLASS_MODE_NAMES, UNSAID } from '../../domain/class_mode.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { loadTemplate } from '../../mail/template.ts';
import { classLines } from '../../phrases/class_words.ts';
import { plural } from '../../phrases/plural.ts';
import { hasModes } from '../../policy/classify.ts';
import { loadPolicy } from '../../policy/load.ts';
import { modelPrice } from '../../score/budget/open_budget.ts';
import { loadPrompts } from '../../score/prompts.ts';
import { openRunArchive } from '../../store/run_archive.ts';
import { DAY_MS } from '../../util/durations.ts';
import { type Check, type Found, notLooked, ok, warn } from '../check.ts';
import type { World } from '../world.ts';

export const POLICY_CHECKS: readonly Check[] = [
  {
    name: 'policy',
    about: 'whether the policy folder loads as a whole',
    needs: ['POLICY_DIR'],
    async look({ config }) {
      const { dir, digest, policies, access } = await policyOf(config.places.policy);
      const held = `${plural(policies.length, 'policy', 'policies')} and ${plural(access.mapping.length, 'row')} of the mapping`;
      return ok(`\`${dir}\` (${digest.slice(0, 12)}): ${held}`);
    },
  },
  {
    name: 'policy coverage',
    about: 'rows that keep things to people and fitted nothing of the last window, and assets that no row fits',
    needs: ['POLICY_DIR', 'STATE_DIR', 'RUN_HISTORY_KEEP'],
    look: coverage,
  },
  {
    name: 'policy review',
    about: 'how long ago somebody went through `access.yml`, by its `last_reviewed`; a warning after 180 days',
    needs: ['POLICY_DIR'],
    look: lastReview,
  },
  {
    name: 'class modes',
    about:
      'which classes of access are decided without a person, which are observed or recommended, and which people took back',
    needs: ['POLICY_DIR', 'STATE_DIR', 'RUN_HISTORY_KEEP'],
    look: classModes,
  },
  {
    name: 'prompts',
    about: 'whether the prompts and the template of the mail load',
    needs: ['PROMPT_DIR'],
    async look({ config }) {
      const dir = config.places.prompts;
      const { digest } = await loadPrompts(dir);
      await loadTemplate(dir);
      return ok(`\`${dir}\` (${digest.slice(0, 12)}), with the template of the mail`);
    },
  },
  {
    name: 'price and contract',
    about: 'whether the price of the model is known, and agentaz.json is what the code can do',
    needs: ['OPENAI_MODEL', 'OPENAI_MODEL_SHARED', 'PRICE_FILE'],
    look: priceAndContract,
  },
];

async function classModes({ config }: World): Promise<Found> {
  const { access } = await policyOf(config.places.policy);
  if (!hasModes(access)) return ok('no class has a mode: all are enforced, as policies and gates allow');
  const by = Map.groupBy(access.classes.values(), ({ mode }) => mode ?? UNSAID);
  const standings = await lastStandings(openRunArchive(config.places.state, config.historyKeep));
  const demoted = standings.filter(
    (one) =>
      one.demotion !== null &&
      by
        .get('enforce')
        ?.some(({ name, since }) => name === one.name && (since === null || since <= (one.demotion?.at ?? 0))),
  );
  if (demoted.length > 0) {
    return warn(
      classLines(demoted).join('; '),
      'look at what people refused; `since:` under the class, later than that, enforces it again',
    );
  }
  return ok(
    CLASS_MODE_NAMES.flatMap((mode) => {
      const names = by.get(mode)?.map(({ name }) => name) ?? [];
      return names.length === 0 ? [] : [`${mode}: ${names.join(', ')}`];
    }).join('; '),
  );
}

const REVIEW_DAYS = 180;

async function lastReview({ config, clock }: World): Promise<Found> {
  const { access } = await policyOf(config.places.policy);
  const day = access.lastReviewed;
  if (day === null) return ok('access.yml does not say when somebody last went through it (last_reviewed)');
  const days = Math.floor((clock.now() - Date.parse(day)) / DAY_MS);
  if (days < 0)
    return warn(`access.yml says that it was reviewed on ${day}, which is to come`, 'correct last_reviewed');
  const says = `access.yml was last reviewed on ${day}, ${plural(days, 'day')} ago`;
  return days <= REVIEW_DAYS
    ? ok(says)
    : warn(says, 'go through classes, mapping and exceptions (`portcullis policy check` helps), and set last_reviewed');
}

const policyOf = (dir: string) => loadPolicy(dir, { textFlags: TEXT_FLAG_NAMES });

async function coverage({ config }: World): Promise<Found> {
  const { places, historyKeep } = config;
  const archive = openRunArchive(places.state, historyKeep);
  const policy = await policyOf(places.policy).catch(() => null);
  if (policy === null) return notLooked('the policy folder does not load');
  const found = await lastCoverage(archive, policy);
  if (found === null) return ok('no run has read assets yet: `run --dry-run` is the first that does');
  const { idle, unmapped, read, runId } = found;
  if (idle.length + unmapped.length === 0)
    return ok(`every asset of run ${runId} fits a row (${plural(read, 'request')})`);
  return warn(
    [...idleWords(found), ...unmappedWords(found)].join('; '),
    '`portcullis policy check` tells all of them, `policy why <asset>` what a row misses by',
  );
}
const MOST_TOLD = 3;

const idleWords = ({ idle, runId }: Coverage): string[] =>
  idle.length === 0
    ? []
    : [
        `${plural(idle.length, 'row')} that ${idle.length === 1 ? 'keeps' : 'keep'} things to people fitted nothing in run ${runId}: ${firstOf(idle.map(rowWords))}`,
      ];

const unmappedWords = ({ unmapped }: Coverage): string[] =>
  unmapped.length === 0 ? [] : [`no row fits ${firstOf(unmapped.map(groupWords))}`];

const firstOf = (words: readonly string[]): string =>
  `${words.slice(0, MOST_TOLD).join(', ')}${words.length > MOST_TOLD ? ` and ${words.length - MOST_TOLD} more` : ''}`;

async function priceAndContract({ config }: World): Promise<Found> {
  await checkContract(CONTRACT_FILE, config.money);
  const { model, sharedModel } = config.model;
  if ((await modelPrice(config)) !== null) return ok(`the price of \`${model}\` is known`);
  const names = [...new Set([model, sharedModel ?? model])].map((name) => `\`${name}\``).join(' or ');
  return ok(`nobody knows the price of ${names}: what a run costs is not told, and no ceiling can be set (PRICE_FILE)`);
}
