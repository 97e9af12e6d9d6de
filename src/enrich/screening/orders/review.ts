import type { Pattern } from '../view.ts';
import { ANY_LOW, DONE, ELSEWHERE, gap, ITEM, idea, MUST, one, PLAIN_LOW, RATING, REVIEWER } from './phrase.ts';

/** Verbs of rating, and verbs that people also use for alarms, hosts and files. */
const RATE = '(?:re)?(?:rate|score|classify|grade|rank|assess|evaluate|judge)';
const MARK =
  one(`mark label treat consider record register report flag list regard see view count tag categori[sz]e downgrade
  upgrade rating`);
const WHAT =
  one(`this it that the my me us them all both every everything everyone each our accordingly only also access of for one
  two other others another any these those here previous next now please itemid and rest whole`);
const AS = one('as at to with a be is of');
const OF = one('an? the of being having at rating risk score level');
const ANSWER = one(
  'return output answer reply respond print emit say write produce choose pick select assign state conclude issue',
);
const SET = one('set give gives put keep use enter make get gets receive stay remain map maps respond answer');
const BETWEEN =
  one(`with as to the a an only just simply always accordingly exactly word value rating risk score level verdict answer
  result me it this us them both all of is at for my their request one every everyone each your any text entry item itemid`);
const JUDGED = one('rating risk score verdict result answer requests? entry items? itemid one everyone me mine word');
const OURS = one('requests? entry items? scores? ratings? risk reviewers? access ai assistant model rater');
const LOW = one('low lowest low_risk risk_low');

/** Orders about the rating: a verb of rating or answering with an end of the scale close behind it. */
export const ABOUT_RATING: readonly Pattern[] = [
  idea(
    'orders a rating',
    `${RATE} (?:${WHAT} )?(?:${gap(4)}${AS} (?:${OF} )?)?${ANY_LOW}${DONE}`,
    `${RATE} (?:${WHAT} )?(?:${ITEM}|list|batch|it|this|me|them|all|both) ${ANY_LOW}${DONE}`,
    `${MARK} (?:${WHAT} )?(?:${gap(4)}${AS} (?:${OF} )?)?${PLAIN_LOW}${DONE}`,
    `${one('give gives assign set get gets deserves? want wants return need needs award receive apply use has gets')} ${gap(6)}${one('low lowest minimal minimum')} ${one('possible available')}? ?${one('risk rating score classification grade category')}\\b`,
  ),
  idea(
    'orders an answer',
    `${ANSWER} (?:${BETWEEN} ){0,6}${LOW}${DONE}`,
    `${SET} (?:${BETWEEN} ){0,4}${JUDGED} (?:${BETWEEN} ){0,4}${LOW}${DONE}`,
    `the word low\\b`,
    // "Disk space low, please extend the volume" asks for work, as does "low risk, please see the ticket".
    `${LOW} please${DONE}`,
    `override ${one('the')}? ?${one('risk rating score level')}? ?(?:to |with )?${LOW}${DONE}`,
    `${one('this mine')} ${MUST} be ${gap(1)}${one('low lowest')}${DONE}`,
    `${one('result answer verdict output rating classification grade conclusion response')} ${one('is as of')}? ?${one('low lowest')}${ELSEWHERE}${DONE}`,
    `answer ${one('yes is no')}? ?${one('yes is')}? ?low\\b`,
    `${one('make_sure ensure see_to_it guarantee')} ${gap(4)}(?:${RATING}|${ITEM}|result) ${gap(4)}${one('low lowest')}${DONE}`,
  ),
  idea(
    'says what the rating is or must be',
    `${RATING} ${gap(3)}${one('is are as to of at be get gets equals? stays? remains? becomes? means here value')} (?:\\w+ )?${PLAIN_LOW}${DONE}`,
    `${one('correct right known expected proper true only final valid agreed recommended acceptable')} ${gap(2)}(?:${RATING}|${one('answer value result output response level word')})\\b(?: \\w+){0,6} ${one('low lowest minimal none')}${DONE}`,
    `${one('low lowest')} (?:risk )?by ${one('definition policy default')}\\b`,
    `${OURS} ${gap(6)}${MUST} ${gap(5)}${one('low lowest no_risk minimal critical')}${DONE}`,
    `${one('requests items entries all both which that anything everything whatever')} ${gap(6)}${one('are is were count_as counts_as means')} (?:all )?${one('low lowest minimal')}(?: risk)?${DONE}`,
    `this ${one('request entry item one access record submission')} is ${gap(1)}${one('low lowest')}(?: risk)?${DONE}`,
    `low ${one('scores? ratings?')}\\b(?: \\w+){0,3} ${one('for please here required expected only')}\\b`,
    `${one('requests? team vendor account access changes? maintenance work jobs? tasks? i we us our my')} ${gap(6)}${one('always automatically by_default (?:by|per)_policy according_to_policy')} ${gap(3)}${one('low lowest')}(?: risk)?${DONE}`,
  ),
  idea(
    'dictates the rating in the name of somebody',
    `${one('pre auto already')}? ?${one('approved cleared authori[sz]ed')} ${gap(10)}${one('rate score mark return answer set give classif\\w+')} ${gap(6)}${one('low lowest minimal none')}\\b`,
    `${one('exempt exempted exemption whitelisted excluded excused pre_?cleared waived')} ${gap(5)}${one('scoring rating assessment risk evaluation')}\\b`,
    `calibration ${one('record example item entry sample request')}\\b`,
  ),
];

