"""Words for words that mean the same in any news, and what opens and joins clauses."""

from __future__ import annotations

import re

SAME = """
    in order to=to; prior to=before; as well as=and; a number of=several; in addition to=besides;
    at the moment=now; at present=now; currently=now; approximately=about; purchased=bought;
    sought to=tried to; seeking to=trying to; attempting to=trying to; attempted to=tried to;
    despite the fact that=although; around the world=worldwide; across the world=worldwide;
    whilst=while; amongst=among; the majority of the=most of the; in the wake of=after;
    took place=was held; in spite of=despite; because of=owing to; movies=films; movie=film;
    began=started; nearly=almost; almost=nearly; although=though; frequently=often;
    numerous=many; individuals=people; revealed=disclosed; concerning=about;
    as a result of=because of; would be able to=could; is able to=can; are able to=can;
    was able to=could; were able to=could; have to=must; in total=altogether;
     decided to=chose to; planning to=intending to; is going to=will;
    are going to=will; especially=above all; particularly=especially; mainly=chiefly;
    largely=mostly; primarily=mainly; completely=entirely; immediately=at once;
    eventually=in the end; initially=at first; subsequently=later;
    simultaneously=at the same time; instead of=rather than; together with=along with;
    along with=together with; apart from=except for; believes that=thinks that;
    believe that=think that; even though=although; next to=beside; a series of=a string of;
    a range of=various; firms=companies; the firm=the company; biggest=largest; largest=biggest;
    jobless=unemployed; e-mails=emails; e-mail=email; web site=website;
    web sites=websites; vowed to=promised to; is set to=is due to; are set to=are due to;
    slammed=criticised; row over=dispute over; youngsters=young people; carried out by=done by;
    a further=another; a fall in=a drop in; a rise in=an increase in; a rise of=an increase of;
    a fall of=a drop of; an increase in=a rise in; a drop in=a fall in;
    across the country=nationwide; in favour of=for; with regard to=about; with respect to=about;
    in terms of=as regards; at the end of=at the close of; at the start of=at the beginning of;
    at the beginning of=at the start of; in the course of=during; by means of=by;
    for the purpose of=for; on the basis of=based on; in charge of=responsible for;
    in recent months=over recent months; in recent years=over recent years;
    in recent weeks=over recent weeks; backed by=supported by; one of the most=among the most;
    one of the first=among the first; one of the best=among the best;
    one of the biggest=among the biggest; one of the greatest=among the greatest;
    wants to=would like to; trying to=attempting to; tried to=attempted to; as soon as=once;
    often=frequently; usually=normally; rarely=seldom; earlier this year=earlier in the year;
    earlier this month=earlier in the month; earlier this week=earlier in the week;
    appears to=seems to; appear to=seem to; seems to=appears to; seem to=appear to;
    faced with=confronted with; made up of=composed of; consists of=is made up of;
    took part in=joined in; made sure=ensured; making sure=ensuring; aimed at=meant for;
    designed to=meant to; filled with=full of; regarded as=seen as; seen as=regarded as;
    famous for=renowned for; belonging to=owned by; is expected to=is likely to;
    are expected to=are likely to; was expected to=was likely to; a lot of=plenty of;
    on behalf of=for; in the middle of=amid; due to the=because of the; due to a=because of a;
    the rest of the=the remainder of the; whether or not=whether; on top of=in addition to;
    all of the=all the; each of the=every one of the; has been able to=has managed to;
    have been able to=have managed to; is planning to=intends to; are planning to=intend to;
    agreed to=consented to; helped to=helped; the possibility of=the chance of; known as=called;
    was forced to=had to; were forced to=had to; been forced to=had to;
    in an attempt to=to try to; in a bid to=to try to; in an effort to=to try to;
    take part in=join in; taking part in=joining in; over the next=in the next;
    over the past=in the past; over the last=in the last; every year=each year;
    each year=every year; every week=each week; each week=every week; every month=each month;
    each month=every month; every day=each day; each day=every day; thanks to=owing to;
    such as=like; was set up=was established; were set up=were established; carried out=conducted;
    given the go ahead for=approved; due to be=set to be; set to be=due to be;
    in a bid=in an attempt; later this year=later in the year; later this month=later in the month;
    per hour=an hour; per day=a day; per week=a week; per year=a year; is one of the=is among the;
    was one of the=was among the; unparalleled=unequalled; utilise=use; utilising=using;
    looking into=investigating; looked into=investigated; make use of=use; making use of=using;
    is likely to=will probably; are likely to=will probably; because it=since it;
    because they=since they; because he=since he; because she=since she;
    on a regular basis=regularly; in excess of=more than; despite=in spite of;
    during the course of=during; so that=in order that; more than half=over half;
    following a=after a; following the=after the; almost all=nearly all; TV=television;
    including a=among them a; including the=among them the; wanted to=wished to; buying=purchasing;
    people aged=those aged; needs to=has to
"""  # fmt: skip


def _pairs() -> list[tuple[re.Pattern[str], str]]:
    pairs = []
    for entry in SAME.split(";"):
        this, _, that = entry.strip().partition("=")
        if this and that:
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
