"""The payer register through the command line, and what the program learns from a review."""

from __future__ import annotations

from pathlib import Path

from tests.flow.conftest import Desk
from tests.flow.test_review import ANSWERS, filled_in, review

__all__ = ["review"]


def test_registered_payers_are_listed_and_come_out_as_they_went_in(desk: Desk) -> None:
    text = "customer,account,name,kind\n10000,DE86999999990000001000,Backstuben,own\n10010,,Fenster Holding,payer\n"
    (desk.folder / "payers.csv").write_text(text, encoding="utf-8")
    assert desk.importer("payer", "import", "payers.csv").code == 0
    assert desk.importer("payer", "export").out == text
    listed = desk.importer("payer", "list").out
    assert "10010\t\tFenster Holding\tpayer\tpayers.csv\t1x\tin use\n" in listed


def test_a_registered_account_decides_a_line_without_a_number(desk: Desk) -> None:
    header = "account,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,reference,text,bank_reference"
    line = "DE02120300000000202051,2026-11-02,2026-11-02,8586.76,EUR,Unknown,DK5699990000001252,,Betaling,1"
    (desk.folder / "bank.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    before = desk.importer("preview", "bank.csv", "--format", "json").document["decisions"][0]
    (desk.folder / "payers.csv").write_text("customer,account\n10360,DK5699990000001252\n", encoding="utf-8")
    desk.importer("payer", "import", "payers.csv")
    after = desk.importer("preview", "bank.csv", "--format", "json").document["decisions"][0]
    assert (before["action"], before["customer"]) == ("review", None)
    assert (after["action"], after["customer"]) == ("create", "10360")
    assert [payment["invoice"] for payment in after["payments"]] == ["103192"]


def test_what_a_person_decided_in_a_review_is_learned_with_its_author(desk: Desk, review: Path) -> None:
    filled_in(review, ANSWERS)
    desk.importer("apply", review)
    listed = desk.importer("payer", "list").out
    assert "10250\tPL41••••••••••••••••••••1175\tHurtownia Zielonolaka\tconfirmed" in listed
    assert "Kim\t1x\tin use" in listed


def test_money_from_a_further_account_of_our_own_is_no_payment(desk: Desk) -> None:
    header = "account,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,reference,text,bank_reference"
    line = "DE02120300000000202051,2026-11-02,2026-11-02,8586.76,EUR,Wir,DK5699990000001252,,Rechnung 103192,1"
    (desk.folder / "bank.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    before = desk.importer("preview", "bank.csv", "--format", "json").document["decisions"][0]
    desk.configure(
        "[company.cronus.auth]",
        '[company.cronus.matching]\nown_accounts = ["DK56 9999 0000 0012 52"]\n[company.cronus.auth]',
    )
    after = desk.importer("preview", "bank.csv", "--format", "json").document["decisions"][0]
    assert before["action"] == "create"
    assert (after["action"], [reason["rule"] for reason in after["reasons"]]) == ("review", ["own_transfer"])
