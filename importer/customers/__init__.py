"""Customer master data: a file of wishes → a plan of changes → Business Central, with the ledger around every chunk.

    MasterFile + CustomerBooks ─▶ planning.py (columns.py, rows.py, values.py) ─▶ CustomerPlan ─▶ writing.py ─▶ Outcome

A person's edit always wins, and a blank cell changes nothing unless it is told to.
"""

from importer.customers.books import CustomerBooks
from importer.customers.contested import holding_back
from importer.customers.plan import ACTIONS, Change, CustomerPlan, Keep, Refuse
from importer.customers.planning import plan_customers, properties_of, tables_of
from importer.customers.rows import Blanks
from importer.customers.writing import Desk, as_kept, settle_customers, write_customers

__all__ = [
    "ACTIONS",
    "Blanks",
    "Change",
    "CustomerBooks",
    "CustomerPlan",
    "Desk",
    "Keep",
    "Refuse",
    "as_kept",
    "holding_back",
    "plan_customers",
    "properties_of",
    "settle_customers",
    "tables_of",
    "write_customers",
]
