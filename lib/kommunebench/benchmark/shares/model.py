"""The national logistic model of one group: what the fit returns and everything after it uses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from kommunebench.benchmark.blocks.block import Floats, SpellBlock
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.likelihood import in_fit
from kommunebench.benchmark.model.tables import (
    ALL_EVENTS,
    FEW_EVENTS,
    HELD,
    NO_EVENTS,
    OMITTED,
    terms_table,
    terms_without_column,
)
from kommunebench.benchmark.shares.likelihood import fitted_rows, linear_predictor

CONSTANT = "constant"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareModel(GroupModel):
    """One group's share model, of q terms: the constant, the columns of the units' effects where
    the model has them, the columns of the design.

    ``coefficients`` (q,), numbers and effects centred; ``bread`` (q, q): inverse of the information
    plus the priors' precision, zero for omitted terms; ``covariance`` of the model, and
    ``covariance_robust``, clustered; ``omitted`` (q,): terms that the cases cannot tell from those
    before them; ``prior_sd`` (q,): standard deviations of the normal priors on the coefficients,
    infinite where there is none.
    """

    coefficients: Floats
    bread: Floats
    covariance: Floats
    covariance_robust: Floats
    omitted: np.ndarray
    prior_sd: Floats
    log_likelihood: float
    log_likelihood_null: float

    @property
    def names(self) -> tuple[str, ...]:
        """The terms."""
        effects = () if self.unit_effects is None else self.unit_effects.names
        return (CONSTANT, *effects, *self.design.terms)

    @property
    def term_coefficients(self) -> Floats:
        """As GroupModel: those after the constant."""
        return self.coefficients[1:]

    @property
    def term_covariance(self) -> Floats:
        """As GroupModel."""
        return self.covariance[1:, 1:]

    @property
    def term_prior_sd(self) -> Floats:
        """As GroupModel."""
        return self.prior_sd[1:]

    @property
    def prediction(self) -> Floats:
        """Constant and coefficients (p + 1,) of predictions, which are of a unit of average
        effect."""
        return np.concatenate([[self.coefficients[0] + self.level], self.beta])


def probabilities(block: SpellBlock, models: Sequence[ShareModel]) -> Floats:
    """Predicted probability of each case of a block (n,); 0 or 1 in a level in which none or all
    succeed, where it is the outcome itself."""
    probability = block.event.astype(float)
    for model, cases in zip(models, block.groups, strict=True):
        predicted = special.expit(linear_predictor(cases.x, model.prediction))
        probability[cases.rows] = np.where(cases.zero_hazard, probability[cases.rows], predicted)
    return probability


def log_odds(block: SpellBlock, group: int, models: Sequence[ShareModel]) -> Floats:
    """Predicted log odds of a block's cases of one group (n_g,); infinite in a level in which none
    or all succeed."""
    cases = block.groups[group]
    outcome = np.where(block.event[cases.rows], np.inf, -np.inf)
    predicted = linear_predictor(cases.x, models[group].prediction)
    return np.where(cases.zero_hazard, outcome, predicted)


def case_scores(block: SpellBlock, group: int, model: ShareModel) -> Floats:
    """Derivatives of each case's log-likelihood (n_g, q) in the terms of the fit; zero outside
    it."""
    outcome, x = fitted_rows(block, group, model.unit_effects)
    residual = outcome - special.expit(linear_predictor(x, model.coefficients))
    cases = block.groups[group]
    scores = np.zeros((len(cases.x), len(model.coefficients)))
    inside = in_fit(cases, model.unit_effects)
    scores[inside] = residual[:, None] * np.concatenate([np.ones((len(x), 1)), x], axis=1)
    return scores


def share_coefficients(models: Sequence[ShareModel]) -> pd.DataFrame:
    """Columns of gold.logit_coefficients: constant and terms, then references, then levels without
    a column.

    Numbers count from zero. ``mark``: ``no_events`` or ``all_events`` (the limit, minus or plus
    infinity, without standard error), ``few_events`` (few succeed or few fail in the level: drawn
    towards 0 by a prior), ``held`` (likewise, as are all others: terms together decide who
    succeeds), ``omitted`` (0: the data hold no information on it). Effects of the units are not
    among the terms.
    """
    return pd.concat([_coefficients(model) for model in models], ignore_index=True)


def _coefficients(model: ShareModel) -> pd.DataFrame:
    design = model.design
    printed = np.concatenate([[0], np.arange(1 + model.n_effects, len(model.coefficients))])
    # From the constant at the numbers' means to that at zero.
    shift = np.eye(len(printed))
    shift[0, 1:] = -design.centre
    se, se_robust = (
        np.sqrt(np.diag(shift @ covariance[np.ix_(printed, printed)] @ shift.T))
        for covariance in (model.covariance, model.covariance_robust)
    )
    return terms_table(
        model.name,
        design,
        (CONSTANT, *design.terms),
        coefficient=shift @ model.coefficients[printed],
        se=se,
        se_robust=se_robust,
        omitted=model.omitted[printed],
        prior_sd=model.prior_sd[printed],
        with_prior=HELD if model.is_held or design.scarce else FEW_EVENTS,
        without_column=(
            terms_without_column(design.no_events, -np.inf, NO_EVENTS),
            terms_without_column(design.all_events, np.inf, ALL_EVENTS),
            terms_without_column(design.no_information, 0.0, OMITTED),
        ),
    )
