"""The model whose hazard is constant within intervals, beside the run's Cox model: probably the
model of the analyses of 2014."""

from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import FactBlocks
from kommunebench.benchmark.checks.redesign import fit_recoded
from kommunebench.benchmark.checks.split import Period
from kommunebench.benchmark.durations.chain import ChainEstimate, estimate_chain
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.model.national import ModelChoice


def chain_of_piecewise_hazard(
    blocks: FactBlocks,
    layout: RecordLayout,
    choice: ModelChoice,
    measure: Measure,
    *,
    least_events: int = 1,
    unit_effects: bool = False,
) -> ChainEstimate:
    """The chain with a hazard that is constant between the choice's cuts, of the spells up to the
    horizon, with effects of the units or without.

    Raises InputError where a group has fewer than ``least_events`` events up to the horizon, and
    InputError and ConvergenceError as the fit.
    """
    fitted = fit_recoded(
        blocks,
        Period(0, layout.horizon, is_last=False).cut,
        layout,
        choice._replace(ties="breslow", baseline="piecewise"),
        least_events=least_events,
        unit_effects=unit_effects,
    )
    return estimate_chain(fitted.blocks, fitted.models, measure)
