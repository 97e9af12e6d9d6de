import type { Pattern } from '../pattern.ts';
import { gap, idea, one, REVIEWER } from './phrase.ts';

const NAMED = `${one('automated automatic risk security access human')}? ?${one('ai llm language_model reviewers? evaluator rater scorer scoring_(?:system|engine|model|agent) assistant model grader')}`;
const RATES = one(
  'rate score grade classify mark give return answer ignore disregard skip approve accept pass report output treat assign say set trust',
);
const ROLE = one(
  'reviewer assistant officer oracle machine robot calculator character function program bot engine expert person friend judge who that which without never always',
);

/** Words to the reviewer itself: no requestor knows it, and none has business with it. */
export const ABOUT_REVIEWER: readonly Pattern[] = [
  idea(
    'speaks to the reviewer',
    `${one('dear hello hi hey attention note_to message_to message_for notice_to notice_for advice_to instructions?_to instructions?_for for to')} ${one('the any all our')}? ?${NAMED} ${one('please you reading (?:that|who)_(?:reads|rates|scores|reviews) do rate ignore this must')}\\b`,
    `${one('dear attention')} ${NAMED}\\b`,
    `${one('as you_are you_re')} an? ${gap(3)}${one('ai llm language_model assistant chatbot reviewer evaluator rater')}\\b`,
    `${one('if when while because since unless before after')} you ${one('rate score grade assess evaluate summari[sz]e print output process_(?:this|the)_(?:request|list|batch) write_(?:the|your)_(?:comment|summary|answer) are_(?:rating|scoring|reviewing|evaluating|an?_(?:ai|llm|model|assistant))')}\\b`,
    `how would ${one('you he she they')} ${one('rate score grade classify assess')}\\b`,
    `what would ${one('you he she they')} rate\\b`,
    `use that ${one('rating score level value answer')}\\b`,
  ),
  idea(
    'tells the reviewer what to do',
    `${REVIEWER} ${gap(2)}${one('must shall should has_to is_to are_to is_required_to is_asked_to may can will_now')} ${gap(3)}(?:${RATES}|use|write|not)\\b`,
    `${REVIEWER} (?:please )?${one('ignore disregard rate mark score return output')} ${gap(3)}${one('low this it all everything rules?')}\\b`,
    `${one('i we hereby')} ${gap(1)}${one('authori[sz]e permit allow instruct order command direct ask want need expect tell advise urge beg remind')} you to\\b`,
    `you ${one('must shall should have_to are_to will need_to can may')} ${gap(3)}${one('rate score grade classify output return_low answer assign say_low mark ignore disregard')}\\b`,
    `${one('answer respond reply act rate decide')} accordingly\\b`,
    `act accordingly\\b`,
    `your ${gap(1)}${one('task job role goal objective mission')} ${one('is now here')}\\b`,
    `be ${one('lenient generous merciful')}\\b`,
  ),
  idea(
    'gives the reviewer a role to play',
    `you ${one('are re')} now\\b`,
    `${one('from_now_on from_here_on')} (?:you|act|an?|behave|my|in|use|treat|rate|all|every)\\b`,
    `${one('let_s let_us lets')} ${one('play pretend imagine role_play roleplay')}\\b`,
    `${one('pretend imagine suppose assume')} (?:that )?${one('you to_be we_are_in')}\\b`,
    `you ${one('are play only were')} ${one('an? the my called named')} ${gap(6)}${ROLE}\\b`,
    `${one('answer reply respond speak rate decide talk')} ${one('the_way like as')} ${one('he she they my an? if')}\\b`,
    `${one('without free_of no')} ${one('any all')}? ?${one('restrictions? filters? guardrails safety_rules')} ${one('and who which you mode')}\\b`,
    `${one('you reviewer assistant ai')} ${gap(4)}${one('developer debug test god maintenance calibration training unrestricted dan jailbreak')} mode\\b`,
    `${one('enter enable activate in')} ${gap(1)}${one('dan jailbreak unrestricted god')} mode\\b`,
    `${one('story novel play film movie scene fiction poem screenplay')} ${gap(10)}${one('reviewer assistant ai rating low_risk character')}\\b`,
    `you only ${one('know say answer ever reply speak')}\\b`,
  ),
  {
    says: 'gives the reviewer a role to play',
    // Within a sentence the same words describe servers: "will act as the primary".
    pattern:
      /^(?:please )?(?:act as|pretend|imagine|role ?play|play the (?:role|part)|behave (?:as|like)|simulate an?)\b/m,
  },
];
