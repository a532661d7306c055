"""The engine's fixed lists: frequencies, methods, unit roundings, line types. types.py passes them on."""

from enum import StrEnum


class Frequency(StrEnum):
    """How often a template bills, in the order of one account's bills of a date (spec 7, Lines and bills)."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    ANNUALLY = "ANNUALLY"
    AD_HOC = "AD_HOC"


class Method(StrEnum):
    """How measurements become one quantity (spec 2, Aggregation)."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"
    LATEST = "LATEST"
    MEAN = "MEAN"
    UNIQUE = "UNIQUE"


class UnitRounding(StrEnum):
    """How quantity ÷ quantity per unit becomes units: by magnitude, halves away from zero; NONE keeps it."""

    UP = "UP"
    DOWN = "DOWN"
    NEAREST = "NEAREST"
    NONE = "NONE"


class BillsAs(StrEnum):
    """What a pricing's amount becomes: a charge, or a credit on its product's lines or the whole bill's."""

    DEBIT = "DEBIT"
    PRODUCT_CREDIT = "PRODUCT_CREDIT"
    GLOBAL_CREDIT = "GLOBAL_CREDIT"


class LineType(StrEnum):
    """Every type a bill line can have, in the order of a bill (spec 3, What a bill contains)."""

    STANDING_CHARGE = "STANDING_CHARGE"
    COUNTER_RUNNING_TOTAL_CHARGE = "COUNTER_RUNNING_TOTAL_CHARGE"
    COUNTER_ADJUSTMENT_DEBIT = "COUNTER_ADJUSTMENT_DEBIT"
    COUNTER_ADJUSTMENT_CREDIT = "COUNTER_ADJUSTMENT_CREDIT"
    USAGE = "USAGE"
    USAGE_CREDIT = "USAGE_CREDIT"
    MINIMUM_SPEND = "MINIMUM_SPEND"
    MINIMUM_SPEND_REFUND = "MINIMUM_SPEND_REFUND"
    COMMITMENT_FEE = "COMMITMENT_FEE"
    AD_HOC = "AD_HOC"
    BALANCE_FEE = "BALANCE_FEE"
    COMMITMENT_CONSUMED = "COMMITMENT_CONSUMED"
    BALANCE_CONSUMED = "BALANCE_CONSUMED"
    OVERAGE_SURCHARGE = "OVERAGE_SURCHARGE"
    OVERAGE_USAGE = "OVERAGE_USAGE"
    CREDIT_MEMO = "CREDIT_MEMO"
    DEBIT_MEMO = "DEBIT_MEMO"
