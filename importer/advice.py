"""What to do when a question of `importer company check` was not answered as it must be."""

from __future__ import annotations

from importer.bc.auth import AccessKey, Certificate, ClientSecret, ManagedIdentity, Token
from importer.bc.reading import NotOffered, QueryRefused
from importer.config import Company
from importer.errors import AccessDenied, ImporterError, ServerContradiction, ServerUnavailable

SERVER, COMPANY, JOURNAL, BOOKS = (
    "Server and credentials",
    "Company",
    "Customer payment journal",
    "Customers and documents",
)
# How the message of a missing permission ends elsewhere.
SEE_CHECK = " See `importer company check`."

_URLS = {
    "v2.0": "https://api.businesscentral.dynamics.com/v2.0/TENANT/ENVIRONMENT/api/v2.0 online, "
    "https://HOST:7048/INSTANCE/api/v2.0 on-premises",
    "v1.0": "https://HOST:7048/INSTANCE/api/v1.0 on-premises",
    "graph-beta": "https://graph.microsoft.com/beta",
    "financials-beta": "https://api.financials.dynamics.com/v1.0/api/beta, or https://HOST:7048/INSTANCE/api/beta on-premises",
}


def advice(asked: str, error: ImporterError, company: Company) -> str:
    """What to do about an error at one of the steps of the check, in sentences."""
    match error:
        case ServerContradiction():
            return "Find out who answers at base_url before anything else."
        case AccessDenied() if asked == BOOKS:
            return (
                "Give the application permission to read Customer, Sales Invoice Header and Entity Aggregate, Cust. Ledger "
                "Entry, Gen. Journal Batch and Line, for instance with the permission sets D365 READ and D365 JOURNALS, EDIT."
            )
        case AccessDenied():
            return _access(company)
        case ServerUnavailable():
            return f"See whether this machine reaches the host, and whether base_url is right: {_URLS[company.api]}."
        case NotOffered() | QueryRefused() if asked == SERVER:
            return (
                f"base_url is everything before /companies: {_URLS[company.api]}. Also see `api`, and on-premises "
                "whether ODataServicesEnabled and ApiServicesEnabled are on."
            )
        case _:
            return _setting(asked)


def _access(company: Company) -> str:
    match company.auth:
        case Token():
            return "The token is wrong or has ended; fetch a new one, for this tenant and for Business Central."
        case ClientSecret() | Certificate():
            return (
                "Check tenant, client_id and the secret or certificate, and when it ends. The application needs the permission "
                "API.ReadWrite.All with admin consent, and a row in Business Central's page Microsoft Entra Applications with "
                "State Enabled and permission sets (not SUPER)."
            )
        case ManagedIdentity():
            return (
                "Give the identity the role API.ReadWrite.All, and a row in Business Central's page Microsoft Entra "
                "Applications with State Enabled and permission sets."
            )
        case AccessKey():
            return (
                "Check user and web service access key (page Users). The server needs credential type NavUserPassword or "
                "AccessControlService; online there are no access keys any more."
            )


def _setting(asked: str) -> str:
    match asked:
        case "Company":
            return "Write `company` exactly as one of those, or its id."
        case "Customer payment journal":
            return (
                "Correct `journal`, or create it; the template is the one with type Cash Receipts that does not recur."
            )
        case _:
            return "Mend this in importer.toml, or in the environment that it refers to."
