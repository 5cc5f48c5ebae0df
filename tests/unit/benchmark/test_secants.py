"""Limited-memory BFGS of many replicates: the textbook's matrices, and few passes."""

import numpy as np
import pytest

from kommunebench.benchmark.bootstrap.secants import Secants

P, R = 6, 3


def _information(rng):
    """Positive definite (R, P, P), another one for every replicate."""
    root = rng.normal(size=(R, P, P))
    return root @ np.transpose(root, (0, 2, 1)) + 0.5 * np.eye(P)


def _inverse_by_matrices(start, pairs):
    """The inverse information of BFGS as one replicate's matrix (Nocedal and Wright, equation
    6.17)."""
    inverse = start
    for moved, fallen in pairs:
        rho = 1.0 / (moved @ fallen)
        left = np.eye(P) - rho * np.outer(moved, fallen)
        inverse = left @ inverse @ left.T + rho * np.outer(moved, moved)
    return inverse


@pytest.mark.parametrize("n_steps", [0, 1, 2, 5, 8, 12])
def test_steps_are_those_of_the_matrices_of_the_last_eight_steps(n_steps):
    rng = np.random.default_rng(n_steps)
    information, start = _information(rng), np.diag(rng.uniform(0.5, 2.0, P))
    moved = rng.normal(size=(n_steps, P, R))
    fallen = np.einsum("rpq,nqr->npr", information, moved)
    secants = Secants()
    for step in range(n_steps):
        secants.add(moved[step], fallen[step])
    gradient = rng.normal(size=(P, R))
    step = secants.step(gradient, lambda g: start @ g)
    for r in range(R):
        pairs = [(moved[n, :, r], fallen[n, :, r]) for n in range(n_steps)][-8:]
        expected = _inverse_by_matrices(start, pairs) @ gradient[:, r]
        np.testing.assert_allclose(step[:, r], expected, rtol=1e-9, atol=1e-12)


def test_a_replicate_that_stayed_learns_nothing():
    rng = np.random.default_rng(1)
    moved, gradient = rng.normal(size=(P, R)), rng.normal(size=(P, R))
    fallen = np.einsum("rpq,qr->pr", _information(rng), moved)
    moved[:, 1], fallen[:, 1] = 0.0, 0.0
    secants = Secants()
    secants.add(moved, fallen)
    step = secants.step(gradient, lambda g: 2.0 * g)
    np.testing.assert_array_equal(step[:, 1], 2.0 * gradient[:, 1])
    assert (step[:, 0] != 2.0 * gradient[:, 0]).all()


def test_no_replicate_depends_on_the_others():
    rng = np.random.default_rng(2)
    information = _information(rng)
    together, alone = Secants(), Secants()
    for _ in range(3):
        moved = rng.normal(size=(P, R))
        fallen = np.einsum("rpq,qr->pr", information, moved)
        together.add(moved, fallen)
        alone.add(moved[:, :1], fallen[:, :1])
    gradient = rng.normal(size=(P, R))
    np.testing.assert_allclose(
        together.step(gradient, np.copy)[:, :1], alone.step(gradient[:, :1], np.copy), rtol=1e-12
    )
