"""Names: the same name is evidence, a similar or common one is a hint, and namesakes stay namesakes."""

from __future__ import annotations

import pytest

from importer.matcher.exact_names import ExactNames
from importer.matcher.names import Named, NameIndex, core_of, words_of
from importer.model import Customer


def names(*written: str) -> NameIndex:
    return NameIndex([Customer(id=str(n), number=str(n), name=name) for n, name in enumerate(written, 1)])


@pytest.mark.parametrize(
    ("customer", "payer"),
    [
        ("Müller & Söhne GmbH", "MUELLER UND SOEHNE GMBH"),
        ("Müller & Söhne GmbH", "Muller Sohne"),
        ("Nordwind Handels GmbH", "handels nordwind gmbh"),
        ("Kancelář Centrum s.r.o.", "KANCELAR CENTRUM SRO"),
        ("Företaget Öst AB", "FÃ¶retaget Ã–st AB"),
        ("Karl-Heinz Oberbaumüller-Schmidtkunz", "KARL-HEINZ OBERBAUMUELLER-S"),
        ("Æblehaven Skagen ApS", "AEBLEHAVEN SKAGEN APS"),
        ("Brightwater", "Brightwater"),
    ],
)
def test_the_same_name_is_certain(customer: str, payer: str) -> None:
    assert names(customer, "Somebody Else Ltd").payer(payer) == Named(certain=("1",))


@pytest.mark.parametrize(
    ("customer", "payer"),
    [
        ("Nordwind Handels GmbH", "Nordwnd Handels GmbH"),
        ("Post Bank Service", "POST BANK SERVICE"),
        ("Rent", "RENT"),
        ("Nordwind Handels GmbH", "Nordwind"),
    ],
)
def test_a_similar_short_or_common_name_is_only_a_hint(customer: str, payer: str) -> None:
    assert names(customer).payer(payer) == Named(vague=("1",))


def test_a_name_that_nobody_bears_is_nothing() -> None:
    assert names("Nordwind Handels GmbH").payer("Tulipan Foods BV") == Named()


def test_namesakes_are_both_named() -> None:
    assert names("Anna Svensson", "Anna Svensson").payer("ANNA SVENSSON") == Named(certain=("1", "2"))


def test_the_legal_form_tells_namesakes_apart_when_it_is_written() -> None:
    both = names("Nordwind Handels GmbH", "Nordwind Handels AG")
    assert both.payer("NORDWIND HANDELS AG") == Named(certain=("2",))
    assert both.payer("Nordwind Handels") == Named(certain=("1", "2"))


def test_a_cut_name_that_two_customers_begin_with_is_the_name_of_both() -> None:
    two = names("Karl-Heinz Oberbaumüller-Schmidtkunz", "Karl-Heinz Oberbaumüller-Schneider")
    assert two.payer("KARL-HEINZ OBERBAUMUELLER-S") == Named(certain=("1", "2"))


def test_a_beginning_that_many_customers_share_names_nobody() -> None:
    many = names(*(f"Oberbaumüller Wohnungsbau {town}" for town in ("Aalen", "Bonn", "Celle", "Düren", "Essen")))
    assert many.payer("OBERBAUMULLER WOHNUNGSBAU ".ljust(27, ".")).certain == ()


@pytest.mark.parametrize("payer", ["Kontorcentralen Nor", "Kontorcentralen No"])
def test_a_name_that_lacks_its_last_letter_or_two_is_that_name(payer: str) -> None:
    assert names("Kontorcentralen Nord").payer(payer) == Named(certain=("1",))
    assert names("Kontorcentralen Nord").mentioned(payer) == Named(certain=("1",))


def test_a_name_that_lacks_more_is_a_hint() -> None:
    assert names("Kontorcentralen Nordost").payer("Kontorcentralen Nor") == Named(vague=("1",))


def test_an_address_behind_the_name_and_a_form_of_address_before_it_do_not_disturb() -> None:
    index = names("Erik Gustavsen", "Kontor, Norr/Söder AB")
    assert index.payer("Erik Gustavsen, Storgatan 12, Umeå") == Named(certain=("1",))
    assert index.payer("HERR ERIK GUSTAVSEN") == Named(certain=("1",))
    assert index.payer("KONTOR, NORR/SODER AB") == Named(certain=("2",))


def test_the_city_tells_namesakes_apart() -> None:
    cities = ("Umeå", "Malmö")
    people = [Customer(id=str(n), number=str(n), name="Anna Svensson", city=c) for n, c in enumerate(cities, 1)]
    index = NameIndex(people)
    assert index.payer("ANNA SVENSSON, HAMNGATAN 3, MALMO") == Named(certain=("2",))
    assert index.mentioned("betalning Anna Svensson Umeå") == Named(certain=("1",))
    assert index.payer("Anna Svensson, Oslo") == Named(certain=("1", "2"))


def test_a_whole_name_in_free_text_is_found() -> None:
    index = names("Nordwind Handels GmbH", "Rent")
    assert index.mentioned("103001Nordwind Handels GmbH Danke") == Named(certain=("1",))
    assert index.mentioned("office rent June") == Named(vague=("2",))
    assert index.mentioned("Nordwind pays what Handels and others of them ordered") == Named()


def test_words_are_folded_and_single_letters_put_together() -> None:
    assert words_of("Kancelář  Centrum s. r. o.") == ("KANCELAR", "CENTRUM", "SRO")
    assert core_of(words_of("Kancelář Centrum s.r.o.")) == ("KANCELAR", "CENTRUM")
    assert core_of(words_of("AG")) == ("AG",)


def exact(*written: str) -> ExactNames:
    return ExactNames([Customer(id=str(n), number=str(n), name=name) for n, name in enumerate(written, 1)])


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Nordwind Handels GmbH", Named(certain=("1",))),
        ("NORDWIND HANDELS GMBH", Named(certain=("1",))),
        ("Zahlung von Nordwind Handels GmbH, Kiel", Named(certain=("1",))),
        ("Handels GmbH Nordwind", Named(certain=("1",))),
        ("Handels Nordwind GmbH", Named()),
        ("GmbH Nordwind Handels", Named()),
        ("Nordwind Handels", Named()),
        ("Nordwnd Handels GmbH", Named()),
        ("", Named()),
    ],
)
def test_an_exact_name_is_the_whole_name_or_has_its_first_word_last(written: str, found: Named) -> None:
    assert exact("Nordwind Handels GmbH", "Tulipan Foods BV").payer(written) == found


def test_an_exact_name_of_common_words_stays_a_hint() -> None:
    assert exact("Post Bank Service").mentioned("POST BANK SERVICE") == Named(vague=("1",))


def test_an_exact_name_inside_a_longer_one_names_both() -> None:
    assert exact("Nordwind Handels", "Nordwind Handels GmbH").payer("Nordwind Handels GmbH") == Named(
        certain=("1", "2")
    )


def test_names_of_the_payer_register_count_exactly_too() -> None:
    index = ExactNames([Customer(id="1", number="1", name="Nordwind Handels GmbH")], [("Windfried Konzern AG", "1")])
    assert index.payer("Windfried Konzern AG") == Named(certain=("1",))
