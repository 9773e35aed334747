"""The decision table: which facts justify which confidence. Nothing else decides (matching.md §10.2).

`rank` orders the rows when two lines want the same document: only a strictly stronger row wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from importer.model import Confidence

HIGH, MEDIUM, LOW, NONE = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.NONE


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its name, what it justifies, how strong it is among competing lines, and what it says to a clerk.

    `several` is said instead of `message` when there are several documents. Both may hold {amount}, which becomes "the amount
    agrees" or "the amount is explained", {open}, which becomes what is open, {state}, why it is not, or its {currency}.
    """

    name: str
    confidence: Confidence
    rank: int
    message: str
    several: str = ""


REFERENCE = Row(
    "reference_and_amount",
    HIGH,
    100,
    "The payment reference names the document and {amount}.",
    "The payment references name the documents and {amount}.",
)
NUMBER = Row(
    "number_and_amount",
    HIGH,
    90,
    "The full Document No. is in the text and {amount}.",
    "The full Document Nos. are in the text and {amount}.",
)
SHORT_PAYER = Row(
    "short_number_amount_and_payer",
    HIGH,
    80,
    "A short Document No. is in the text, {amount}, and the payer is known.",
    "Short Document Nos. are in the text, {amount}, and the payer is known.",
)
SHORT = Row(
    "short_number_and_amount",
    MEDIUM,
    50,
    "A short Document No. is in the text and {amount}, but the payer is not known.",
    "Short Document Nos. are in the text and {amount}, but the payer is not known.",
)
WEAK_PAYER = Row(
    "incomplete_number_amount_and_payer",
    HIGH,
    75,
    "Only this document fits the number, which is not written in full or not beyond doubt; {amount}, and the payer is known.",
    "Not every Document No. is written in full or beyond doubt, but each fits only one document; {amount}, and the payer is "
    "known.",
)
RANGE = Row(
    "range_and_amount", HIGH, 74, "All documents of the named range belong to one customer and add up to the amount."
)
WEAK = Row(
    "incomplete_number_and_amount",
    MEDIUM,
    48,
    "Only this document fits the number, which is not written in full or not beyond doubt; {amount}, but the payer is not "
    "known.",
    "Not every Document No. is written in full or beyond doubt, though each fits only one document; {amount}, but the payer "
    "is not known.",
)
DOUBTFUL = Row(
    "damaged_number_and_amount",
    MEDIUM,
    47,
    "Not all of what is written agrees with the Document No., but {amount}.",
    "Not all of what is written agrees with the Document Nos., but {amount}.",
)
NEAR_PAYER = Row(
    "near_number_amount_and_payer",
    MEDIUM,
    46,
    "The Document No. seems to be wrong in one place; {amount}, and the payer is known.",
    "A Document No. seems to be wrong in one place; {amount}, and the payer is known.",
)
NEAR = Row(
    "near_number_and_amount", LOW, 10, "The Document No. seems to be wrong in one place, and the payer is not known."
)
PART = Row("part_payment", MEDIUM, 60, "The document is named; the amount is less than its Remaining Amount of {open}.")
OVER = Row(
    "overpayment",
    MEDIUM,
    60,
    "The document is named; the amount is more than its Remaining Amount of {open}.",
    "The documents are named; the amount is more than their Remaining Amounts of {open} together.",
)
WEAK_PART = Row(
    "incomplete_number_without_amount",
    MEDIUM,
    30,
    "The Document No. is not written in full, and the amount does not agree.",
    "Not every Document No. is written in full, and the amount does not agree.",
)
SOME_NAMED = Row("some_named_and_amount", MEDIUM, 65, "Only some of the named documents add up to the amount.")
DUE_ORDER = Row(
    "named_by_due_date", MEDIUM, 58, "More is named than the amount covers: applied by Due Date, oldest first."
)
SOME_UNCLEAR = Row(
    "named_but_unclear", MEDIUM, 20, "The amount covers some of the named documents, but not clearly which."
)
CREDIT = Row(
    "number_less_credit_memo",
    MEDIUM,
    57,
    "The amount is the named documents less the only Credit Memo that explains it.",
)
CHARGES = Row(
    "number_plus_charges", MEDIUM, 57, "The amount is the named documents plus open Reminders or Finance Charge Memos."
)
CURRENCY = Row(
    "number_in_other_currency",
    MEDIUM,
    55,
    "The named document is in {currency}: the amount agrees only through an exchange rate.",
)
TWO_CUSTOMERS = Row(
    "several_customers", MEDIUM, 45, "The named documents belong to several customers and add up to the amount."
)
ONE_OF_CUSTOMERS = Row(
    "several_customers_one_fits", MEDIUM, 44, "Documents of several customers are named; one customer's add up."
)
TWO_READINGS = Row("two_readings", MEDIUM, 20, "The number can be read in two ways, and both are open documents.")
CLOSED = Row("named_document_closed", MEDIUM, 20, "The named document {state}.")
NOT_YET = Row("named_document_later", MEDIUM, 20, "The named document has a later Posting Date than the payment.")
TAKEN = Row("named_document_taken", MEDIUM, 20, "The named document is already applied to by another payment.")
CREDIT_NAMED = Row("credit_memo_named", MEDIUM, 20, "The text names a Credit Memo, but money came in.")

