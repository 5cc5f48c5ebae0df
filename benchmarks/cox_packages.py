"""One Cox fit by one package on one file of spells, timed: `python benchmarks/cox_packages.py
PACKAGE FILE.npy TIES`.

Run by benchmarks/cox_ratios.py, a process per fit, under whichever interpreter has the package;
prints one line of JSON: seconds of each fit by the clock and of the processors, coefficients,
version, bytes in use before the fit and at most during it. What is timed is the package's own fit
on the input it asks for; reading the file and making that input is not.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

Fit = Callable[[], np.ndarray]


def kommunebench(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """Our array engine: fit_cox as the library has it, all checks and errors included."""
    import pandas as pd

    from kommunebench.survival import fit_cox

    frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(x.shape[1])], copy=False)

    def fit() -> np.ndarray:
        return fit_cox(duration, event, frame, ties=ties).coefficients.to_numpy()  # type: ignore[arg-type]

    return fit


def lifelines(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """CoxPHFitter; Efron only."""
    import pandas as pd
    from lifelines import CoxPHFitter

    frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(x.shape[1])]).assign(
        duration=duration, event=event
    )

    def fit() -> np.ndarray:
        return CoxPHFitter().fit(frame, "duration", "event").params_.to_numpy()

    return fit


def statsmodels(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """PHReg with Newton's method."""
    import statsmodels.api as sm

    return lambda: (
        sm.PHReg(duration, x, status=event, ties=ties).fit(disp=0, method="newton", tol=1e-9).params
    )


def sksurv(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """CoxPHSurvivalAnalysis."""
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    y = Surv.from_arrays(event.astype(bool), duration)
    return lambda: CoxPHSurvivalAnalysis(ties=ties).fit(x, y).coef_


def coxdev(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """coxdev gives deviance, gradient and information of a linear predictor; the Newton loop around
    it is here."""
    from coxdev import CoxDeviance

    def fit() -> np.ndarray:
        deviance = CoxDeviance(event=duration, status=event.astype(np.int32), tie_breaking=ties)
        beta = np.zeros(x.shape[1])
        for _ in range(25):
            predictor = x @ beta
            gradient = x.T @ deviance(predictor).gradient / 2
            step = np.linalg.solve(x.T @ (deviance.information(predictor) @ x), gradient)
            beta = beta - step
            if np.abs(step).max() < 1e-7:
                return beta
        raise RuntimeError("no convergence")

    return fit


def coxstream(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """CoxStream; Efron only."""
    from coxstream import CoxStream

    return lambda: CoxStream().fit(duration, event, x).coef_


def h2o(duration: np.ndarray, event: np.ndarray, x: np.ndarray, ties: str) -> Fit:
    """H2OCoxProportionalHazardsEstimator on a frame already in the server's memory."""
    import h2o as server
    import pandas as pd
    from h2o.estimators import H2OCoxProportionalHazardsEstimator

    server.init(nthreads=2, max_mem_size="14g", verbose=False)
    server.no_progress()
    names = [f"x{j}" for j in range(x.shape[1])]
    frame = pd.DataFrame(x, columns=names).assign(stop=duration, event=event.astype(int))
    held = server.H2OFrame(frame)

    def fit() -> np.ndarray:
        model = H2OCoxProportionalHazardsEstimator(stop_column="stop", ties=ties)
        model.train(x=names, y="event", training_frame=held)
        coefficients = model.coef()
        return np.array([coefficients[name] for name in names])

    return fit


PACKAGES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray, str], Fit]] = {
    "kommunebench": kommunebench,
    "lifelines": lifelines,
    "statsmodels": statsmodels,
    "scikit-survival": sksurv,
    "coxdev": coxdev,
    "coxstream": coxstream,
    "h2o": h2o,
}


def memory(field: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at most."""
    line = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(line.group(1)) * 1024 if line else 0


def main() -> None:
    """Fit once, and again while all fits together take less than five seconds (at most five)."""
    package, file, ties = sys.argv[1:4]
    data: Any = np.load(file)
    duration, event, x = data[:, 0].copy(), data[:, 1].copy(), np.ascontiguousarray(data[:, 2:])
    del data
    fit = PACKAGES[package](duration, event, x, ties)
    # From here on the kernel's record of the most memory in use starts again.
    Path("/proc/self/clear_refs").write_text("5")
    before, seconds, processor, coefficients = memory("VmRSS"), [], [], np.empty(0)
    while not seconds or (sum(seconds) < 5 and len(seconds) < 5):
        started, used = time.perf_counter(), time.process_time()
        coefficients = fit()
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - used)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "processor": processor,
                "coefficients": coefficients.tolist(),
                "version": version(package),
                "before": before,
                "peak": memory("VmHWM"),
            }
        )
    )


if __name__ == "__main__":
    main()
