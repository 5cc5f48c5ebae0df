"""What a frontier is fitted to: checked arrays, and the same data in coordinates of order one."""

from dataclasses import dataclass

import numpy as np

from kommunebench.costs.linear_inputs import LinearInputs, as_vector, check_linear_inputs
from kommunebench.costs.normal_tails import Array
from kommunebench.costs.orthogonal_design import OrthogonalDesign
from kommunebench.errors import InputError
from kommunebench.survival.arguments import Column, Table, refuse

# Residuals below this many roundings of the largest outcome are nothing but rounding.
LEAST_ROUNDINGS = 16.0
# Of the noise and of the distributions of inefficiency; columns of the design are named otherwise.
PARAMETER_NAMES = ("ln_sigma_v", "ln_sigma_u", "mu_over_sigma_u", "ln_scale", "ln_shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierInputs:
    """Outcome and design, weights of mean one (n), known standard deviation of the noise (n, zero
    if none)."""

    linear: LinearInputs
    weights: Array
    noise_se: Array

    @property
    def n(self) -> int:
        """The number of units."""
        return len(self.weights)

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns of the design."""
        return self.linear.terms

    @property
    def design(self) -> OrthogonalDesign:
        """The design on its orthogonal basis."""
        return self.linear.design

    @property
    def n_effective(self) -> float:
        """(Σw)²/Σw²: the number of equally weighted units that carry as much information."""
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedInputs:
    """Residuals ``y`` of weighted least squares in units of their spread ``scale``, on the design's
    orthogonal basis ``X``.

    A coefficient vector g on the basis is ``ols + scale * back @ g`` on the user's columns.
    ``constant`` is the g that adds one everywhere.
    """

    y: Array
    X: Array
    known_variance: Array
    ols: Array
    scale: float
    back: Array
    constant: Array


def check_inputs(
    y: Column, X: Table, weights: Column | None, noise_se: Column | None
) -> FrontierInputs:
    """Arrays of equal length without missing values, a constant, full rank.

    Raises InputError naming the argument, the column and the first rows.
    """
    linear = check_linear_inputs(y, X, weights, spare_rows=3, others={"noise_se": noise_se})
    taken = sorted(set(linear.terms) & set(PARAMETER_NAMES))
    if taken:
        raise InputError(
            f"X, column {', '.join(taken)}: the name of a parameter of the frontier; rename it."
        )
    n = len(linear.y)
    error = np.zeros(n) if noise_se is None else as_vector("noise_se", noise_se, n)
    refuse("noise_se", error < 0.0, "negative")
    relative = linear.weights / linear.weights.max()
    return FrontierInputs(linear=linear, weights=relative / relative.mean(), noise_se=error)


def standardise(inputs: FrontierInputs) -> StandardisedInputs:
    """The same problem with residuals of spread one and a design whose columns are orthogonal."""
    linear, basis = inputs.linear, inputs.design.basis
    on_basis = (inputs.weights * linear.y_standardised) @ basis / inputs.n
    residual = linear.y_standardised - basis @ on_basis
    spread = float(np.sqrt(np.average(np.square(residual), weights=inputs.weights)))
    scale = linear.y_scale * spread
    if scale <= LEAST_ROUNDINGS * np.finfo(float).eps * max(
        linear.y_scale, float(np.abs(linear.y).max())
    ):
        raise InputError(
            "y is an exact linear function of X: there is neither noise nor inefficiency to"
            " estimate."
        )
    return StandardisedInputs(
        y=residual / spread,
        X=basis,
        known_variance=np.square(inputs.noise_se / scale),
        ols=linear.on_columns(on_basis),
        scale=scale,
        back=inputs.design.back,
        constant=inputs.design.basis_constant,
    )
