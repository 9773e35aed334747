"""The rules of the matcher, each with how it is switched off."""

from __future__ import annotations

import re
from types import ModuleType
from typing import NamedTuple

from importer.matcher import (
    amounts,
    beside,
    by_party,
    contradict,
    counted,
    engine,
    forms,
    hints,
    lists,
    masks,
    mentioned,
    named,
    names,
    near,
    normalise,
    numbers,
    parties,
    partly,
    read,
    references,
    runs,
    scan,
    schemes,
    table,
    together,
    words,
)
from importer.matcher.verdict import Verdict

NEVER = re.compile("(?!)")
NOBODY = names.Named()


class Mutant(NamedTuple):
    """A rule and how it is switched off: this attribute becomes this value."""

    rule: str
    place: ModuleType | type
    attribute: str
    value: object


def nothing(*_: object, **__: object) -> None:
    """What a rule finds that is switched off."""


def no(*_: object, **__: object) -> bool:
    return False


def empty(*_: object, **__: object) -> tuple[()]:
    return ()


def without(pattern: re.Pattern[str], kind: str) -> re.Pattern[str]:
    """The pattern of what is masked, never ending in this kind."""
    return re.compile(pattern.pattern.replace(f"(?P<{kind}>)", f"(?!)(?P<{kind}>)"))


_whole, _near_numbers, _payer = forms.whole, near.near_numbers, parties.PartyIndex._payer
_single, _joined = forms.single, forms.joined

NUMBERS = (
    Mutant("number with other separators", forms, "whole", lambda index, run, place, label: (
        _whole(index, run, place, label) if place[0] == place[1] else None)),
    Mutant("number without its letters or year", forms, "part", nothing),
    Mutant("joined digits", forms, "_SHORTEST_JOIN", 99),
    Mutant("look-alike letters", forms, "is_like_digits", no),
    Mutant("label glued to a number", runs.Runs, "split", no),
    Mutant("number glued to a word", forms, "_WITH_WORD", NEVER),
    Mutant("damaged number of several parts", forms, "damaged", nothing),
    Mutant("these very zeros", forms, "_literal", lambda _, found: found),
    Mutant("end of a number", numbers.NumberIndex, "ending", empty),
    Mutant("another number beside", forms, "is_of_another", no),
    Mutant("other letters beside", beside, "_has_other_letters", no),
    Mutant("longer groups do not go on", runs.Runs, "goes_on", no),
    Mutant("four digits are soft", scan.FieldScan, "_is_soft", no),
    Mutant("postal code", scan, "is_postal", no),
    Mutant("compact date", scan, "is_compact_date", no),
    Mutant("number like ours", scan.FieldScan, "_is_like_ours", no),
    Mutant("cut at the end", scan.FieldScan, "_is_cut", no),
    Mutant("order numbers", scan.FieldScan, "_ordered", scan.FieldScan._skip),
    Mutant("numbers of somebody else", scan, "_SOMEBODY_ELSES", (words.Label.CUSTOMER,)),
    Mutant("endings of lists", lists, "_sibling", nothing),
    Mutant("short endings that are documents themselves", lists, "_is_hardly_named", no),
    Mutant("years", scan.FieldScan, "_is_year", no),
    Mutant("a date of six digits", scan, "is_short_date", no),
    Mutant("what may be something else", contradict, "_may_be_else", no),
    Mutant("years of a known payer", named, "OR_YEAR", ""),
    Mutant("years explain nothing", contradict, "OR_YEAR", ""),
    Mutant("what is unexplained", contradict, "_is_unexplained", no),
    Mutant("counted numbers", scan, "is_counted", no),
    Mutant("counted parts of a number in groups", forms, "cannot_be_joined", no),
    Mutant("counted parts of a damaged number", forms, "counts_behind", no),
    Mutant("counted parts of a number with separators", scan, "counts_behind", no),
    Mutant("counted ends of lists", lists, "counts_behind", no),
    Mutant("groups that are hardly one number", forms, "is_hardly_joined", no),
    Mutant("what a number in groups may have begun with", scan.FieldScan, "_joined", lambda self, position: (
        _joined(self.known.index, self.runs, position, self._label))),
    Mutant("rest of a telephone number", scan, "is_subscriber", no),
    Mutant("prices", counted, "_is_price", no),
    Mutant("shares", counted, "_is_share", no),
    Mutant("days and turns", counted, "_is_day_or_turn", no),
    Mutant("initials and letters of numbers", counted, "_begins_other", no),
    Mutant("currency before an amount", counted, "_begins_amount", no),
    Mutant("currency behind an amount", counted, "_ends_amount", no),
    Mutant("house numbers", counted, "is_street", no),
    Mutant("towns", counted, "_is_before_town", no),
    *(Mutant(f"words that count: {name}", counted, name, frozenset())
      for name in ("UNITS", "MONEY", "COUNTING", "ORDINAL_OF", "MONTHS", "OF_WORDS")),
    Mutant("unit glued to a number", forms, "UNITS", frozenset()),
    Mutant("date or share of several groups", scan, "may_be_date", no),
    Mutant("another suffix", scan, "has_other_suffix", no),
    Mutant("another group further in front", beside, "_differs_further", no),
    Mutant("look-alikes before what is longer", scan, "single", lambda index, word, position: (
        _single(index, word, position) or forms.look_alike(index, word, position, words.Label.INVOICE))),
    Mutant("a name behind a short number", contradict, "_NAME_BEHIND", NEVER),
    Mutant("ranges", lists, "_range", nothing),
    Mutant("open ranges", lists, "_open_ranges", nothing),
    Mutant("parts that a list shares", lists, "_shared_parts", nothing),
    Mutant("one slip", named, "near_items", empty),
    Mutant("one slip, payer known", by_party, "near_items", empty),
    Mutant("one slip, payer unknown", hints, "near_items", empty),
    Mutant("slip in what is written together", near, "near_numbers", lambda index, text: (
        () if not text.isdigit() else _near_numbers(index, text))),
)  # fmt: skip

