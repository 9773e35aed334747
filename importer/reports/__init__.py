"""What people see of a plan or an outcome: rows.py is the one source, terminal, page and workbook are its faces."""
