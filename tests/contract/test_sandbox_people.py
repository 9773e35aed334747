"""People in the web client change journals behind the API's back; the history says who did what."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from importer.sandbox.app import Sandbox
from importer.sandbox.behaviour import Behaviour
from importer.sandbox.papers import Entry, Line
from importer.sandbox.refusals import Refusal
from tests.contract.conformance import TODAY, Service, error, sandbox_service


def box(service: Service) -> Sandbox:
    assert service.sandbox is not None
    return service.sandbox


def test_a_hidden_line_still_holds_its_number(fresh: Service) -> None:
    line = fresh.create({"lineNumber": 123_000_000, "externalDocumentNumber": "KEY"})

    box(fresh).hide("J1", 123_000_000)

    assert fresh.lines() == []
    assert fresh.client.get(f"{fresh.company}/customerPayments({line['id']})").status_code == 404
    assert fresh.refused({"lineNumber": 123_000_000})[1] == "Internal_EntityWithSameKeyExists"


def test_an_edit_in_the_client_makes_the_etag_stale(fresh: Service) -> None:
    line = fresh.create({"lineNumber": 5})

    box(fresh).edit("J1", 5, description="by hand")

    assert error(fresh.patch(line, {"comment": "mine"}))[1] == "Request_EntityChanged"
    assert fresh.lines()[0]["description"] == "by hand"


def test_a_deleted_line_is_gone(fresh: Service) -> None:
    fresh.create({"lineNumber": 5})

    box(fresh).delete("J1", 5)

    assert fresh.lines() == []


def test_an_inserted_line_is_filled_like_any_other(fresh: Service) -> None:
    fresh.create({"customerNumber": "10000", "amount": -1, "postingDate": "2026-02-02"})

    line = box(fresh).insert("J1", customer_number="20000", amount=Decimal(-7))

    assert (line.line_number, line.document_number, line.posting_date) == (20000, "R00002", date(2026, 2, 2))
    assert [each["customerNumber"] for each in fresh.lines()] == ["10000", "20000"]


def test_an_inserted_line_needs_a_customer_that_exists(fresh: Service) -> None:
    with pytest.raises(Refusal, match=r"value \(NOBODY\) that cannot be found"):
        box(fresh).insert("J1", customer_number="NOBODY")

    assert box(fresh).journal_lines("J1") == ()


def test_a_journal_under_approval_takes_no_changes(fresh: Service) -> None:
    line = fresh.create({})
    box(fresh).request_approval("J1")

    assert fresh.refused({})[0] == 400
    assert fresh.patch(line, {"amount": -1}).status_code == 400
    assert fresh.client.delete(f"{fresh.payments()}({line['id']})").status_code == 400
    box(fresh).approve("J1")
    assert fresh.patch(line, {"amount": -1}).status_code == 200


def test_a_line_scheduled_for_posting_is_left_alone(fresh: Service) -> None:
    fresh.create({"lineNumber": 5})
    box(fresh).schedule("J1", 5)

    text = "Journal line cannot be modified because it has been scheduled for posting."
    assert error(fresh.patch(fresh.lines()[0], {"amount": -1}))[2] == text


def test_a_renamed_journal_keeps_its_id_and_renames_its_lines(fresh: Service) -> None:
    line = fresh.create({})

    box(fresh).rename("J1", "NEWCODE")

    journal = fresh.get(f"{fresh.company}/customerPaymentJournals({fresh.journal_id('J1')})")
    renamed = fresh.lines()[0]
    assert (journal["code"], renamed["journalDisplayName"]) == ("NEWCODE", "NEWCODE")
    assert renamed["@odata.etag"] != line["@odata.etag"]


def test_posting_by_hand_leaves_an_empty_line_where_there_is_no_series(fresh: Service) -> None:
    fresh.create({"customerNumber": "10000", "amount": -1000, "documentNumber": "A1"}, "DAY01")

    box(fresh).post("DAY01")

    empty = box(fresh).journal_lines("DAY02")[0]
    assert (empty.line_number, empty.document_number, empty.amount) == (10000, "A2", Decimal(0))
    assert (
        fresh.get(f"{fresh.company}/customerPaymentJournals({fresh.journal_id('DAY02')})/customerPayments")["value"]
        == []
    )


def test_posting_can_leave_nothing_behind() -> None:
    service = sandbox_service(Behaviour(line_after_posting="none"))
    service.create({"customerNumber": "10000", "amount": -1000, "documentNumber": "A1"}, "DAY01")

    box(service).post("DAY01")

    assert box(service).journal_lines("DAY02") == ()


def test_a_posting_series_gives_the_entries_new_numbers(fresh: Service) -> None:
    sent = {"customerNumber": "10000", "externalDocumentNumber": "KEY"}
    fresh.create(sent | {"amount": -1, "documentNumber": "S01"}, "J3")

    box(fresh).post("J3")

    assert [(entry.document_number, entry.external_document_number) for entry in box(fresh).entries()[-1:]] == [
        ("S02", "KEY")
    ]


def test_a_number_out_of_series_cannot_be_posted_where_manual_ones_are_forbidden(fresh: Service) -> None:
    fresh.create({"customerNumber": "10000", "amount": -1, "documentNumber": "MINE"}, "J3")

    with pytest.raises(Refusal, match="You may not enter numbers manually"):
        box(fresh).post("J3")

    assert len(fresh.lines("J3")) == 1


def test_lines_without_balancing_account_cannot_be_posted(fresh: Service) -> None:
    fresh.create({"customerNumber": "10000", "amount": -1, "documentNumber": "A1"}, "J2")

    with pytest.raises(Refusal, match="out of balance"):
        box(fresh).post("J2")


def test_one_invoice_is_settled_once_in_a_posting(fresh: Service) -> None:
    for _ in range(2):
        fresh.create({"appliesToInvoiceNumber": "INV1", "amount": -1000})

    with pytest.raises(Refusal, match=r"There is no Cust\. Ledger Entry"):
        box(fresh).post("J1")

    assert box(fresh).invoices()[1].remaining_amount == 1000


def test_a_payment_in_another_currency_settles_no_invoice(fresh: Service) -> None:
    fresh.create({"customerNumber": "40000", "appliesToInvoiceNumber": "INV5", "amount": -99})
    box(fresh).post("J1")
    assert {invoice.number: invoice.status for invoice in box(fresh).invoices()}["INV5"] == "Paid"

    fresh.create({"appliesToInvoiceNumber": "INV1", "amount": -1000})
    box(fresh).edit("J1", 10000, currency_code="USD")

    with pytest.raises(Refusal, match="currency of INV1 is EUR"):
        box(fresh).post("J1")


def test_the_payer_of_an_invoice_is_its_bill_to_customer(fresh: Service) -> None:
    line = fresh.create({"appliesToInvoiceNumber": "INV4", "amount": -60})

    assert line["customerNumber"] == "10000"
    box(fresh).post("J1")
    assert {invoice.number: invoice.status for invoice in box(fresh).invoices()}["INV4"] == "Paid"


def test_what_a_customer_owes_is_computed_when_it_is_read(fresh: Service) -> None:
    address = f"{fresh.company}/customers({fresh.customer_id('10000')})"
    before = fresh.get(address)["balanceDue"]
    fresh.create({"appliesToInvoiceNumber": "INV1", "amount": -400})

    box(fresh).post("J1")

    assert (before, fresh.get(address)["balanceDue"]) == (1035, 635)


def test_the_history_holds_every_change_that_stayed_with_its_time_and_author(fresh: Service) -> None:
    line = fresh.create({"lineNumber": 5, "customerNumber": "10000", "amount": -1})
    fresh.patch(line, {"amount": -2})
    fresh.refused({"lineNumber": 5})
    fresh.batch(
        [{"method": "POST", "url": fresh.payments(), "body": {}}, {"method": "POST", "url": "nowhere"}],
        Isolation="snapshot",
    )
    box(fresh).edit("J1", 5, comment="by hand")
    box(fresh).post("J1")

    history = box(fresh).history
    stored = [each for each in history if isinstance(each.after, Line | Entry)]
    assert [(each.action, each.by, type(each.after)) for each in stored] == [
        ("create", "api", Line),
        ("patch", "api", Line),
        ("patch", "person", Line),
        ("post", "person", Entry),
    ]
    assert [(each.action, each.by) for each in history if each.after is None] == [("post", "person")]
    assert {each.at for each in history} == {TODAY}
    assert [each.number for each in history] == sorted({each.number for each in history})


def test_a_read_without_write_intent_may_be_older_than_the_last_writes() -> None:
    service = sandbox_service(Behaviour(replica_lag_writes=2))
    numbers = [service.create({})["lineNumber"] for _ in range(3)]

    late = service.get(service.payments())["value"]
    fresh_lines = service.lines()

    assert [line["lineNumber"] for line in late] == numbers[:1]
    assert [line["lineNumber"] for line in fresh_lines] == numbers
    box(service).catch_up()
    assert service.get(service.payments())["value"] == fresh_lines


def test_a_replica_follows_with_time() -> None:
    time = [TODAY]
    service = sandbox_service(Behaviour(replica_lag=timedelta(seconds=30)), now=lambda: time[0])
    service.create({})

    seen: list[int] = []
    for seconds in (0, 29, 31):
        time[0] = TODAY + timedelta(seconds=seconds)
        seen.append(len(service.get(service.payments())["value"]))

    assert seen == [0, 0, 1]


def test_an_administrator_can_send_every_read_to_the_replica() -> None:
    service = sandbox_service(Behaviour(replica_lag_writes=5, replica_reads="always"))
    service.create({})

    assert service.lines() == []


def test_a_write_must_not_claim_to_be_read_only(fresh: Service) -> None:
    reply = fresh.client.post(fresh.payments(), json={}, headers={"Data-Access-Intent": "ReadOnly"})

    assert error(reply)[:2] == (400, "BadRequest")
