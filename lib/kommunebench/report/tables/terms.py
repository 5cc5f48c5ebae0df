"""Terms of the Cox model in words and in an order a reader expects, whatever the order of the
rows."""

import re
from collections.abc import Mapping

from kommunebench.report.edition import Edition
from kommunebench.report.published import printed_table
from kommunebench.report.texts import Words
from kommunebench.settings.analysis import Covariate

# Labels that are misprinted in the source or doubtful (the notes of its table say so), and those
# that would no longer agree with a corrected one.
_OWN_LABELS = {
    "age_18_19",
    "basis_family_danish_nordic",
    "basis_family_foreigner",
    "basis_family_refugee",
    "danish_unknown",
    "origin_vietnam",
}
# A hyphen between two numbers.
_RANGE = re.compile(r"(?<=\d)-(?=\d)")


def terms_by_covariate(
    edition: Edition, terms: Mapping[str, bool]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Terms with their labels under the label of their covariate; ``terms`` says which are
    references.

    Covariates in the order of the settings, those of one term together at the end; within one the
    printed report's order where it has the terms, else the reference first and the rest in the
    order their values are listed in, numbers by size, what is not known last.
    """
    others = edition.words("other_covariates")
    blocks: dict[str, list[str]] = {}
    for term in terms:
        covariate = covariate_of(edition, term)
        heading = (
            _label(covariate, edition.language)
            if covariate and covariate.kind == "category"
            else others
        )
        blocks.setdefault(heading, []).append(term)
    order = {c.column: at for at, c in enumerate(edition.settings.model.covariates)}
    printed = _printed_places() if edition.from_registers else {}

    def place(term: str) -> tuple[int, int, bool, bool, int, list[tuple[int, str]]]:
        covariate = covariate_of(edition, term)
        in_settings = order[covariate.column] if covariate else len(order)
        value = term.removeprefix(_prefix(covariate)) if covariate else term
        listed = edition.words.position("term_value", value)
        unknown = value in ("not_delivered", "not_known")
        return in_settings, printed.get(term, -1), not terms[term], unknown, listed, natural(term)

    sorted_blocks = {heading: sorted(of_block, key=place) for heading, of_block in blocks.items()}
    headings = sorted(
        sorted_blocks, key=lambda heading: (heading == others, place(sorted_blocks[heading][0]))
    )
    return [
        (heading, [(term, term_label(edition, term)) for term in sorted_blocks[heading]])
        for heading in headings
    ]


def _printed_places() -> dict[str, int]:
    return {
        term: at
        for at, term in enumerate(
            dict.fromkeys(printed_table("appendix_6_1_cox_coefficients")["term_en"])
        )
    }


def natural(term: str) -> list[tuple[int, str]]:
    """Numbers in a term by their size: 5 before 10."""
    pieces = re.findall(r"\d+|\D+", term)
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def covariate_of(edition: Edition, term: str) -> Covariate | None:
    """The covariate a term belongs to: by its column, by the longest of the prefixes it has
    (mother_gp before mother), else the category whose terms have none."""
    covariates = edition.settings.model.covariates
    exact = [c for c in covariates if c.column == term]
    prefixed = [
        c for c in covariates if c.kind == "category" and _prefix(c) and term.startswith(_prefix(c))
    ]
    prefixed.sort(key=lambda c: len(_prefix(c)), reverse=True)
    bare = [c for c in covariates if c.kind == "category" and not _prefix(c)]
    return next(iter([*exact, *prefixed, *bare]), None)


def _prefix(covariate: Covariate) -> str:
    prefix = covariate.column if covariate.prefix is None else covariate.prefix
    return f"{prefix}_" if prefix else ""


def _label(covariate: Covariate, language: str) -> str:
    label = _given_label(covariate, language)
    return _RANGE.sub("–", label or covariate.column.replace("_", " "))


def _given_label(covariate: Covariate, language: str) -> str | None:
    """The label the settings give a covariate in one language."""
    return covariate.label_da if language == "da" else covariate.label_en


def term_label(edition: Edition, term: str) -> str:
    """A term in words: the label the settings give its covariate, where the term is the whole of
    it; else the report's Danish label where it has one and it is no misprint, or that of the
    value."""
    covariate = covariate_of(edition, term)
    whole = covariate if covariate is not None and covariate.kind != "category" else None
    if whole is not None and _given_label(whole, edition.language):
        return _label(whole, edition.language)
    if edition.language == "da" and edition.from_registers and term not in _OWN_LABELS:
        printed = printed_table("appendix_6_1_cox_coefficients")
        labels = dict(zip(printed["term_en"], printed["term_da"], strict=True))
        if term in labels:
            return _RANGE.sub("–", labels[term])
    if edition.words.knows("term", term):
        return edition.words.code("term", term)
    if covariate is None:
        return value_label(edition.words, term)
    if whole is not None:
        return _label(whole, edition.language)
    return value_label(edition.words, term.removeprefix(_prefix(covariate)))


def value_label(words: Words, value: str) -> str:
    """A value of a covariate in words: its label where it has one, numbers as a range, else as it
    is with spaces."""
    if words.knows("term_value", value):
        return words.code("term_value", value)
    pieces = value.replace("_plus", "+").split("_")
    if all(piece.rstrip("+").isdigit() for piece in pieces):
        return "–".join(pieces)
    text = " ".join(pieces)
    return text[:1].upper() + text[1:]
