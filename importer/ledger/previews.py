"""Plans that somebody was shown: kept for a while, so that a later import can say what changed since."""

from __future__ import annotations

from base64 import b64decode, b64encode
from zlib import compress, decompress

from sqlalchemy import Connection, delete, select, text

from importer.ledger.tables import preview
from importer.plan import Plan

_KEPT = 20  # of each company; a plan of 10,000 lines takes about a megabyte
# Two people may look at the same plan at the same time; SQLite and PostgreSQL share these words.
_REMEMBER = text(
    "INSERT INTO preview (company_id, digest, made_at, document) VALUES (:company_id, :digest, :made_at, :document) "
    "ON CONFLICT (company_id, digest) DO UPDATE SET made_at = excluded.made_at, document = excluded.document"
)


def keep(connection: Connection, plan: Plan, document: str) -> None:
    """Remember a plan and forget the oldest of its company."""
    packed = b64encode(compress(document.encode(errors="surrogatepass"))).decode()
    row = {
        "company_id": plan.company_id,
        "digest": plan.digest,
        "made_at": plan.made_at.isoformat(),
        "document": packed,
    }
    connection.execute(_REMEMBER, row)
    here = preview.c.company_id == plan.company_id
    newest = select(preview.c.digest).where(here).order_by(preview.c.made_at.desc(), preview.c.digest).limit(_KEPT)
    kept = connection.scalars(newest).all()
    connection.execute(delete(preview).where(here, preview.c.digest.not_in(kept)))


def find(connection: Connection, company_id: str, digest: str) -> str | None:
    """The JSON text of a plan; None when it is not kept."""
    here = (preview.c.company_id == company_id, preview.c.digest == digest)
    packed = connection.scalar(select(preview.c.document).where(*here))
    return decompress(b64decode(packed)).decode(errors="surrogatepass") if packed else None
