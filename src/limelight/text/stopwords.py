"""English words that hold sentences together and name nothing."""

WORDS = """
    a about above according across actually after afterwards again against ago ahead all almost
    alone along already also although always am amid among an and another any anybody anyone
    anything anyway anywhere are aren't around as aside at away back be became because become
    becomes been before began behind being below beside besides best better between beyond both
    but by called came can can't cannot come comes coming could couldn't despite did didn't do
    does doesn't doing don't done down during each either else enough especially etc even ever
    every everybody everyone everything everywhere except far few finally find finds for former
    from further gave get gets getting give given gives go goes going gone got had hadn't half
    has hasn't have haven't having he he'd he'll he's hence her here here's hers herself him
    himself his how however i i'd i'll i'm i've if in indeed instead into is isn't it it'd it'll
    it's its itself just keep keeps kept know known last later latter least less let let's like
    likely made mainly make makes making many may maybe me meanwhile might mine more moreover most
    mostly mr mrs ms much must mustn't my myself near nearly neither never nevertheless next no
    nobody none nor not nothing now nowhere of off often on once one one's only onto or other
    others otherwise our ours ourselves out over own per perhaps put puts quite rather really
    regarding said same saw say saying says see seem seemed seems seen several shall she she'd
    she'll she's should shouldn't since so some somebody somehow someone something sometimes
    somewhat somewhere soon still such take taken takes taking tell tells than thank that that's
    the their theirs them themselves then there there's thereby therefore these they they'd
    they'll they're they've thing things this those though through throughout thus till to
    together told too took toward towards tried tries try trying two under unless until up upon us
    use used uses using usually various very via want wanted wants was wasn't way we we'd we'll
    we're we've well went were weren't what what's whatever when whenever where where's whereas
    wherever whether which whichever while who who'd who'll who's whoever whole whom whose why
    will with within without won't would wouldn't yes yet you you'd you'll you're you've your
    yours yourself yourselves
    """
ENGLISH = frozenset(WORDS.split())
