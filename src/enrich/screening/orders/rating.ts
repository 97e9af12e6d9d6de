import type { Pattern } from '../pattern.ts';
import { ANY_LOW, DONE, gap, ITEM, idea, MUST, one, PLAIN_LOW, RATING } from './phrase.ts';

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
    `${LOW} please\\b`,
    `override ${one('the')}? ?${one('risk rating score level')}? ?(?:to |with )?${LOW}${DONE}`,
    `${one('this mine')} ${MUST} be ${gap(1)}${one('low lowest')}${DONE}`,
    `${one('result answer verdict output rating classification grade conclusion response')} ${one('is as of')}? ?${one('low lowest')}${DONE}`,
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
    `${one('pre auto already')}? ?${one('approved cleared authori[sz]ed')} ${gap(10)}${one('rate score record mark return answer set report rating risk give classif\\w+ log')} ${gap(6)}${one('low lowest minimal none')}\\b`,
    `${one('exempt exempted exemption whitelisted excluded excused pre_?cleared waived')} ${gap(5)}${one('scoring rating assessment risk evaluation')}\\b`,
    `calibration ${one('record example item entry sample request')}\\b`,
  ),
];
