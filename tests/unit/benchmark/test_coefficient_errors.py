"""The z and p-value of a coefficient belong to the clustered error that is printed beside them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_spells import simulate_spells
from test_omitted_terms import of_cases, of_spells, simulate_cases


def fitted(table: pd.DataFrame) -> pd.DataFrame:
    return table[~table["is_reference"].astype(bool)].set_index(["group", "term"])


@pytest.mark.parametrize("model", ["pooled", "within"])
def test_spells_counted_four_times_do_not_make_a_coefficient_surer(model):
    """Four equal spells of one person are the information of one: the model's errors halve, the
    clustered ones, and with them z and p, stay."""
    spells = simulate_spells(600, seed=5)
    spells["person"] = np.arange(len(spells))
    once = fitted(of_spells(spells, ["x", "c"], model).coefficients)
    four = fitted(of_spells(pd.concat([spells] * 4), ["x", "c"], model).coefficients)
    np.testing.assert_allclose(four["coefficient"], once["coefficient"], rtol=1e-6)
    np.testing.assert_allclose(four["se"], once["se"] / 2, rtol=1e-6)
    np.testing.assert_allclose(four["p_value"], once["p_value"], rtol=1e-4)


def test_the_same_holds_of_pupils_of_one_mother():
    cases = simulate_cases()
    cases["mother"] = np.arange(len(cases))
    once = fitted(of_cases(cases, ["age", "urban"]).coefficients)
    four = fitted(of_cases(pd.concat([cases] * 4), ["age", "urban"]).coefficients)
    np.testing.assert_allclose(four["se"], once["se"] / 2, rtol=1e-6)
    np.testing.assert_allclose(four["p_value"], once["p_value"], rtol=1e-4)
    z = four["coefficient"] / four["se_robust"]
    np.testing.assert_allclose(four["p_value"], 2 * stats.norm.sf(np.abs(z.astype(float))))
