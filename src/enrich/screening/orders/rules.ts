import type { Pattern } from '../pattern.ts';
import { gap, idea, one } from './phrase.ts';

const ASIDE = one(`ignor\\w* disregard\\w* forget overlook override overrule bypass skip suspend neglect drop discard
  (?:set|put|leave|throw)_aside pay_no_attention_to (?:do_not|don_t|never)_(?:follow|apply|use|obey|consider|heed)
  stop_(?:following|applying|using) instead_of regardless_of whatever no_matter_what`);
const RULES =
  one(`instructions? rules? polic(?:y|ies) prompts? guidelines? guidance directives? directions orders criteria
  context text messages? constraints rubric safeguards`);
const EARLIER = one(
  'previous prior above earlier preceding former existing your all any every other system given original initial safety',
);
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
    `${one('new updated? revised changed real actual additional hidden special further')} ${gap(1)}(?:rubric|${OF_REVIEW} ${one('policy rules? instructions? guidelines')}|system prompt)\\b`,
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
    `${one('print reveal show repeat quote output disclose leak write copy include put tell_me what_(?:is|are)')} ${gap(3)}${one('the your')} ${gap(1)}${one('system_prompt prompt_(?:above|text) hidden_instructions initial_instructions rubric')}\\b(?= ${one('in into to as here verbatim above first before so')}\\b|$)`,
  ),
  idea(
    'asks to leave the review out',
    `${one('no without skip skips skipping omit suppress waive bypass disable stop forgo avoid exempt_from excluded_from exemption_from')} ${gap(1)}${one('the any all a this further more additional extra need_for')}? ?${one('security ai automated automatic model')}? ?${one('scoring rating risk_(?:check|checks|assessment|review|evaluation|analysis|rating|score) evaluation further_(?:review|checks?|assessment|evaluation|analysis)')}\\b`,
    `${one('do_not don_t no_need_to never need_not there_is_no_need_to')} ${one('evaluate assess rate score flag classify question doubt escalate overthink mention_(?:these|this|the)_(?:instructions?|note|text|message|prompt) reveal_(?:this|these)')}\\b`,
    `${one('rating ratings scoring review assessment evaluation')} ${gap(3)}${one('is are be remains?')} ${one('only just purely merely')}? ?(?:a )?${one('formality skipped waived suspended unnecessary superfluous not_(?:required|needed|necessary) disabled done_already')}\\b`,
    `ratings? suspended\\b`,
    `no ${OF_REVIEW} ${gap(3)}${one('is are')} ${one('required needed necessary performed done')}\\b`,
    `${one('auto approve accept pass wave let')} ${one('this it my the')} ${gap(2)}${one('automatically without_(?:review|asking|further|looking|checking|a_check|question) unseen unchecked')}\\b`,
  ),
];
