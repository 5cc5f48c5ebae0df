# The pooled model of one analysis of durations with R's survival package: Rscript durations.R FOLDER HORIZON MEASURE.
# FOLDER holds rows.csv (unit, cluster, group, duration, event, a column for every term) and terms.csv (group, term, role,
# prior_sd); coefficients.csv, units.csv and curves.csv are written beside them. `role`: free; prior (a normal prior of this
# standard deviation, R's ridge with theta 1 / sd^2); limit (nobody with it has the event: hazard 0, outside the fit).
library(survival)
arguments <- commandArgs(TRUE)
folder <- arguments[1]; horizon <- as.numeric(arguments[2]); measure <- arguments[3]
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 200)
read <- function(name, ...) read.csv(file.path(folder, name), check.names = FALSE, ...)
write <- function(table, name) write.csv(table, file.path(folder, name), row.names = FALSE)
rows <- read("rows.csv", colClasses = c(unit = "character", group = "character"))
terms <- read("terms.csv", colClasses = c(group = "character"))

# The measure of step functions that fall to the rows of `survival` (n, times) at these times.
measure_of <- function(times, survival) {
  if (measure == "share") return(1 - cbind(1, survival)[, 1 + sum(times <= horizon)])
  within <- times < horizon
  drop(cbind(1, survival[, within, drop = FALSE]) %*% diff(c(0, times[within], horizon)))
}

# survfit halves an interval 35 times for each factor exp(l) of its product limit; Newton's steps from there solve
# sum over the events of r / (1 - exp(r l)) = sum over those at risk of r to the last digit.
polished <- function(base, duration, event, r) {
  factors <- diff(c(0, log(base$surv)))
  cumsum(sapply(seq_along(base$time), function(k) {
    l <- factors[k]
    died <- r[duration == base$time[k] & event == 1]
    if (!is.finite(l)) return(-Inf)                             # nobody is left
    if (!length(died)) return(0)
    at_risk <- sum(r[duration >= base$time[k]])
    for (step in 1:4) l <- l - (sum(died / -expm1(died * l)) - at_risk) / sum(died^2 * exp(died * l) / expm1(died * l)^2)
    l
  }))
}

fit_group <- function(group) {
  own <- rows[rows$group == group, ]
  own_terms <- terms[terms$group == group, ]
  columns <- function(named) as.matrix(own[own_terms$term[named]])
  at_limit <- rowSums(columns(own_terms$role == "limit")) > 0
  d <- data.frame(own[c("duration", "event", "cluster")])
  # Which terms those before them leave nothing of, at coefficients of zero (without steps R marks them by a variance of
  # zero); a prior does not bring them back.
  fitted <- own_terms$role != "limit"
  d$all <- columns(fitted)
  at_zero <- coxph(Surv(duration, event) ~ all, d[!at_limit, ], ties = "breslow", control = coxph.control(iter.max = 0))
  omitted <- replace(fitted, fitted, diag(at_zero$var) == 0)
  x <- columns(own_terms$role == "free" & !omitted); held <- columns(own_terms$role == "prior" & !omitted)
  d$x <- x; d$held <- held
  if (ncol(held)) {
    theta <- 1 / unique(own_terms$prior_sd[own_terms$role == "prior"])^2
    formula <- Surv(duration, event) ~ x + ridge(held, theta = theta, scale = FALSE)
    environment(formula) <- environment()
  } else formula <- Surv(duration, event) ~ x
  d <- d[!at_limit, ]
  fit <- coxph(formula, d, ties = "breslow", cluster = cluster, control = tight)
  # With a prior var2 is the covariance of the penalised estimate.
  by_model <- if (is.null(fit$var2)) fit$naive.var else fit$var2
  predictor <- drop(cbind(x, held) %*% coef(fit))
  d$predictor <- predictor[!at_limit] - mean(predictor)
  at_one <- coxph(Surv(duration, event) ~ predictor, d, ties = "breslow", init = 1, control = coxph.control(iter.max = 0))
  base <- survfit(at_one, newdata = data.frame(predictor = 0), stype = 1, se.fit = FALSE)
  log_survival <- polished(base, d$duration, d$event, exp(d$predictor))
  survival <- exp(outer(exp(predictor - mean(predictor)), log_survival))
  survival[at_limit, ] <- 1
  result <- data.frame(group = group, term = own_terms$term, coefficient = NA, se = NA, se_robust = NA)
  places <- match(c(colnames(x), colnames(held)), result$term)
  result[places, 3:5] <- cbind(coef(fit), sqrt(diag(by_model)), sqrt(diag(fit$var)))
  list(coefficients = result[fitted, ],
       expected = data.frame(unit = own$unit, expected = measure_of(base$time, survival)))
}
fits <- lapply(unique(terms$group), fit_group)
write(do.call(rbind, lapply(fits, function(one) one$coefficients)), "coefficients.csv")
expected <- do.call(rbind, lapply(fits, function(one) one$expected))
expected <- tapply(expected$expected, expected$unit, mean)

observed <- lapply(split(rows, rows$unit), function(own) {
  curve <- survfit(Surv(duration, event) ~ 1, own, conf.type = "log-log")
  whole <- summary(curve, rmean = horizon)$table
  at_end <- summary(curve, times = horizon, extend = TRUE)
  share <- measure == "share"
  within <- curve$time <= horizon
  list(unit = data.frame(unit = own$unit[1], expected = expected[[own$unit[1]]],
                         observed = if (share) 1 - at_end$surv else whole[["rmean"]],
                         observed_se = if (share) at_end$std.err else whole[["se(rmean)"]]),
       curve = data.frame(unit = own$unit[1], week = curve$time, survival = curve$surv, survival_se = curve$surv * curve$std.err,
                          ci_low = curve$lower, ci_high = curve$upper, median_duration = whole[["median"]])[within, ])
})
write(do.call(rbind, lapply(observed, function(one) one$unit)), "units.csv")
write(do.call(rbind, lapply(observed, function(one) one$curve)), "curves.csv")
