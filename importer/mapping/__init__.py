"""The mapping file: what one layout of a bank's export looks like. A bank is a file here, never a class.

schema.py    what may stand in a mapping          columns.py   how a column is addressed
layout.py    … about the file and its table       headers.py   header cells made comparable
values.py    … about dates and numbers            load.py      files → mappings
consistent.py  do its parts fit together          wording.py   what is wrong, in words that help
"""

from importer.mapping.load import load_mapping, load_mappings, parse_mapping
from importer.mapping.schema import Mapping

__all__ = ["Mapping", "load_mapping", "load_mappings", "parse_mapping"]
