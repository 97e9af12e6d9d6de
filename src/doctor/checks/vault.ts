import type { Config } from '../../config/config.ts';
import type { SettingName } from '../../config/settings.ts';
import { clockWords } from '../../decide/clock_sight.ts';
import { unreadWords } from '../../domain/access_request.ts';
import { CLOCK_SKEW_MS } from '../../domain/access_times.ts';
import { offHoursClock, windowOffHours } from '../../enrich/office_hours.ts';
import { plural } from '../../phrases/plural.ts';
import { duration } from '../../phrases/time_words.ts';
import { type Discovered, readDiscovered } from '../../store/discovered.ts';
import { adviceOf } from '../../util/errors.ts';
import { urlsOf } from '../../vault/discovery.ts';
import { type Check, type Found, fail, faultOf, notLooked, ok, warn } from '../check.ts';
import type { World } from '../world.ts';

const NEEDS = ['VAULT_URL', 'VAULT_API_TOKEN', 'VAULT_CA_FILE', 'VAULT_PROXY'] as const satisfies SettingName[];

/** What a check says of a vault that answers; that it does not is told once, by the check of the connection. */
const answering = (look: (world: World) => Promise<Found>): Check['look'] => {
  return async (world) => ((await world.vault.unreached()) === null ? look(world) : notLooked(UNREACHED));
};
const UNREACHED = 'the vault cannot be reached';

export const VAULT_CHECKS: readonly Check[] = [
  {
    name: 'vault connection',
    about:
      'whether something answers at `VAULT_URL`, through `VAULT_PROXY` where it is set, with a certificate that is trusted',
    needs: NEEDS,
    async look({ config, vault }) {
      const error = await vault.unreached();
      return error === null ? ok(`${wayTo(config)} answers`) : faultOf(error);
    },
  },
  {
    name: 'vault clock',
    about:
      'how far the clock of the vault is from that of this machine; above five minutes nothing is approved or closed',
    needs: NEEDS,
    look: answering(async ({ vault }) => {
      const ahead = vault.clockAhead();
      if (ahead === null) return warn('no answer of the vault says what time it is there', null);
      if (Math.abs(ahead) <= CLOCK_SKEW_MS) {
        const differ = ahead === 0 ? 'agree' : `differ by about ${duration(Math.abs(ahead))}`;
        return ok(`the clocks of the vault and of this machine ${differ}`);
      }
      return warn(
        clockWords(ahead),
        'until both agree nothing is approved or closed: look at the time service (NTP) of the vault and of this machine',
      );
    }),
  },
  {
    name: 'vault requests',
    about: 'one page of the list of requests: whether it is given out, and whether every record on it can be read',
    needs: NEEDS,
    look: answering(requestsOnAPage),
  },
  {
    name: 'vault asset',
    about: 'whether the asset of one of these requests can be read',
    needs: NEEDS,
    look: answering(oneAsset),
  },
  {
    name: 'office hours',
    about: 'how many of these requests were filed or are wanted off-hours, by the OFF_HOURS_ settings',
    needs: [...NEEDS, 'OFF_HOURS_START', 'OFF_HOURS_END', 'OFF_HOURS_TIMEZONE', 'OFF_HOURS_DAYS', 'OFF_HOURS_HOLIDAYS'],
    look: answering(offHoursShare),
  },
  {
    name: 'vault discovery',
    about: 'where the vault says that its credential operations are',
    needs: NEEDS,
    look: answering(discovered),
  },
  {
    name: 'assets with keys',
    about: 'whether the assets that the settings name (keys of model, mail and ledger, token for the writes) are there',
    needs: NEEDS,
    look: answering(assetsWithKeys),
  },
];

/** As it is asked: which address, by which way, and whether it has to show who it is. */
function wayTo({ vault }: Config): string {
  const way = vault.proxy === undefined ? '' : ` through the proxy \`${new URL(vault.proxy).host}\``;
  const seal = vault.tlsInsecure ? '; its certificate is not looked at (VAULT_TLS_INSECURE)' : '';
  return `\`${vault.url}\`${way}${seal}`;
}

async function requestsOnAPage({ vault, config }: World): Promise<Found> {
  const { requests, malformed, total } = await vault.page();
  const days = plural(config.analysis.lookbackDays, 'day');
  const read = requests.length + malformed.length;
  const of = total === null || total <= read ? '' : ` of ${total}`;
  if (read === 0) {
    return warn(
      `the list of the last ${days} is empty`,
      'if there are requests in the vault, look at the tenant in VAULT_URL and at what the user of the token may see (auditor)',
    );
  }
  const says = `${plural(read, 'request')}${of} of the last ${days} read`;
  const [first] = malformed;
  if (first === undefined) return ok(says);
  const fields = first.unread?.map(unreadWords).join(', ') ?? first.problem;
  const found = `${says}, ${malformed.length} of which cannot be understood: ${fields}`;
  const todo = 'docs/vault.md lists what is read, and in which forms';
  return requests.length === 0 ? fail(found, todo) : warn(found, todo);
}

