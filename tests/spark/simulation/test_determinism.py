"""The same seed gives the same registers, whatever the number of partitions; another seed gives
others."""

import pandas as pd
import pytest

from kommunebench.simulation import delivered_education as education
from kommunebench.simulation import delivered_health as health
from kommunebench.simulation import delivered_people as people
from kommunebench.simulation import delivered_work as work
from kommunebench.simulation.delivered_dream import dream
from kommunebench.simulation.plan import plan_country
from kommunebench.simulation.simulate import SNAPSHOTS, draw_latent

pytestmark = pytest.mark.slow


def _sorted(frame) -> pd.DataFrame:
    rows = frame.toPandas()
    return rows.sort_values(
        list(rows.columns), ignore_index=True, key=lambda column: column.astype(str)
    )


@pytest.mark.long
def test_partitions_do_not_matter(spark):
    plan = plan_country(0.004, 3, 0.0005, "report")
    one, many = draw_latent(spark, plan, tasks=1), draw_latent(spark, plan, tasks=5)
    drawn = _sorted(one)
    pd.testing.assert_frame_equal(drawn, _sorted(many))
    assert len(drawn) > 300
    other = _sorted(draw_latent(spark, plan_country(0.004, 4, 0.0005, "report"), tasks=2))
    assert set(drawn["person_id"]) != set(other["person_id"])
    latent = spark.createDataFrame(one.toPandas(), one.schema)
    few, spread = latent.coalesce(1), latent.repartition(7)
    for make in (
        people.ophg,
        lambda p: people.bef(p, SNAPSHOTS[-2:]),
        people.befbop,
        work.bfl,
        dream,
        health.sssy,
        education.udfk,
        lambda p: health.diagnoses(health.contacts(p)),
    ):
        left = _sorted(make(few))
        assert len(left) > 50
        pd.testing.assert_frame_equal(left, _sorted(make(spread)))
