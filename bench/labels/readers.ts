/**
 * Models that know the labels: what they answer about a request is what its label says that a competent model would. They
 * see no id, only the question, and find the request by what the question says about it.
 */
import type { Behaviour, ModelCall } from '../../simulator/model/call.ts';
import type { Slot } from '../../simulator/model/question.ts';
import { type Rating, RISKS } from '../../simulator/model/rater.ts';
import { fallible as erring } from '../../simulator/model/stand_ins.ts';
import { ESTATE, LABELLED, type Labelled } from './set.ts';

type Risk = Rating['risk'];
type Answer = { readonly risk: Risk; readonly flags: readonly string[]; readonly confidence: number };

const ASSETS = new Map(ESTATE.assets.map((asset) => [asset.id, asset]));
const hoursOf = ({ from_h: from, to_h: to }: Labelled): number | undefined =>
  from === null || to === null || to < from ? undefined : Math.round((to - from) * 10) / 10;

/** Which labelled request a slot with text is about; undefined for a request that is not of the set. */
function labelledOf({ facts, untrusted_text: said }: Slot): Labelled | undefined {
  const words = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();
  const points = (one: Labelled): number => {
    const [asked, text] = [words(said?.justification), words(one.text)];
    const same = asked === text ? 8 : asked !== '' && text.slice(0, 12) === asked.slice(0, 12) ? 4 : 0;
    return (
      same +
      Number(said?.requestor === one.requestor) * 3 +
      Number(words(said?.asset) === words(one.entity_name)) * 2 +
      Number(facts.operation === one.operation) +
      Number(facts.status === one.status) +
      Number(facts.requested_hours === hoursOf(one))
    );
  };
  const best = LABELLED.map((one) => ({ one, points: points(one) })).reduce((a, b) => (b.points > a.points ? b : a));
  return best.points >= 6 ? best.one : undefined;
}

/** What the records of the company say about a request beside its own fields. */
type Surroundings = { readonly inHour: number; readonly inWindow: number; readonly first: boolean };

const SURROUNDINGS = new Map<Labelled, Surroundings>(
  LABELLED.map((one) => {
    const theirs = LABELLED.filter(({ requestor }) => requestor === one.requestor);
    const before = theirs.filter(({ created_h: at }) => at <= one.created_h);
    const inHour = before.filter(({ created_h: at }) => at > one.created_h - 1).length;
    const first = !before.some((other) => other !== one && other.asset === one.asset);
    return [one, { inHour, inWindow: theirs.length, first }];
  }),
);

/** Whether a number lies in a range as questions have it: `7 to 29`, `30 or more`. */
function inRange(value: number, range: string | undefined): boolean {
  const [from, to] = (range ?? '').match(/\d+/g)?.map(Number) ?? [];
  return from !== undefined && value >= from && value <= (to ?? Number.POSITIVE_INFINITY);
}

/**
 * What a competent model says from facts alone: the rating of the requests whose facts are most like these. Several can have
 * the same facts: the rating that most of them carry, and the higher one where they are as many. The rubric's own rule on
 * facts comes on top.
 */
function byFacts({ facts }: Slot): Risk | undefined {
  const alike = LABELLED.filter((one) => {
    const asset = one.asset === null ? undefined : ASSETS.get(one.asset);
    return (
      facts.operation === one.operation &&
      facts.status === one.status &&
      (facts.asset_type ?? null) === (asset?.type ?? null) &&
      // What a container's own record adds to the path is no other place.
      (facts.container_path ?? '').startsWith(asset?.container ?? '')
    );
  });
  const points = (one: Labelled): number => {
    const { inHour, inWindow, first } = SURROUNDINGS.get(one) ?? { inHour: 1, inWindow: 1, first: false };
    const tags = ASSETS.get(one.asset ?? '')?.tags ?? [];
    return (
      Number(facts.requested_hours === hoursOf(one)) * 3 +
      Number(JSON.stringify([...(facts.tags ?? [])].sort()) === JSON.stringify([...tags].sort())) * 2 +
      Number(facts.requests_in_hour === inHour) * 2 +
      Number(facts.first_for_asset === first) +
      Number(inRange(inWindow, facts.requestor_requests_in_window)) +
      Number(inRange(Math.floor(-one.created_h / 24), facts.days_since_created)) +
      Number((facts.levels ?? 1) === one.levels) +
      Number(facts.approvals_recorded === one.approvals.filter(({ decision }) => decision === 'Approved').length)
    );
  };
  const most = Math.max(...alike.map(points));
  const best = alike.filter((one) => points(one) === most);
  if (best.length === 0) return undefined;
  const count = (risk: Risk) => best.filter(({ model }) => model.facts_only_risk === risk).length;
  const usual = RISKS.reduce((a, b) => (count(b) >= count(a) && count(b) > 0 ? b : a));
  const grave =
    facts.privileged === true ||
    facts.break_glass === true ||
    facts.in_role === false ||
    (facts.sod_conflicts?.length ?? 0) > 0;
  return grave && usual === 'low' ? 'medium' : usual;
}

function known(call: ModelCall, slot: Slot): Answer | undefined {
  if (call.mode === 'blind') {
    const risk = byFacts(slot);
    return risk === undefined ? undefined : { risk, flags: [], confidence: 0.95 };
  }
  return labelledOf(slot)?.model;
}

/** The answers of the labels; what is not of the set is rated as the simulator rates it. */
function answered(call: ModelCall, rated: Readonly<Record<string, Rating>>): Record<string, Rating> {
  return Object.fromEntries(
    Object.entries(rated).map(([key, honest]) => {
      const slot = call.question?.requests[key];
      const answer = slot && known(call, slot);
      if (answer === undefined) return [key, { ...honest, confidence: SURE }];
      const { risk, flags, confidence } = answer;
      return [key, { ...honest, risk, anomaly_flags: [...flags], confidence }];
    }),
  );
}

const SURE = 0.95;

export const competent = (): Behaviour => (call, rated) => ({ ratings: answered(call, rated) });

/**
 * Errs by one level in 40 % of its ratings, the invented requests of known risk among them, keeps its flags, always says
 * 0.95. `inwards`: a low rating can only become medium, so that two of five are wrong.
 */
export const fallible =
  (seed: number, atTheEnds: 'inwards' | 'either way'): Behaviour =>
  (call, rated) => {
    const sure = Object.entries(answered(call, rated)).map(([key, rating]) => [key, { ...rating, confidence: SURE }]);
    return erring(seed, 0.4, atTheEnds)(call, Object.fromEntries(sure));
  };
