# The model within municipalities on the dialysis centres with R's survival package: Rscript make.R, in this folder.
# A term for every centre beside the patients' own covariates, with and without a covariate that never changes within a
# centre (the share of its patients with hypertension); curves, calibration and competing ends beside it. It stops where
# its own product limit is further than 1e-8 from survfit's (they differ by 5e-11).
library(survival); library(jsonlite)
horizon <- 44
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 200)

d <- read.csv("../../../../examples/dialysis_centres.csv")
d <- d[ave(d$time, d$center, FUN = length) >= 50, ]
d$agegrp <- cut(d$age, c(-1, 29, 44, 59, 74, 120), labels = c("0-29", "30-44", "45-59", "60-74", "75+"))
d$disease <- relevel(factor(d$disease), "hypert")
d$unit <- factor(d$center)
d$market <- ave(as.numeric(d$disease == "hypert"), d$unit)
units <- levels(d$unit)

# Kalbfleisch and Prentice's baseline: the log factor l of every event time solves
# sum over the events of w r / (1 - exp(r l)) = sum over those at risk of w r, with relative hazards r and case weights w.
baseline <- function(time, event, r, w) {
  times <- sort(unique(time[event == 1]))
  factors <- sapply(times, function(t) {
    died <- time == t & event == 1
    at_risk <- sum((w * r)[time >= t])
    wr <- (w * r)[died]; rd <- r[died]
    if (max(time) == t && all(event[time == t] == 1)) return(-Inf)    # nobody is left
    gap <- function(l) sum(wr / -expm1(rd * l)) - at_risk
    l <- uniroot(gap, c(-50 / max(r), -1e-12), tol = 1e-14)$root
    for (step in 1:30) {                                                # Newton's steps to the last digit
      e <- exp(rd * l)
      next_l <- l - gap(l) / sum(wr * rd * e / (1 - e)^2)
      if (!is.finite(next_l) || next_l >= 0 || abs(next_l - l) < 1e-16 * abs(l)) break
      l <- next_l
    }
    l
  })
  list(time = times, log_survival = cumsum(factors))
}
# The largest gap to survfit's product limit of a model, at covariates that give the relative hazard r.
gap_to_survfit <- function(base, fit, newdata, r) {
  theirs <- survfit(fit, newdata = newdata, stype = 1, se.fit = FALSE)
  max(abs(summary(theirs, times = base$time)$surv - exp(r * base$log_survival)))
}
# Area from 0 to the horizon under exp(r * log baseline survival), one number per r.
areas <- function(base, r) {
  within <- base$time < horizon
  steps <- diff(c(0, base$time[within], horizon))
  survival <- cbind(1, exp(outer(r, base$log_survival[within])))
  drop(survival %*% steps)
}
# The model with a term for every centre, fitted from its own solution once more.
fit_within <- function(d) {
  f <- Surv(time, event) ~ agegrp + disease + unit
  first <- coxph(f, d, weights = w, ties = "breslow", control = tight)
  coxph(f, d, weights = w, ties = "breslow", control = tight, init = coef(first))
}
# Everything up to the indicator. `second`: what goes with the constant covariate is added to the expectation; `held`: the
# weights of the second stage, where they are not to be found anew.
chain <- function(d, second, held = NULL) {
  fit <- fit_within(d)
  x <- model.matrix(fit)
  is_unit <- grepl("^unit", colnames(x))
  beta <- coef(fit)[!is_unit]
  shared <- drop(x[, !is_unit] %*% beta)
  n <- tapply(d$w, d$unit, sum)
  # Centred effects: M a, with the spell-weighted mean zero; the first unit has no column.
  expand <- rbind(0, diag(length(units) - 1))
  M <- expand - matrix(1, length(units), 1) %*% ((n %*% expand) / sum(n))
  alpha <- drop(M %*% coef(fit)[is_unit])
  out <- list(beta = as.list(beta))
  gamma_part <- rep(0, nrow(d))
  if (second) {
    covariance <- vcov(fit)[is_unit, is_unit]
    s2 <- diag(M %*% covariance %*% t(M))
    z <- tapply(d$market, d$unit, mean)
    z_mean <- sum(n * z) / sum(n)
    X <- cbind(1, z - z_mean)
    project <- function(weights) solve(t(X) %*% (weights * X), t(X * weights))
    H <- project(1 / s2)
    residual <- alpha - drop(X %*% (H %*% alpha))
    expected_sum <- sum(1 / s2) - sum(diag(H %*% (X / s2)))
    tau2 <- max(0, (sum(residual^2 / s2) - (length(units) - ncol(X))) / expected_sum)
    out$stage_weights <- if (is.null(held)) 1 / (s2 + tau2) else held
    H <- project(out$stage_weights)
    gamma <- drop(H %*% alpha)[2]
    first <- H[2, , drop = FALSE] %*% M
    out$second_stage <- list(coefficient = gamma, tau = sqrt(tau2),
                             se = sqrt(drop(first %*% covariance %*% t(first) + tau2 * sum(H[2, ]^2))))
    gamma_part <- (d$market - z_mean) * gamma
  }
  # The baseline is that of the fit, in a centre of average effect.
  r_fit <- exp(shared + alpha[as.integer(d$unit)])
  base <- baseline(d$time, d$event, r_fit, d$w)
  out$gaps <- gap_to_survfit(base, fit, d[1, ], r_fit[1])
  r <- exp(shared + gamma_part)
  mean_of <- function(values) tapply(d$w * values, d$unit, sum) / n
  out$expected <- mean_of(areas(base, r))
  # Robust: each centre's own baseline with the same relative hazards, averaged over its patients. After its last patient
  # the curves go on with the baseline of all.
  d$lp <- log(r)
  of_units <- lapply(split(d, d$unit), function(own) {
    base_own <- baseline(own$time, own$event, exp(own$lp), own$w)
    fit_own <- coxph(Surv(time, event) ~ lp, own, weights = w, ties = "breslow", init = 1,
                     control = coxph.control(iter.max = 0))
    later <- base$time > max(own$time)
    after <- tail(c(0, base_own$log_survival), 1) + cumsum(diff(c(0, base$log_survival))[later])
    whole <- list(time = c(base_own$time, base$time[later]), log_survival = c(base_own$log_survival, after))
    list(robust = sum(own$w * areas(whole, exp(own$lp))) / sum(own$w),
         gap = gap_to_survfit(base_own, fit_own, own[1, ], exp(own$lp[1])))
  })
  out$robust <- sapply(of_units, function(one) one$robust)
  out$gaps <- c(out$gaps, sapply(of_units, function(one) one$gap))
  stopifnot(max(out$gaps) < 1e-8)
  out$fit <- fit
  out
}
by_unit <- function(values) setNames(as.list(unname(values)), units)
shown <- function(result) {
  list(beta = result$beta, second_stage = result$second_stage, expected = by_unit(result$expected),
       robust = by_unit(result$robust))
}

