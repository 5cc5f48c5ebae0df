"""Cumulative incidence of how spells end, from weekly counts that Spark makes."""

import numpy as np
import pandas as pd

from kommunebench.silver import SPELLS
from kommunebench.spells.ends import COMPETING_ENDS, OPEN, count_ends
from kommunebench.spells.outcomes import others_than_family
from kommunebench.stages.stage import StageInputs
from kommunebench.survival.competing_ends import cumulative_incidence


def incidence_of_spells(inputs: StageInputs) -> pd.DataFrame:
    """Rows of gold.cumulative_incidence up to the horizon: all spells, by sex, by residence basis;
    of each week with an end, the share in every way of ending and still open."""
    others = others_than_family(inputs.settings)
    counts = count_ends(inputs.read(SPELLS), others).toPandas()
    horizon = inputs.settings.observation.horizon_weeks
    rows = [
        incidence_rows(of_value, horizon).assign(breakdown=breakdown, value=value)
        for (breakdown, value), of_value in counts.groupby(["breakdown", "value"])
    ]
    return pd.concat(rows, ignore_index=True)


def incidence_rows(counts: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """week, end, share, se of one group of spells from its counts (week, end, spells); weeks after
    the horizon count as at risk only."""
    wide = counts.pivot_table(index="week", columns="end", values="spells", fill_value=0)
    wide = wide.reindex(columns=[*COMPETING_ENDS, OPEN], fill_value=0).sort_index()
    leaving = wide.sum(axis=1).to_numpy(float)
    at_risk = np.cumsum(leaving[::-1])[::-1]
    inside = wide.index.to_numpy() <= horizon
    ends = wide[list(COMPETING_ENDS)].to_numpy(float).T[:, inside]
    week = wide.index.to_numpy(float)[inside]
    estimate = cumulative_incidence(week, at_risk[inside], ends)
    shares = [*zip(COMPETING_ENDS, estimate.share, estimate.se, strict=True)]
    shares.append((OPEN, estimate.open_share, estimate.open_se))
    return pd.concat(
        [
            pd.DataFrame({"week": week.astype(int), "end": end, "share": share, "se": se})
            for end, share, se in shares
        ],
        ignore_index=True,
    )
