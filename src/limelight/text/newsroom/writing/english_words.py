"""Words for words that mean the same in any news, and what opens and joins clauses."""

from __future__ import annotations

import re

SAME = """
    in order to=to; prior to=before; as well as=and; due to=because of; a number of=several;
    in addition to=besides; at the moment=now; at present=now; currently=now;
    approximately=about; purchased=bought; commenced=began; sought to=tried to;
    seeking to=trying to; attempting to=trying to; attempted to=tried to;
    despite the fact that=although; around the world=worldwide; across the world=worldwide;
    whilst=while; amongst=among; the majority of=most; in the wake of=after; ahead of=before;
    took place=was held; in spite of=despite; because of=owing to; movies=films; movie=film;
    began=started; begins=starts; begin=start; nearly=almost; almost=nearly; although=though;
    until=till; enormous=huge; rapidly=fast; quickly=fast; frequently=often; additional=further;
    numerous=many; obtained=got; assistance=help; individuals=people; insufficient=too little;
    utilise=use; revealed=showed; reveals=shows; regarding=about; concerning=about;
    as a result of=because of; would be able to=could; is able to=can; are able to=can;
    was able to=could; were able to=could; has to=must; have to=must; in total=altogether;
    at least=no fewer than; decided to=chose to; planned to=intended to; plans to=intends to;
    plan to=intend to; planning to=intending to; is going to=will; are going to=will;
    especially=above all; particularly=especially; mainly=chiefly; largely=mostly;
    primarily=mainly; completely=entirely; immediately=at once; eventually=in the end;
    initially=at first; subsequently=later; simultaneously=at the same time;
    instead of=rather than; together with=along with; apart from=except for;
    believes that=thinks that; believe that=think that; even though=although; close to=near;
    next to=beside; a series of=a string of; a range of=various; firms=companies; firm=company;
    biggest=largest; largest=biggest; staff=employees; jobless=unemployed; chief executive=CEO;
    the net=the internet; e-mails=emails; e-mail=email; web site=website; web sites=websites;
    warned=cautioned; vowed=promised; vowed to=promised to; is set to=is due to;
    are set to=are due to; axed=dropped; slammed=criticised; row over=dispute over;
    quit=resigned; probe into=inquiry into; youngsters=young people; some time=a while;
    set up by=founded by; carried out by=done by; is due to=is to; are due to=are to;
    was due to=was to; a further=another; a fall in=a drop in; a rise in=an increase in;
    a rise of=an increase of; a fall of=a drop of; an increase in=a rise in; a drop in=a fall in;
    tens of thousands=many thousands; dozens of=scores of; right now=now;
    last year's=the previous year's; this year's=the current; by the end of=before the end of;
    as part of=within; across the country=nationwide; on behalf of=for; in favour of=for;
    with regard to=about; with respect to=about; in terms of=as regards; in the case of=with;
    in the middle of=amid; at the end of=at the close of; at the beginning of=at the start of;
    at the start of=at the beginning of; in the course of=during; by means of=by;
    for the purpose of=for; on the basis of=based on; in the process of=busy;
    in charge of=responsible for; has been sold=was sold; in recent months=over recent months;
    in recent years=over recent years; in recent weeks=over recent weeks; up to=as much as;
    those who=people who; thousands of people=thousands; so far=to date; to date=so far;
    as yet=so far; worth=valued at; backed by=supported by; said it would=said it was going to;
    the same time=one time; one of the most=among the most; one of the first=among the first;
    one of the best=among the best; one of the biggest=among the biggest;
    one of the greatest=among the greatest; some of the most=several of the most; need to=must;
    needs to=must; wants to=would like to; wanted to=wished to; try to=attempt to;
    tried to=attempted to; trying to=attempting to; helped to=helped; hopes to=is hoping to;
    hope to=are hoping to; hoped to=wished to; allows=lets; allow=let; enables=lets; enable=let;
    as soon as=once; such a=so; often=frequently; usually=normally; normally=usually;
    rarely=seldom; recently=lately; previously=earlier; earlier this year=earlier in the year;
    earlier this month=earlier in the month; earlier this week=earlier in the week;
    and then=then; likely to=apt to; looks like=seems like; appears to=seems to;
    appear to=seem to; seems to=appears to; seem to=appear to; gets=receives;
    faced with=confronted with; made up of=composed of; consists of=is made up of;
    deal with=handle; dealing with=handling; find out=discover; found out=discovered;
    look into=examine; looking into=examining; looked into=examined; look at=examine;
    looking at=examining; point out=note; pointed out=noted; take part in=join in;
    took part in=joined in; went on to=later; turn out=prove; turned out to be=proved;
    come up with=devise; came up with=devised; make sure=ensure; making sure=ensuring;
    made sure=ensured; ensure=make sure; aimed at=meant for; designed to=meant to; used to=once;
    based in=with its seat in; home to=the home of; filled with=full of; full of=filled with;
    regarded as=seen as; seen as=regarded as; considered=regarded as; known as=called;
    called for=asked for; call for=ask for; known for=noted for; famous for=renowned for;
    responsible for=behind; belonging to=owned by; along with=together with;
    is expected to=is likely to
"""  # fmt: skip
RISKY = frozenset(
    [
        "used to",
        "call for",
        "gets",
        "considered",
        "went on to",
        "the same time",
        "up to",
        "in the process of",
        "likely to",
        "allow",
        "allows",
        "quit",
        "enable",
        "need to",
        "needs to",
        "worth",
        "fall",
        "begin",
        "such a",
        "and then",
        "as part of",
        "those who",
        "tens of thousands",
        "by the end of",
        "in the case of",
        "warned",
        "within",
        "until",
        "called for",
        "known as",
        "this year's",
        "responsible for",
        "based in",
        "home to",
        "thousands of people",
        "so far",
        "has been sold",
        "set up by",
        "ahead of",
    ]
)
"""What does not always mean the same, and is left as it is."""


