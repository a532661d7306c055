"""The keys of scenario files: all of spec 5, and which of them the product has by now."""

Keys = dict[str, bool]


def _keys(built: str, unbuilt: str = "") -> Keys:
    return dict.fromkeys(built.split(), True) | dict.fromkeys(unbuilt.split(), False)


# Top-level list → key → whether it is built. Steps that create entities use the same.
ENTITIES: dict[str, Keys] = {
    "currencies": _keys("code name maxDecimalPlaces roundingMode"),
    "products": _keys("code name"),
    "meters": _keys("code name product dataFields derivedFields"),
    "aggregations": _keys(
        "code name product meter targetField aggregation quantityPerUnit rounding unit defaultValue"
        " segmentedFields segments"
    ),
    "compoundAggregations": _keys(
        "code name product calculation quantityPerUnit rounding unit evaluateNullAggregations"
    ),
    "counters": _keys("code name product unit"),
    "planTemplates": _keys(
        "code name product currency billFrequency billFrequencyInterval standingCharge"
        " standingChargeDescription standingChargeInterval standingChargeOffset standingChargeBillInAdvance"
        " minimumSpend minimumSpendDescription minimumSpendBillInAdvance",
    ),
    "plans": _keys(
        "code name planTemplate standingCharge standingChargeDescription standingChargeBillInAdvance"
        " minimumSpend minimumSpendDescription minimumSpendBillInAdvance",
        "account",
    ),
    "pricings": _keys(
        "plan planTemplate aggregation compoundAggregation startDate endDate segment cumulative pricingBands"
        " description type tiersSpanPlan overagePricingBands minimumSpend minimumSpendDescription"
        " minimumSpendBillInAdvance"
    ),
    "counterPricings": _keys(
        "plan planTemplate counter startDate endDate cumulative pricingBands description"
        " runningTotalBillInAdvance proRateRunningTotal proRateAdjustmentDebit proRateAdjustmentCredit"
    ),
    "accounts": _keys(
        "code name emailAddress parentAccount currency billEpoch daysBeforeBillDue purchaseOrderNumber",
        "creditApplicationOrder",
    ),
    "accountPlans": _keys(
        "code account plan startDate endDate billEpoch childBillingMode", "planGroup contract"
    ),
    "counterAdjustments": _keys("account counter date value"),
    "measurements": _keys("uid account meter ts ets who what where other metadata measure income cost"),
}
UNBUILT_LISTS = "planGroups contracts commitments balances charges"
TOP = _keys("name today organization steps expect", UNBUILT_LISTS) | dict.fromkeys(ENTITIES, True)
ORGANIZATION = _keys(
    "currency timezone yearEpoch monthEpoch weekEpoch dayEpoch daysBeforeBillDue suppressedEmptyBills"
    " allowOverlappingPlans currencyConversions consolidateBills standingChargeBillInAdvance"
    " minimumSpendBillInAdvance",
    "commitmentFeeBillInAdvance creditApplicationOrder billPrefix sequenceStartNumber",
)
STEPS = _keys(
    "runBilling create measurements removeChild counterAdjustments",
    "recalculate approve lock replaceAccountPlan endDate addCharge addCreditLine"
    " addDebitLine deleteBill setLockDate",
)
STEP_KEYS: dict[str, Keys] = {
    "runBilling": _keys("billDate billingFrequency accounts allUnbilled"),
    "removeChild": _keys("account date"),
    "create": _keys("", UNBUILT_LISTS) | dict.fromkeys(ENTITIES, True),
}
SHAPES: dict[str, Keys] = {
    "dataFields": _keys("code name category unit"),
    "derivedFields": _keys("code name category unit calculation"),
    "pricingBands": _keys("lowerLimit fixedPrice unitPrice"),
    "overagePricingBands": _keys("lowerLimit fixedPrice unitPrice"),
    "currencyConversions": _keys("from to multiplier"),
}
EXPECTED = _keys("bills failures errors commitments balances partial")

# What a key left out stands for; giving it is no use of an unbuilt part. 0 equals False.
LEFT_OUT: tuple[object, ...] = (None, False, "", [], {})
