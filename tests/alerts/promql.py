"""Which series a PromQL expression names, and by which labels: enough of the language for the rules and the dashboard."""

import re
from dataclasses import dataclass

SELECTOR = re.compile(r"([A-Za-z_:][\w:]*)\s*\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
GROUPING = re.compile(r"\b(by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
RANGE = re.compile(r"\[[^\]]*\]|\boffset\s+\w+")
WORDS = {
    "sum", "max", "min", "count", "topk", "rate", "increase", "absent", "histogram_quantile", "avg_over_time",
    "max_over_time", "and", "or", "unless", "bool",
}


@dataclass
class Selection:
    """One series with the matchers behind it: label, operator, value."""

    series: str
    matchers: list


@dataclass
class Expression:
    selections: list
    # Labels that results are grouped or matched by.
    grouped_by: set


def read(text):
    selections = [Selection(name, MATCHER.findall(inside)) for name, inside in SELECTOR.findall(text)]
    rest = SELECTOR.sub(" ", text)
    grouped_by = {label.strip() for _, labels in GROUPING.findall(rest) for label in labels.split(",") if label.strip()}
    rest = RANGE.sub(" ", GROUPING.sub(" ", rest))
    names = set(re.findall(r"[A-Za-z_:][\w:]*", rest)) - WORDS
    return Expression(selections + [Selection(name, []) for name in sorted(names)], grouped_by)
