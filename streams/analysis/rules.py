"""What each rule says, in a sentence: the reason that ``explain`` shows beside an item."""

RULES = {
    "speech.indirect": "A speaker with a verb of saying stands before the words.",
    "speech.direct": "A speaker with a verb of saying stands before words in quotation marks.",
    "speech.direct-after": "A speaker with a verb of saying stands after words in quotation marks.",
    "speech.bare-quote": "Words in quotation marks follow somebody who has the floor, without a verb of saying.",
    "speech.colon": "A speaker and a colon stand before the words.",
    "speech.person-colon": "A person's name, or a title with it, and a colon open the words.",
    "speech.label": "A label of an interview (a name or 记者, and a colon) opens the words.",
    "speech.alone": "Words in quotation marks are a sentence of their own; whoever was named last says them.",
    "speech.led": "A person does something, and words in quotation marks follow after a comma.",
    "speech.resumed": "Words in quotation marks go on after a comma and what was told of their speaker.",
    "proposal.verb": "A verb of proposing opens the words.",
    "proposal.wording": "The sentence is worded as a proposal: its words weigh enough, or the heading names a member.",
    "proposal.title": "A motion is named by its title.",
    "proposal.listed": "The sentence lists what was proposed to others; it names nobody who proposed it.",
    "plan.leaning": "The sentence leans to a plan: the weights of its words and surroundings are enough.",
    "plan.dated": "The sentence says by when something will be done, or passes on an instruction.",
    "plan.charged": "Somebody in charge, or a meeting or body of government, says what is to be done or promises it.",
    "plan.wish": "Broadcast news passes on a wish or a call for what is to be done.",
    "quantity.unit": "A number with a unit that counts or measures.",
    "quantity.round": "A round magnitude (百, 千, 万) with a qualifier before it and a unit after it.",
    "quantity.bare": "A number without a unit at the end of a clause, after a word such as 达 or 为, or a large one.",
    "quantity.range": "Two numbers with one unit and a sign of range between them.",
    "quantity.from-to": "The second number of a change from one value to another.",
    "quantity.fraction": "A fraction (…分之…), given as a percentage.",
    "quantity.tenths": "Tenths (…成), given as a percentage.",
    "quantity.half": "A half, given as 50 %.",
    "quantity.half-of": "half of one unit (半桶水, 超过半年)",
    "quantity.doubled": "A doubling (翻番), given in 倍.",
    "quantity.rank": "A place in a ranking, given in 位.",
}


def reason_of(rule: str) -> str:
    """The sentence of a rule; of one that has none yet, its name."""
    return RULES.get(rule, rule)
