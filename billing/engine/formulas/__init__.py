"""The calculation language of derived fields and compound aggregations (spec 2, Meter; spec 7).

    parse_formula(text) → Formula → .check(kinds of its names), .number(values), .text(values)

Numbers are exact Decimals; a division keeps 28 significant digits, half even. What a calculation may name is
its caller's business: data fields by bare code, `customFields.<name>`, `aggregation.<code>`, `ts`. What is
wrong with a text, or cannot be answered for some values, is a FormulaError with its place.

null is a value that is not there. An operation on null is null, as in SQL, but for those that ask for it:
`==` and `!=` and IN compare it like any other value, `isnull(a, b)` puts b in its place, false AND null is
false, true OR null is true, and a condition that is null is not met.
"""

from billing.engine.formulas.errors import FormulaError
from billing.engine.formulas.formula import Formula, parse_formula
from billing.engine.formulas.values import Kind, Value, kind_of

__all__ = ["Formula", "FormulaError", "Kind", "Value", "kind_of", "parse_formula"]
