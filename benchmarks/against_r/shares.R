# The pooled model of one analysis of shares with R's glm and sandwich: Rscript shares.R FOLDER.
# FOLDER holds rows.csv (unit, cluster, group, event, a column for every term) and terms.csv (group, term, role, coefficient);
# coefficients.csv and units.csv are written beside them. `role`: free; prior (its coefficient is given, an offset, and errors
# are left out); limit (the outcome is the same in all who have it: outside the fit, the probability is the outcome).
library(sandwich)
folder <- commandArgs(TRUE)[1]
read <- function(name, ...) read.csv(file.path(folder, name), check.names = FALSE, ...)
write <- function(table, name) write.csv(table, file.path(folder, name), row.names = FALSE)
rows <- read("rows.csv", colClasses = c(unit = "character", group = "character"))
terms <- read("terms.csv", colClasses = c(group = "character"))
units <- sort(unique(rows$unit))
in_unit <- outer(rows$unit, units, "==") + 0
n <- colSums(in_unit)
probability <- rows$event
through_model <- matrix(0, nrow(rows), length(units))

fit_group <- function(group) {
  of_group <- rows$group == group
  own_terms <- terms[terms$group == group, ]
  named <- function(role) own_terms$term[own_terms$role == role]
  inside <- which(of_group & rowSums(rows[named("limit")]) == 0)
  y <- rows$event[inside]
  x <- cbind(constant = 1, as.matrix(rows[inside, named("free")]))
  held <- as.matrix(rows[inside, named("prior")])
  given <- drop(held %*% own_terms$coefficient[own_terms$role == "prior"])
  tight <- glm.control(epsilon = 1e-14, maxit = 100)
  aliased <- is.na(coef(glm(y ~ 0 + x, binomial, offset = given)))
  kept <- x[, !aliased]
  fit <- glm(y ~ 0 + kept, binomial, offset = given, control = tight)
  fit <- glm(y ~ 0 + kept, binomial, offset = given, control = tight, start = coef(fit))
  cluster <- rows$cluster[inside]
  se_robust <- sqrt(diag(vcovCL(fit, cluster, type = "HC0", cadjust = FALSE)))
  p <- fitted(fit)
  probability[inside] <<- p
  # mean over a unit's cases of p (1 - p) x, times the inverse information, times x_i (y_i - p_i)
  slope <- crossprod(in_unit[inside, ], p * (1 - p) * kept) / n
  through_model[inside, ] <<- (kept * (y - p)) %*% vcov(fit) %*% t(slope)
  result <- data.frame(group = group, term = colnames(x), coefficient = NA, se = NA, se_robust = NA)
  result[!aliased, 3:5] <- cbind(coef(fit), sqrt(diag(vcov(fit))), se_robust)
  if (ncol(held)) result[4:5] <- NA
  result
}
write(do.call(rbind, lapply(unique(terms$group), fit_group)), "coefficients.csv")

mean_of <- function(values) colSums(in_unit * values) / n
observed <- mean_of(rows$event); expected <- mean_of(probability); difference <- observed - expected
direct <- t(t(in_unit * (rows$event - probability)) - t(in_unit) * difference) / rep(n, each = nrow(rows))
by_cluster <- rowsum(direct - through_model, rows$cluster)
known <- if (any(terms$role == "prior")) NA else 1
write(data.frame(unit = units, expected = expected, observed = observed, observed_se = sqrt(observed * (1 - observed) / n),
                 difference_se = known * 100 * sqrt(colSums(by_cluster^2))), "units.csv")