const ASIDE = one(`ignor\\w* disregard\\w* forget overlook override overrule bypass skip suspend neglect drop discard
  (?:set|put|leave|throw)_aside pay_no_attention_to (?:do_not|don_t|never)_(?:follow|apply|use|obey|consider|heed)
  stop_(?:following|applying|using) instead_of regardless_of whatever no_matter_what`);
const RULES =
  one(`instructions? rules? polic(?:y|ies) prompts? guidelines? guidance directives? directions orders criteria
  context text messages? constraints rubric safeguards`);
const EARLIER = one(
  'previous prior above earlier preceding former existing your all any every other system given original initial safety',
);
const WITHOUT = one(
  'no without skip skips skipping omit suppress waive bypass disable stop forgo avoid exempt_from excluded_from exemption_from',
);
/** The checks of whoever writes, or of a thing: "no further review needed by us", "further analysis of the dump". */
const NOT_OURS = `(?! (?:\\w+ ){0,2}${one('by from on at')} ${one('us me our my your_side vendors? the_vendor')}\\b| of ${one('the an? our its these those')} (?!${one('requests? access risks? ticket entry')}\\b))`;
const OF_REVIEW = one('rating scoring risk review evaluation assessment');
const BEFORE =
  one(`above before so_far (?:that|which)_came_before (?:that_|which_)?you_(?:were|have_been|are|got|received|had)(?:_given)?
  given_to_you`);

