# The model within municipalities of one analysis with R's coxph or glm: Rscript within.R FOLDER.
# FOLDER holds rows.csv (unit, cluster, group, event, duration of spells, a column for every term), terms.csv (group, term, role)
# for the levels outside the fit (role limit), and within.csv (group, term, prior_sd, coefficient): the terms of the fit, "unit 147" for a
# municipality; within_coefficients.csv is written beside them. The municipality of the fit without a term is the one that the
# others are set against; municipalities where nobody has the event (of cases: nobody or everybody) are outside the fit. A term
# of cases with a prior is an offset at the coefficient given, and errors are left out.
library(survival)
library(sandwich)
folder <- commandArgs(TRUE)[1]
read <- function(name, ...) read.csv(file.path(folder, name), check.names = FALSE, ...)
rows <- read("rows.csv", colClasses = c(unit = "character", group = "character"))
limits <- subset(read("terms.csv", colClasses = c(group = "character")), role == "limit")
within <- read("within.csv", colClasses = c(group = "character"))
durations <- "duration" %in% names(rows)

fit_group <- function(group) {
  at_limit <- rowSums(rows[limits$term[limits$group == group]]) > 0
  d <- rows[rows$group == group & !at_limit, ]
  share <- tapply(d$event, d$unit, mean)
  d <- d[d$unit %in% names(share)[share > 0 & (durations | share < 1)], ]
  wanted <- within[within$group == group, ]
  of_unit <- startsWith(wanted$term, "unit ")
  units <- outer(paste("unit", d$unit), wanted$term[of_unit], "==") + 0
  stopifnot(sum(rowSums(units) == 0) == sum(d$unit == min(d$unit)))
  x <- cbind(units, as.matrix(d[wanted$term[!of_unit]]))
  has_prior <- is.finite(wanted$prior_sd)
  free <- x[, !has_prior]; held <- x[, has_prior, drop = FALSE]
  if (durations) {
    d$free <- free; d$held <- held
    formula <- Surv(duration, event) ~ free
    if (ncol(held)) {
      theta <- 1 / unique(wanted$prior_sd[has_prior])^2
      formula <- Surv(duration, event) ~ free + ridge(held, theta = theta, scale = FALSE)
      environment(formula) <- environment()
    }
    tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 200)
    fit <- coxph(formula, d, ties = "breslow", cluster = cluster, control = tight)
    by_model <- if (is.null(fit$var2)) fit$naive.var else fit$var2
    numbers <- cbind(coef(fit), sqrt(diag(by_model)), sqrt(diag(fit$var)))
  } else {
    x <- cbind(1, free)
    given <- drop(held %*% wanted$coefficient[has_prior])
    tight <- glm.control(epsilon = 1e-14, maxit = 100)
    fit <- glm(d$event ~ 0 + x, binomial, offset = given, control = tight)
    fit <- glm(d$event ~ 0 + x, binomial, offset = given, control = tight, start = coef(fit))
    clustered <- vcovCL(fit, d$cluster, type = "HC0", cadjust = FALSE)
    numbers <- cbind(coef(fit), sqrt(diag(vcov(fit))), sqrt(diag(clustered)))[-1, ]
  }
  terms <- wanted$term[!has_prior]
  if (durations) terms <- c(terms, wanted$term[has_prior]) else if (ncol(held)) numbers[, 2:3] <- NA
  setNames(data.frame(group, terms, numbers, row.names = NULL), c("group", "term", "coefficient", "se", "se_robust"))
}
result <- do.call(rbind, lapply(unique(within$group), fit_group))
write.csv(result, file.path(folder, "within_coefficients.csv"), row.names = FALSE)