async function oneAsset({ vault }: World): Promise<Found> {
  const { requests } = await vault.page();
  const asset = requests.map((request) => request.asset).find((one) => typeof one?.id === 'string');
  if (typeof asset?.id !== 'string') return notLooked('no request on the page names an asset');
  const { name, type, containerPath, containerId } = await vault.asset(asset.id);
  const place = containerPath ?? (containerId === null ? 'no container' : 'a container');
  if (type === null && containerPath === null && containerId === null) {
    return warn(
      `\`${name ?? asset.id}\` is read without type and container, so that no row of the mapping fits it`,
      'docs/vault.md lists the names under which an asset may say them',
    );
  }
  return ok(`\`${name ?? asset.id}\` is read: ${type ?? 'no type'}, in ${place}`);
}

/** Above it the settings describe another place than the one where people work. */
const MUCH_OFF_HOURS = 0.5;
const FEW_REQUESTS = 20;

async function offHoursShare({ vault, config }: World): Promise<Found> {
  const { requests } = await vault.page();
  if (requests.length === 0) return notLooked('the list is empty');
  const { officeHours } = config.analysis;
  const isOff = offHoursClock(officeHours);
  const off = requests.filter((request) => isOff(request.created) || windowOffHours(request, isOff)).length;
  const share = off / requests.length;
  const says = `${off} of the newest ${plural(requests.length, 'request')} (${Math.round(share * 100)} %) would be off-hours in ${officeHours.timeZone}`;
  if (share <= MUCH_OFF_HOURS || requests.length < FEW_REQUESTS) return ok(says);
  return warn(says, 'look at OFF_HOURS_TIMEZONE, OFF_HOURS_START and OFF_HOURS_END: what is off-hours is rated higher');
}

async function discovered({ vault, config }: World): Promise<Found> {
  const { source, operations, remarks } = await vault.discovery();
  const before = await readDiscovered(config.places.state);
  const changed = before === null ? [] : differences(before, { source, operations: urlsOf(operations) });
  if (changed.length > 0) {
    return warn(
      `not as a run last found it: ${changed.join('; ')}`,
      'find out whether somebody changed the vault: credentials are asked for there. The next run that asks for one takes it as it is',
    );
  }
  const [odd] = remarks;
  if (source === null) {
    const says = `the vault does not say where its credential operations are${odd === undefined ? '' : ` (${odd})`}; the VAULT_PATH_ settings count`;
    const todo = 'if a credential cannot be fetched later, compare the VAULT_PATH_ settings with the vault';
    return borrowed(config).length === 0 ? ok(says) : warn(says, todo);
  }
  const at = `described at \`${source}\``;
  return odd === undefined
    ? ok(at)
    : warn(`${at}; ${remarks.join('; ')}`, 'the VAULT_PATH_ settings count where it says nothing');
}

/** What is in the vault and is fetched for a run, by the setting that names it. */
const borrowed = ({ model, mail, ledger, actions }: Config): readonly (readonly [SettingName, string])[] =>
  (
    [
      ['OPENAI_ASSET_ID', model.assetId],
      ['ALERT_SECRET_ASSET_ID', mail?.secretAssetId],
      ['LEDGER_KEY_ASSET_ID', ledger.keyAssetId],
      ['VAULT_ACTION_ASSET_ID', actions.actionAssetId],
    ] as const
  ).flatMap(([setting, id]) => (id === undefined ? [] : [[setting, id] as const]));

async function assetsWithKeys({ vault, config }: World): Promise<Found> {
  const wanted = borrowed(config);
  if (wanted.length === 0) return ok('no setting names one');
  const missing: string[] = [];
  let advice: string | null = null;
  for (const [setting, id] of wanted) {
    try {
      await vault.asset(id);
    } catch (error) {
      missing.push(`${setting}: ${(error as Error).message}`);
      advice ??= adviceOf(error);
    }
  }
  if (missing.length === 0) return ok(`there, and not fetched: ${wanted.map(([setting]) => setting).join(', ')}`);
  return warn(
    missing.join('; '),
    `look at the id, and whether the user of the token may see that asset: ${advice ?? ''}`,
  );
}

function differences(before: Discovered, now: Discovered): string[] {
  const at = (source: string | null) => (source === null ? 'nowhere' : `\`${source}\``);
  const moved = Object.entries(now.operations).filter(([name, url]) => before.operations[name] !== url);
  return [
    ...(before.source === now.source ? [] : [`described at ${at(now.source)}, and at ${at(before.source)} then`]),
    ...moved.map(([name, url]) => `${name} is \`${url}\`, and was \`${before.operations[name] ?? 'not known'}\``),
  ];
}