d$w <- 1
without <- chain(d, FALSE)
fit <- without$fit
own <- !grepl("^unit", names(coef(fit)))
clustered <- coxph(Surv(time, event) ~ agegrp + disease + unit, d, ties = "breslow", control = tight,
                   cluster = pid, init = coef(fit))
model <- list(se = as.list(sqrt(diag(vcov(fit)))[own]), robust_se = as.list(sqrt(diag(vcov(clustered)))[own]),
              loglik = fit$loglik[2])

# Derivatives of the log indicator in the case weight of single patients, by central differences.
with_second <- chain(d, TRUE)
influences <- function(rows, second, step = 1e-3) lapply(rows, function(i) {
  log_indicator <- function(h) {
    d$w[i] <- 1 + h
    out <- chain(d, second, with_second$stage_weights)
    log(out$expected) - log(out$robust)
  }
  difference <- function(h) (log_indicator(h) - log_indicator(-h)) / (2 * h)
  # Richardson: the error of second order drops out.
  list(row = i - 1, derivative = by_unit((4 * difference(step) - difference(2 * step)) / 3))
})

# Kaplan-Meier curves with log-log intervals, and medians.
curves <- lapply(split(d, d$unit), function(own) {
  s <- survfit(Surv(time, event) ~ 1, own, conf.type = "log-log")
  list(time = s$time, surv = s$surv, lower = s$lower, upper = s$upper, se = s$surv * s$std.err,
       median = unname(summary(s)$table["median"]))
})

# Calibration of the pooled model: observed events against cumulative hazards up to each patient's end.
pooled <- coxph(Surv(time, event) ~ agegrp + disease, d, ties = "breslow", control = tight)
lambda <- predict(pooled, type = "expected")
sums <- function(by) list(observed = as.list(tapply(d$event, by, sum)), expected = as.list(tapply(lambda, by, sum)))
calibration <- list(disease = sums(d$disease), center = sums(d$center))

# Competing ends: relapse or death first, of the colon cancer patients.
colon_rows <- read.csv("../cox_strata_cluster_colon/input.csv")
relapse <- colon_rows[colon_rows$etype == 1, ]; death <- colon_rows[colon_rows$etype == 2, ]
death <- death[match(relapse$id, death$id), ]
end <- ifelse(relapse$status == 1, "relapse", ifelse(death$status == 1, "death", "open"))
ends <- survfit(Surv(relapse$week, factor(end, c("open", "relapse", "death"))) ~ 1)
competing <- list(time = ends$time, n_risk = ends$n.risk[, 1], relapse = ends$pstate[, 2], death = ends$pstate[, 3],
                  relapse_events = ends$n.event[, 2], death_events = ends$n.event[, 3],
                  relapse_se = ends$std.err[, 2], death_se = ends$std.err[, 3])

write_json(list(version = paste("R", getRversion(), "survival", packageVersion("survival")),
                gap_to_survfit = max(without$gaps, with_second$gaps),
                within = shown(without), model = model, with_second_stage = shown(with_second),
                influence = influences(seq(100, nrow(d), by = 1000), FALSE),
                influence_with_second_stage = influences(seq(400, nrow(d), by = 2000), TRUE),
                curves = curves, calibration = calibration, competing = competing),
           "expected.json", digits = NA, auto_unbox = TRUE, na = "null")
