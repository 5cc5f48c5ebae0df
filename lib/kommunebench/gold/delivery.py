"""The gold tables that say what a run was made from: how its registers were simulated, and which of
their rows could not be used."""

from kommunebench.gold.declaration import gold_table

RUN_DELIVERY = gold_table(
    "run_delivery",
    "one run and the delivery of registers it was made from",
    "",
    "simulation string",
)
RUN_REJECTED_ROWS = gold_table(
    "run_rejected_rows",
    "one register the run reads, column, reason and fate (row set aside or not): how many rows or"
    " values could not be used",
    "register column_name reason set_aside",
    "register string, column_name string, reason string, rows long, set_aside boolean",
)
