import type { Pattern } from '../view.ts';
import { DONE, gap, idea, MUST, one } from './phrase.ts';

const REQUESTS = one(`(?:in_)?(?:this|your|the_same)_(?:batch|list|queue|set_of_requests) in_the_(?:batch|list|queue)
  (?:all|every|each|both|any|other|the_other|another)_(?:\\w+_){0,2}(?:requests?|items|entries|ones?|records?|rows?)
  (?:previous|next|following|preceding|first|last|second|neighbou?ring)_(?:requests?|items?|entry|entries|record|row)
  requests?_(?:above|below|before|after) itemid requests?_req_\\d+ the_(?:one|ones)_(?:above|below|before|after)`);
const PEOPLE = one(
  '(?:all|the|any)_others? others everyone(?:_else)? every_other everybody my_colleague_s everything_else',
);
const EXTREME = `${one('low lowest critical highest')}(?: risk\\b|${DONE})`;
const RATED = `(?:${one('ratings? rated? scored? scoring high_risk calibration')}\\b|risk (?:level )?${one('of to as is')}\\b|${EXTREME})`;
const ACCUSED = one('prompt_injection suspicious takeover malicious fake fraud\\w* attackers? compromised dangerous');

/** Orders about what is not the requestor's: other requests, the comment, texts in other places. */
export const ABOUT_OTHERS: readonly Pattern[] = [
  idea(
    'speaks about the rating of other requests',
    `(?:${REQUESTS}|${PEOPLE}) ${gap(12)}${RATED}`,
    `${REQUESTS} ${gap(12)}${ACCUSED}\\b`,
    `${one('rate rating ratings scores? risk critical carry_over swap downgrade deserves?')} ${gap(8)}(?:${REQUESTS}|others|everyone|everybody_else)\\b`,
    `${one('lower raise reduce increase')} ${one('all every each')} ${one('by to')} ${gap(2)}${one('levels?')}\\b`,
    `${one('swap exchange reverse switch mix_up carry_over invert shuffle average lower raise')} ${one('the all their our these every each')}? ?${one('ratings? risks risk_levels scores levels results ids')}\\b(?! of the (?:jobs|queue))`,
    `${one('least less')} ${one('risky dangerous critical')} (?:of|than)\\b`,
  ),
  idea(
    'dictates what the comment says',
    `${one('comments? summary summaries rationale explanation reasoning')} (?:field )?(?:${MUST}|${one('reads? says exactly be with_the_text with_the_words so_that to_(?:tell|say|convince|inform|ask|direct|make|warn|state|include)')})\\b`,
    `${one('write phrase word make fill put include mention insert repeat say state tell place quote append begin start end set paste render')} ${gap(10)}${one('the your this as_a as one_sentence each every all')} ${gap(1)}${one('comments? summary')}\\b(?! ${one('in on of field section line table page')}\\b)`,
    `in ${one('the your this each every')} ${gap(1)}${one('comments? summary')} ${one('state say write mention put tell include add note recommend print repeat')}\\b`,
    `use ${gap(1)}${one('the your this')} ${gap(1)}comment ${one('to for as')}\\b`,
    `as ${one('the your')} comment\\b`,
    `use ${one('the_following this these')} ${one('text sentence words? wording phrase')} ${one('as for in')}\\b`,
    `${one('copy repeat quote reproduce print output use')} ${gap(4)}${one('verbatim word_for_word exactly_as_written literally unchanged')}\\b`,
    `${one('tell convince inform assure persuade make')} ${one('the every any')}? ?(?:human )?${one('approver reviewer administrator reader authorizer')}s? (?:\\w+ )?${one('that to believe think this it everything')}\\b`,
    `so that the ${one('approver reviewer reader authorizer')} ${gap(1)}${one('believes? thinks? knows? assumes? approves? accepts? grants? trusts? feels? does will cannot can_not is')}\\b`,
    `${one('explain_to reassure urge remind')} the ${one('approver reviewer reader authorizer')}\\b`,
    `${one('in as with end start begin')} your ${gap(1)}${one('comment explanation summary reasoning conclusion recommendation sentence verdict answer')}\\b(?! ${one('of from you yesterday earlier last on')}\\b)`,
    `justify ${one('the your')} ${one('rating score level result')}\\b`,
    `recommend ${gap(2)}${one('approv\\w+ granting')}\\b`,
  ),
  idea(
    'asks the reviewer to obey a text or to put parts together',
    `${one('do follow obey execute perform carry_out apply comply_with act_on')} (?:exactly )?${one('what whatever everything')} ${gap(3)}${one('says? said tells? told asks? written states? instructs? results? means?')}\\b`,
    `decode ${gap(6)}${one('before and then first rating follow obey')}\\b`,
    `${one('join combine concatenate merge assemble put_together append')} ${gap(7)}${one('parts? halves pieces strings? texts? justifications? fragments? variables? other_request letters?')}\\b(?: \\w+){0,8} ${one('decode follow obey execute do_what')}\\b`,
    `${one('combine join together continued continues continue read')} ${gap(4)}${one('in with from')} ${one('the my')} ${one('other next second following previous first')} ${one('request justification text entry item part half note message')}\\b`,
    `${one('first second other')} ${one('half part')} of ${one('the this a an my')} ${one('sentence message instruction text note command order')}\\b`,
    `read ${one('them it this these that')} ${one('first before_(?:you|rating|scoring)')}\\b`,
    `continue the ${one('reply answer output json response list conversation')}\\b`,
    `first letters? of ${one('each every the')}\\b`,
    `${one('remember keep store note')} ${gap(6)}${one('for until')} ${gap(2)}${one('next other second later following')} ${one('request message justification entry text')}\\b`,
  ),
];
