"""What differs between real servers, or between the documents about them, as settings of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How this server behaves where servers or documents differ. The defaults follow business-central-api.md.

    Errors: status of a duplicate primary key, of a stale ETag, of an oversized batch; the code for a read-only property;
    the text for an unknown one; whether error texts follow `Accept-Language`.
    """

    duplicate_status: Literal[400, 409] = 400
    stale_status: Literal[409, 412] = 409
    oversized_batch_status: Literal[400, 500] = 400
    read_only_code: Literal["BadRequest", "BadRequest_InvalidOperation"] = "BadRequest"
    unknown_property: Literal["invalid body", "no such property"] = "invalid body"
    error_language: Literal["English", "as asked"] = "English"

    # Fields: the real table or the documented maximum (20 and 50); what a JSON null does; whether v2.0 has contactId.
    limits: Literal["table", "documented"] = "table"
    null_values: Literal["refused", "blank"] = "refused"
    contact_id: Literal["v1.0 only", "everywhere"] = "v1.0 only"
    positive_amounts: Literal["stored", "refused", "negated"] = "stored"
    line_numbers: Literal["kept", "assigned"] = "kept"

    # Older flavours: whether a nested object must be sent whole; whether invoices say what is still to pay.
    nested_objects: Literal["whole", "merged"] = "whole"
    beta_invoices: Literal["documented", "with remaining amount"] = "documented"

    # Routes: spelling of the set of journals, and of keys in the two betas; the collection of payments outside a journal;
    # filters on page variables.
    journals_set: Literal["customerPaymentJournals", "customerPaymentsJournals", "both"] = "customerPaymentJournals"
    beta_keys: Literal["as documented", "parentheses", "segments", "quoted"] = "as documented"
    payments_outside_journal: Literal["refused", "listed"] = "refused"
    page_variable_filters: Literal["applied", "ignored", "refused"] = "applied"
    delete_if_match: Literal["optional", "required"] = "optional"

    # Batches: whether the server has $batch, whether it goes on behind a failure when that is preferred (only practitioners
    # say so), how many parts, whether parts count for the rate limit.
    batch: Literal["supported", "absent"] = "supported"
    continue_on_error: Literal["as preferred", "ignored"] = "as preferred"
    batch_limit: int = 100
    batch_counts: Literal["once", "per part"] = "once"

    # Posting: ledger look-up over HTTP, the empty line that posting leaves behind in a batch without number series.
    posted_lookup: Literal["reportsFinance", "denied", "absent"] = "reportsFinance"
    line_after_posting: Literal["blank line 10000", "none"] = "blank line 10000"
    posting_permission: Literal["granted", "denied"] = "granted"
    write_permission: Literal["granted", "denied"] = "granted"
    # Whether lastModifiedDateTime of an invoice says that something was paid on it: that lies in its ledger entry.
    settled_documents: Literal["get a new time", "keep their time"] = "get a new time"

    # Filters: whether the server filters at all, and whether it can by the time of the last change.
    filters: Literal["applied", "ignored"] = "applied"
    time_filters: Literal["applied", "refused"] = "applied"

    # Limits: entities per page, requests per window, requests at once (processed, then queued), body size.
    page_size: int = 20_000
    rate_limit: int = 6_000
    rate_window: timedelta = timedelta(minutes=5)
    processed_at_once: int = 5
    queued_at_once: int = 95
    retry_after_s: int | None = None
    throttle_body: Literal["json", "text"] = "json"
    body_limit: int = 350 * 1024 * 1024
    url_limit: int = 15_700

    # Time: what one request and one part of a batch take; requests a token is good for; how far the replica lags.
    request_time: timedelta = timedelta(0)
    part_time: timedelta = timedelta(0)
    token_requests: int | None = None
    replica_lag: timedelta = timedelta(0)
    replica_lag_writes: int = 0
    replica_reads: Literal["unless ReadWrite", "always"] = "unless ReadWrite"