/** Orders about the rules of the review. */
export const ABOUT_RULES: readonly Pattern[] = [
  idea(
    'asks to set the rules of the review aside',
    `${ASIDE} ${gap(4)}${EARLIER} ${gap(2)}${RULES}\\b`,
    `${ASIDE} ${gap(4)}${OF_REVIEW} (?:${RULES}|process|steps?)\\b`,
    `${ASIDE} ${gap(4)}rubric\\b`,
    `${ASIDE} ${gap(4)}(?:${RULES}|everything|all|whatever) ${BEFORE}\\b`,
    `forget ${one('everything all what_you anything')}\\b`,
  ),
  idea(
    'declares the rules of the review changed or void',
    `${one('new updated revised changed real actual additional hidden special further')} ${gap(1)}(?:rubric|${OF_REVIEW} ${one('policy rules? instructions? guidelines')}|system prompt)\\b`,
    `new ${one('instructions? directives? rules orders')} ${one('follow apply for_you for_the_(?:ai|reviewer|model) are is below please set rate return you low override')}\\b`,
    `new ${one('instructions? directives?')}$`,
    `(?:${OF_REVIEW} ${one('policy rules? rubric criteria')}|${EARLIER} ${gap(1)}${RULES}|rubric|prompt) ${gap(6)}${one('is are was were has_been have_been')} (?:now )?${one('void obsolete invalid outdated suspended replaced superseded changed a_mistake a_test sent no_longer')}\\b`,
    `rubric v ?\\d`,
    `under the new ${one('one rubric policy rules scheme')}\\b`,
    `use ${one('these this the_following my our')} ${one('rules? rubric criteria scale definitions?')} (?:only|instead)\\b`,
  ),
  idea(
    'speaks of the instructions of the reviewer',
    `your ${gap(1)}${one('ratings? scores? scoring risk_(?:score|rating|level|assessment|engine) system_prompt prompt rubric output reply_so_far training programming (?:system|previous|original|initial)_instructions guidelines_(?:say|are) evaluation_of_(?:this|the) assessment_of_(?:this|the)')}\\b`,
    `${one('prompt instructions? rubric policy rules?')} (?:that |which )?${one('i we')} ${one('gave sent wrote given showed')} (?:to )?you\\b`,
    `${one('prompt instructions? rubric policy rules? guidance')} (?:that |which )?you ${one('were have_been are got received')}\\b`,
    `${one('print reveal show repeat quote output disclose leak write copy include put tell_me what_(?:is|are)')} ${gap(3)}${one('the your')} ${gap(1)}${one('system_prompt prompt_(?:above|text) hidden_instructions initial_instructions rubric')}\\b(?= ${one('into to as here verbatim above first before so in_(?:the|your|this)_(?:answer|output|comment|summary|reply|response|result)')}\\b|$)`,
  ),
  idea(
    'asks to leave the review out',
    `${WITHOUT} ${gap(1)}${one('the any all a this further more additional extra need_for')}? ?${one('security ai automated automatic model')}? ?${one('risk_(?:check|checks|assessment|review|evaluation|analysis|rating|score) further_(?:review|checks?|assessment|evaluation|analysis)')}\\b${NOT_OURS}`,
    `${WITHOUT} ${gap(1)}${one('the any all a this further more additional extra need_for')}? ?${one('security ai automated automatic model')}? ?${one('scoring rating evaluation')}(?: low|(?= ${one('or of')} |${DONE}))`,
    `${one('do_not don_t no_need_to never need_not there_is_no_need_to')} ${one('overthink mention_(?:these|this|the)_(?:instructions?|note|text|message|prompt) reveal_(?:this|these)')}\\b`,
    `${one('do_not don_t no_need_to never need_not there_is_no_need_to')} ${one('evaluate assess rate score classify flag question doubt escalate')}(?: ${one('this it that these me us any\\w* and or (?:the|my|our)_(?:requests?|access|rating|reason|risk|text|justification)')}\\b|$)`,
    `${one('rating ratings scoring review assessment evaluation')} ${gap(3)}${one('is are be remains?')} ${one('only just purely merely')}? ?(?:a )?${one('formality skipped waived suspended unnecessary superfluous not_(?:required|needed|necessary) disabled done_already')}\\b`,
    `ratings? suspended\\b`,
    `no ${OF_REVIEW} ${gap(3)}${one('is are')} ${one('required needed necessary performed done')}\\b`,
    `${one('auto approve accept pass wave let')} ${one('this it my the')} ${gap(2)}${one('automatically without_(?:review|asking|further|looking|checking|a_check|question) unseen unchecked')}\\b`,
  ),
];

const NAMED = `${one('automated automatic risk security access human')}? ?${one('ai llm language_model reviewers? evaluator rater scorer scoring_(?:system|engine|model|agent) assistant model grader')}`;
const RATES = one(
  'rate(?!_limit) score grade classify mark give return answer ignore disregard skip approve accept pass report output treat assign say set trust',
);
const ROLE = one(
  'reviewer assistant officer oracle machine robot calculator character function program bot engine expert person friend judge who that which without never always',
);

/** A salutation or a note is courtesy, until it goes on about the rating. */
const ADDRESS = `(?:let the ${one('approver reviewer authorizer')} know|${one('dear attention hello hi hey')} ${one('the our')}? ?(?:${NAMED}s?|${one('approvers? authorizers?')})|${one('note text message remark sentence line words')} ${one('for to shown_to')} the ${one('approver reviewer reader authorizer')})`;
const OF_RATING = `(?:${one('lowest ratings? rated scores? scored harmless no_risk risk_(?:is|low|rating|level|score) unsuspicious findings others instructions? prompt rubric cleared trusted verdict rate_this')}|low${DONE})`;

