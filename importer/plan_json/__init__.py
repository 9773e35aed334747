"""The plan as one JSON document: what `preview --format json` prints, `import` keeps and `apply` carries out.

Amounts are text with the decimals of their currency, dates ISO, times UTC. Reading back gives an equal plan.
"""

from __future__ import annotations

from importer.plan_json.reading import from_json
from importer.plan_json.writing import Json, to_document, to_json

__all__ = ["Json", "from_json", "to_document", "to_json"]