def _pairs() -> list[tuple[re.Pattern[str], str]]:
    pairs = []
    for entry in SAME.split(";"):
        this, _, that = entry.strip().partition("=")
        if this and that and this not in RISKY:
            pairs.append((re.compile(rf"(?<![\w'’-]){re.escape(this)}(?![\w'’-])"), that))
    return pairs


REPLACEMENTS = _pairs()
OPENERS = re.compile(
    r"^(?:(?:But|And|So|Yet|Instead) (?=\w)|(?:However|But|And|So|Yet|Meanwhile|Also|In addition"
    r"|Moreover|Furthermore|Nevertheless|Indeed|Instead|For instance|For example|Of course|In fact"
    r"|On the other hand|At the same time|As a result|In this way|Now|Still|Then|Therefore"
    r"|Thus|Besides"
    r"|Similarly|Likewise|Elsewhere|Overall|Here|Once again|Again|Either way|In turn|By "
    r"contrast|Finally"
    r"|In contrast|Later|Simultaneously|Separately|Afterwards|Later on|In the meantime|Meantime), )"
)
SUBORDINATORS = frozenset(
    [
        "if",
        "when",
        "while",
        "although",
        "though",
        "because",
        "as",
        "since",
        "after",
        "before",
        "despite",
        "unless",
        "until",
        "whether",
        "where",
        "whereas",
        "once",
        "for",
        "with",
        "without",
        "in",
        "on",
        "at",
        "by",
        "to",
        "of",
        "from",
        "under",
        "during",
        "following",
        "among",
        "like",
        "unlike",
        "given",
        "instead",
        "rather",
        "having",
        "just",
        "only",
        "even",
        "not",
        "both",
        "what",
        "how",
        "why",
    ]
)
AUXILIARIES = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "must",
        "should",
        "does",
        "do",
        "did",
        "cannot",
        "isn't",
        "wasn't",
        "won't",
        "hasn't",
        "didn't",
        "doesn't",
        "don't",
        "couldn't",
        "wouldn't",
        "aren't",
        "weren't",
        "haven't",
        "hadn't",
        "can't",
    ]
)
SAYING = (
    r"(?:said|says|told|added|adds|argued|argues|claimed|claims|explained|explains|insisted|insists"
    r"|admitted|admits|warned|warns|stated|announced|believes|predicted|predicts|confirmed"
    r"|suggested"
    r"|suggests|noted|commented|reported|described|called|promised|accused|hailed|denied)"
)
DAYS = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
TIME = (
    rf"(?:(?:on|last|next|this) {DAYS}(?: (?:morning|afternoon|evening|night))?"
    rf"|(?:last|next|this) (?:week|month|year|season|summer|autumn|winter|spring)"
    rf"|(?:in|since|by) (?:(?:early|late) )?(?:{MONTH}(?: \d{{4}})?|\d{{4}}|the \d{{2,4}}s)"
    rf"|on \d{{1,2}} {MONTH}(?: \d{{4}})?|on {MONTH} \d{{1,2}}(?:, \d{{4}})?"
    rf"|earlier this (?:week|month|year)|in recent (?:weeks|months|years)|at the weekend)"
)