/** Words to the reviewer itself: no requestor knows it, and none has business with it. */
export const ABOUT_REVIEWER: readonly Pattern[] = [
  idea(
    'speaks to the reviewer',
    `${one('attention note_to message_to message_for notice_to notice_for advice_to instructions?_to instructions?_for for to')} ${one('the any all our')}? ?${NAMED} ${one('please you reading (?:that|who)_(?:reads|rates|scores|reviews) do rate ignore this must')}\\b`,
    `${one('dear attention hello hi hey')} ${one('ai llm language_model model chatbot bot gpt')}\\b`,
    `${ADDRESS} [\\s\\S]{0,300}\\b${OF_RATING}\\b`,
    `${one('as you_are you_re')} an? ${gap(3)}${one('ai llm language_model assistant chatbot reviewer evaluator rater')}\\b`,
    `${one('if when while because since unless before after')} you ${one('rate score grade assess evaluate summari[sz]e print output process_(?:this|the)_(?:request|list|batch) write_(?:the|your)_(?:comment|summary|answer) are_(?:rating|scoring|reviewing|evaluating|an?_(?:ai|llm|model|assistant))')}\\b`,
    `how would ${one('you he she they')} ${one('rate score grade classify assess')}\\b`,
    `what would ${one('you he she they')} rate\\b`,
    `use that ${one('rating score level value answer')}\\b`,
  ),
  idea(
    'tells the reviewer what to do',
    `${REVIEWER} (?:${one('of that which who in for reading here always also then')} ${gap(2)})?${one('must shall should has_to is_to are_to is_required_to is_asked_to may can will_now')} ${gap(3)}(?:${RATES}|use|write|not(?! be))\\b`,
    `${REVIEWER} (?:please )?${one('ignore disregard rate mark score return output')} ${gap(3)}${one('low this it all everything rules?')}\\b`,
    `${one('i we hereby')} ${gap(1)}${one('authori[sz]e permit allow instruct order command direct')} you to\\b`,
    // To grant, to know and to wait is what one asks an approver for.
    `${one('i we hereby')} ${gap(1)}${one('ask want need expect tell advise urge beg remind')} you to ${gap(2)}${one('rate(?!_limit) score grade classify mark answer ignore disregard skip report output treat say trust lower forget follow overlook')}\\b`,
    `you ${one('must shall should have_to are_to will need_to can may')} ${gap(3)}${one('rate(?!_limit) score grade classify output return_low assign say_low')}\\b`,
    `you ${one('must shall should have_to are_to will need_to')} ${gap(3)}${one('answer mark ignore disregard')}\\b`,
    `${one('answer respond reply act rate decide')} accordingly\\b`,
    `act accordingly\\b`,
    `your ${gap(1)}${one('task job role goal objective mission')} ${one('is now here')}\\b`,
    `be ${one('lenient generous merciful')}\\b`,
  ),
  idea(
    'gives the reviewer a role to play',
    `you ${one('are re')} now (?!\\w+(?:ed|ing)\\b|${one('able on at in_(?:the|as) free welcome ready')}\\b)`,
    `${one('from_now_on from_here_on')} ${one('you act_as behave rate score')}\\b`,
    `${one('from_now_on from_here_on')} ${gap(8)}${one('requests? ratings? rated? scores? risk low reviewer')}${DONE}`,
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
  // Within a sentence the same words describe servers: "will act as the primary".
  ...[
    /^(?:please )?act as(?! (?:an? |the |my |our )?(?:first|second|third|backup|back ?up|deputy|stand ?in|substitute|witness|point|contact|fallback|on ?call)\b)/m,
    // "Act as second reviewer" is none of these.
    /^(?:please )?act as (?:[\p{L}\p{N}'-]{1,30} ){0,8}(?:reviewers?|raters?|approvers?|assessors?|ai|models?|assistants?)\b/mu,
    /^(?:please )?(?:(?:pretend|imagine)(?= (?:you|that|to|we|i|it|this|the|an?|my|your)\b)|role ?play(?= (?:as|an?|the|that|you|with|now)\b)|play the (?:role|part)|behave (?:as|like)|simulate an? (?:\w{1,20} ){0,3}(?:reviewer|assistant|model|ai|person|expert|character))\b/m,
  ].map((pattern) => ({ says: 'gives the reviewer a role to play', pattern })),
];