TEXTS = (
    Mutant("masked: iban", masks, "_SUSPECT", masks._NO_ACCOUNT),
    *(Mutant(f"masked: {kind}", masks, "_NO_ACCOUNT", without(masks._NO_ACCOUNT, kind))
      for kind in ("phone", "card", "date", "amount")),
    Mutant("masked: identifiers", masks, "_IDENTIFIER", NEVER),
    Mutant("masked: tags", masks, "_TAG_HINT", NEVER),
    Mutant("masked: periods", masks, "_UNTIL", NEVER),
    Mutant("known number like a date or an amount", read.Reader, "_is_known", no),
    Mutant("charges in a tag", masks, "_AMOUNT", NEVER),
    Mutant("mended characters", normalise, "_BYTES", {}),
    Mutant("line breaks of MT940", normalise, "_SUBFIELD", NEVER),
    Mutant("spreadsheet notation", read, "_MAYBE_EXPONENT", NEVER),
    Mutant("stated charges", read, "FEE_WORDS", frozenset()),
    Mutant("stated amount in another currency", partly, "_is_stated", no),
    Mutant("configured patterns", engine, "patterns_of", empty),
    Mutant("range words", lists, "_RANGE_WORDS", frozenset()),
    Mutant("list words", lists, "LIST_WORDS", frozenset()),
    Mutant("VAT invoice", scan, "TAX_OF_INVOICE", frozenset()),
    Mutant("label holds in lists only", scan, "GOING_ON", frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
    Mutant("return words", contradict, "RETURN_WORDS", frozenset()),
    Mutant("return words of outgoing money", hints, "RETURN_WORDS", frozenset()),
    Mutant("refund words", hints, "REFUND_WORDS", frozenset()),
    Mutant("providers", contradict, "PROVIDERS", frozenset()),
    Mutant("payouts", hints, "is_payout", no),
    *(Mutant(f"label: {label}", words, "_LABELS", {w: found for w, found in words._LABELS.items() if found is not label})
      for label in words.Label if label not in (words.Label.NONE, words.Label.COUNTED)),
    Mutant("label by stem", words, "_BY_STEM", dict.fromkeys(words._BY_STEM, words.Label.NONE)),
)  # fmt: skip

REFERENCES = (
    *(Mutant(f"scheme: {name}", references, "SCHEMES", {**schemes.SCHEMES, name: nothing}) for name in schemes.SCHEMES),
    Mutant("references in running text", references, "_SHAPES", NEVER),
    Mutant("references among digits in the text", read.Reader, "_references_in_digits", nothing),
    Mutant("reference inside the international one", schemes, "_iso11649", nothing),
    Mutant("parts of a reference agree", references, "_DEFAULT_LAYOUTS", {}),
    Mutant("second reading", read.Reader, "_second_reading", nothing),
    Mutant("transaction id", read.Reader, "_bank_reference", nothing),
)  # fmt: skip

PAYERS = (
    Mutant("accounts", parties.PartyIndex, "_by_account", lambda *_: ((), ())),
    Mutant("customer numbers", parties, "_with_numbers", lambda party, _: party),
    Mutant("names of payers", names.NameIndex, "payer", lambda *_: NOBODY),
    Mutant("names in texts", names.NameIndex, "mentioned", lambda *_: NOBODY),
    Mutant("names behind a tag", parties.PartyIndex, "_payer", lambda self, account, name, _: _payer(self, account, name, "")),
    Mutant("names cut off", names.NameIndex, "_cut", empty),
    Mutant("exact names", parties, "ExactNames", names.NameIndex),
    Mutant("cities of namesakes", names.NameIndex, "_of_city", lambda _, found, __: found),
    Mutant("names before an address", names, "_ADDRESS", NEVER),
    Mutant("similar names", names.NameIndex, "_near", empty),
    Mutant("distinctive names", names, "is_distinctive", lambda _: True),
    Mutant("legal forms of namesakes", names, "_same_legal_form", lambda bearers, _: tuple(sorted(bearers))),
    Mutant("legal forms do not count", names, "_LEGAL", frozenset()),
    Mutant("transcribed letters", names, "_TRANSCRIBED", NEVER),
    Mutant("text-to-account mappings", hints, "mapped_elsewhere", no),
    Mutant("mappings to customers", parties, "_customer_mappings", empty),
    Mutant("own accounts", engine, "own_accounts", lambda *_: frozenset()),
)  # fmt: skip

MONEY = (
    *(Mutant(f"money explained: {rule}", amounts, rule, nothing)
      for rule in ("_with_discount", "_with_fee", "_within_tolerance", "_with_late_discount", "_within_match_tolerance")),
    Mutant("part of what is named", partly, "_some_of", nothing),
    Mutant("only credit memo", partly, "_short", lambda *_: None),
    Mutant("charges of reminders", partly, "few_subsets", empty),
    Mutant("order of due dates", partly, "by_due_date", empty),
    Mutant("documents of several customers", named, "_several_customers", nothing),
    Mutant("slips beside a number", named, "_with_slips", nothing),
    Mutant("only one of uncertain numbers", named, "_only_one_of", nothing),
    Mutant("payer decides between documents", named, "_narrowed", lambda _, mention: mention.items),
    Mutant("two readings", named, "_two_readings", nothing),
    Mutant("part payments by nearly complete numbers", mentioned, "_COMPLETE_ENOUGH", frozenset()),
    Mutant("whole balance", by_party, "_balance", nothing),
    Mutant("everything due", by_party, "_due", nothing),
    Mutant("documents of related customers", by_party, "_related", nothing),
    Mutant("only combination", by_party, "_combination", nothing),
    Mutant("combinations by chance", by_party, "is_accidental", no),
    Mutant("other explanation", by_party, "reaches", no),
    Mutant("twin of an incomplete number", contradict, "_twins", lambda *_: []),
    Mutant("further documents", contradict, "_further", lambda *_: []),
    Mutant("unclear numbers", contradict, "_is_any_unclear", no),
    Mutant("unexplained numbers", by_party, "is_unexplained", no),
    Mutant("amount alone", hints, "_by_amount", lambda _: Verdict(table.NOTHING)),
    Mutant("numbers that are unsure", hints, "_by_unsure_numbers", nothing),
    Mutant("outgoing money", hints, "_outgoing", nothing),
    Mutant("refunds", hints, "_refund", lambda *_: Verdict(table.OUTGOING)),
    Mutant("competing lines", together.Together, "_compete", lambda _: set()),
    Mutant("first of two payments", together.Together, "_paid_first", nothing),
    Mutant("what others left", together.Together, "_look_again", nothing),
    Mutant("lines of equal amount", together.Together, "_same_amounts", nothing),
    Mutant("lines of the journal", engine, "claims_of", lambda *_: {}),
)  # fmt: skip
