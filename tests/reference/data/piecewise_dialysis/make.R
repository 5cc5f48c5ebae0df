# The model whose hazard is constant within intervals on the dialysis centres, with R's glm: Rscript make.R, in this folder.
# A row for every patient and interval (survSplit), events a Poisson regression with the log of the months at risk as offset:
# for all centres together, and with a term for every centre.
library(survival); library(sandwich); library(jsonlite)
horizon <- 44; cuts <- c(6, 12, 24)
d <- read.csv("../../../../examples/dialysis_centres.csv")
d <- d[ave(d$time, d$center, FUN = length) >= 50, ]
d$agegrp <- cut(d$age, c(-1, 29, 44, 59, 74, 120), labels = c("0-29", "30-44", "45-59", "60-74", "75+"))
d$disease <- relevel(factor(d$disease), "hypert")
d$unit <- factor(d$center)
long <- survSplit(Surv(time, event) ~ ., d, cut = cuts, episode = "interval", start = "start", end = "stop")
long$interval <- factor(long$interval); long$exposure <- long$stop - long$start
stopifnot(max(d$time) <= horizon)
tight <- glm.control(epsilon = 1e-15, maxit = 200)
widths <- diff(c(0, cuts, horizon))

fit_of <- function(formula) {
  fit <- glm(formula, poisson, long, offset = log(exposure), control = tight)
  b <- coef(fit); hazards <- exp(b[grep("^interval", names(b))]); others <- b[!grepl("^interval", names(b))]
  own <- others[!grepl("^unit", names(others))]
  x <- model.matrix(~ agegrp + disease, d)[, names(own)]
  # The mean effect of the centres over the patients is that of the predictions.
  of_unit <- setNames(rep(0, nlevels(d$unit)), levels(d$unit))
  effects <- others[grepl("^unit", names(others))]
  if (length(effects)) of_unit[sub("^unit", "", names(effects))] <- effects
  risk <- exp(as.vector(x %*% own) + mean(of_unit[as.character(d$unit)]))
  monthly <- rep(hazards, widths)
  cumulative <- cumsum(c(0, monthly))[1:horizon]
  expected <- sapply(risk, function(r) sum(exp(-r * cumulative)))
  robust <- sqrt(diag(vcovCL(fit, cluster = long$pid, type = "HC0", cadjust = FALSE)))
  list(coefficients = as.list(own), se = as.list(sqrt(diag(vcov(fit)))[names(own)]), se_robust = as.list(robust[names(own)]),
       expected = as.list(tapply(expected, d$unit, mean)),
       log_likelihood = as.numeric(logLik(fit)) - sum(log(long$exposure[long$event == 1])))
}
results <- list(cuts = cuts, horizon = horizon,
                pooled = fit_of(event ~ 0 + interval + agegrp + disease),
                within = fit_of(event ~ 0 + interval + agegrp + disease + unit))
writeLines(toJSON(results, digits = 15, auto_unbox = TRUE, pretty = 1), "expected.json")