ACCOUNT_ITEM = Row(
    "account_and_amount", HIGH, 70, "The payer's bank account is known and exactly one open document has this amount."
)
ACCOUNT_BALANCE = Row(
    "account_and_balance", HIGH, 69, "The payer's bank account is known and this is the customer's whole balance."
)
CUSTOMER_ITEM = Row(
    "customer_number_and_amount", HIGH, 72, "The Customer No. is given and exactly one open document has this amount."
)
NAME_ITEM = Row(
    "name_and_amount",
    MEDIUM,
    40,
    "The payer's name is a customer's and exactly one open document has this amount, but no Document No. confirms it.",
)
PAYER_BALANCE = Row(
    "payer_and_balance",
    MEDIUM,
    39,
    "The payer is known and this is the customer's whole balance, but neither a Document No. nor the bank account confirms it.",
)
PAYER_DUE = Row(
    "payer_and_due", MEDIUM, 38, "The payer is known and this is everything due, but no Document No. confirms it."
)
PAYER_SUBSET = Row(
    "payer_and_combination",
    MEDIUM,
    37,
    "The payer is known and only one combination of open documents has this amount, but no Document No. confirms it.",
)
NAMESAKES_ITEM = Row(
    "shared_payer_and_amount",
    MEDIUM,
    36,
    "Several customers may be the payer; one of them has an open document of this amount.",
)
RELATED_ITEM = Row(
    "payer_for_other_and_amount",
    MEDIUM,
    35,
    "The payer also pays for another customer, who has a document of this amount.",
)
PAYER_EQUAL = Row(
    "payer_and_equal_items",
    MEDIUM,
    16,
    "The payer is known, but several open documents of this customer have this amount.",
)
PAYER_ONLY = Row("payer_only", MEDIUM, 15, "The payer is known, but not what is paid.")
SHARED_PAYER = Row("shared_payer", NONE, 0, "Several customers may be the payer and nothing decides between them.")

AMOUNT_ONLY = Row("amount_only", LOW, 5, "Only the amount agrees with one open document.")
VAGUE_NAME = Row("vague_name", LOW, 5, "A customer has a similar or very common name.")
NUMBER_ALONE = Row(
    "unlabelled_customer_number", LOW, 5, "A number equals a Customer No., but nothing says that it is one."
)
NUMBER_UNSURE = Row("number_unsure", LOW, 6, "A number may name a document, but neither amount nor payer confirms it.")
NUMBER_AMBIGUOUS = Row("number_ambiguous", NONE, 0, "A number fits several documents and nothing decides between them.")
NOTHING = Row("nothing_found", NONE, 0, "Nothing connects this line with a customer or a document.")
AMOUNT_AMBIGUOUS = Row("amount_ambiguous", NONE, 0, "Several open documents or several lines have this amount.")

SWITCHED_OFF = Row("customers_not_matched", NONE, 0, "Matching of customers is switched off in the settings.")
ZERO = Row("no_money", NONE, 0, "The line has the amount 0.")
OUTGOING = Row("outgoing", NONE, 0, "Money was paid out; it settles no open document of a customer.")
REFUND = Row("refund_of_credit_memo", HIGH, 90, "Money was paid out for the named Credit Memo, and the amount agrees.")
RETURNED = Row(
    "returned_payment", MEDIUM, 15, "A payment seems to have been returned; it is never applied automatically."
)
PROVIDER = Row("provider_payout", NONE, 0, "A collective payout of a payment provider: many customers, less fees.")
OWN_TRANSFER = Row("own_transfer", NONE, 0, "A transfer between own bank accounts.")
TEXT_MAPPING = Row(
    "text_mapping", NONE, 0, "A text-to-account mapping says that this line is no payment of a customer."
)

# What named documents justify: [strength of the weakest number][whether the payer is known]
ByStrength = tuple[tuple[Row, Row], ...]
_UNSURE = (NUMBER_UNSURE, WEAK_PART)
_NO_NUMBER = (NOTHING, NOTHING)
ADDS_UP: ByStrength = (
    _NO_NUMBER,
    (NEAR, NEAR_PAYER),
    (DOUBTFUL, DOUBTFUL),
    (WEAK, WEAK_PAYER),
    (SHORT, SHORT_PAYER),
    (NUMBER, NUMBER),
    (REFERENCE, REFERENCE),
)
FALLS_SHORT: ByStrength = (_NO_NUMBER, _UNSURE, _UNSURE, _UNSURE, (PART, PART), (PART, PART), (PART, PART))
GOES_OVER: ByStrength = (_NO_NUMBER, _UNSURE, _UNSURE, _UNSURE, (OVER, OVER), (OVER, OVER), (OVER, OVER))

# {other} is the customer, or the customers, that the fact speaks for.
CONTRADICTIONS: Mapping[str, str] = {
    "account_of_other": "The bank account is that of {other}, and is not registered as paying for this customer.",
    "number_of_other": "The text gives the Customer No. of {other}.",
    "name_of_other": "The payer's name is that of {other}.",
    "unknown_number": "The text also gives a number that looks like a Document No. but is not known.",
    "unexplained_number": "The text also gives a number that nothing explains.",
    "named_elsewhere": "The text names a document of another customer, or one that does not fit.",
    "further_number": "The text also names a document that the amount does not cover.",
    "closed_document": "The text also names a document that is not open any more.",
    "later_document": "The text also names a document with a later Posting Date than the payment.",
    "taken_document": "The text also names a document that another payment already applies to.",
    "open_range": "The text names a range that cannot be resolved.",
    "invalid_reference": "The check digits of the payment reference are wrong.",
    "return_words": "The text speaks of a return, refund or chargeback.",
    "provider": "The money comes from a payment provider, perhaps less fees.",
    "needs_consent": "Somebody has to agree to the difference.",
    "repeated_amounts": "Amounts repeat so often in this ledger that an equal amount proves little.",
    "other_explanation": "Other open documents of this payer explain the amount as well.",
    "paid_before": "The customer has already paid a document of the same amount.",
    "not_allowed": "The settings want a person to decide such lines.",
    "competing_line": "Another line claims the same document, and the money does not allow both.",
    "left_over": "Other lines take part of what was open; this is what remains.",
}
