"""Every table this program declares, wherever it is declared."""

from functools import cache

from kommunebench.tables import Table


@cache
def declared_tables() -> tuple[Table, ...]:
    """All declared tables, in the order of their layers."""
    from kommunebench import bronze, gold, leases, run_log, silver, spell_files

    modules = (silver, spell_files, gold, run_log, leases)
    others = (value for module in modules for value in vars(module).values())
    tables = (*bronze.BRONZE_TABLES, *(value for value in others if isinstance(value, Table)))
    return tuple(dict.fromkeys(tables))
