"""What the made-up organization sells: aggregations by every method, prices of every type."""

from billing.seed.shapes import (
    AggregationOffer,
    CompoundOffer,
    CounterOffer,
    Derived,
    Field,
    MeterOffer,
    Offer,
    PlanOffer,
    Price,
    TemplateOffer,
)

REGIONS = ("eu-north", "eu-west", "us-east", "ap-south")
REGION = Field("WHERE", "region", "Region", texts=REGIONS)

STORAGE = Offer(
    code="object-storage",
    name="Object Storage",
    meter=MeterOffer(
        "storage",
        "Storage",
        (
            Field("MEASURE", "stored_gb", "Stored", "GB", usual=900, places=3),
            Field("MEASURE", "egress_gb", "Outgoing traffic", "GB", usual=24, places=3),
            REGION,
            Field("WHAT", "tier", "Storage tier", texts=("standard", "standard", "archive")),
        ),
    ),
    aggregations=(
        AggregationOffer(
            "stored_gb", "Storage, peak", "stored_gb", "MAX", "GB", rounding="UP", segmented=("region",),
            segments=({"region": "eu-north"}, {"region": "us-east"}, {}),
        ),
        AggregationOffer("egress_gb", "Outgoing traffic", "egress_gb", "SUM", "GB"),
        AggregationOffer(
            "archive_egress_gb", "Archive traffic", "egress_gb", "SUM", "GB", segmented=("tier",),
            segments=({"tier": "archive"},),
        ),
    ),
    compounds=(
        CompoundOffer(
            "egress_beyond", "Traffic beyond a tenth of storage",
            "Math.max(aggregation.egress_gb - aggregation.stored_gb / 10, 0)", "GB",
        ),
    ),
    prices=(
        Price("stored_gb", False, (("0", "0", "0.024"), ("5000", "0", "0.0215")), {"region": "eu-north"}),
        Price("stored_gb", False, (("0", "0", "0.021"), ("5000", "0", "0.0189")), {"region": "us-east"}),
        Price("stored_gb", False, (("0", "0", "0.029"),), {}, description="Storage, other regions"),
        Price(
            "egress_gb", True, (("0", "0", "0"), ("100", "0", "0.08"), ("10000", "0", "0.06")),
            later=(("0", "0", "0"), ("50", "0", "0.085"), ("10000", "0", "0.055")),
        ),
        Price(
            "archive_egress_gb", True, (("0", "0", "0.02"),), {"tier": "archive"},
            description="Archive traffic rebate", bills_as="PRODUCT_CREDIT",
        ),
    ),
    plans=(
        PlanOffer("storage-standard", "Storage Standard"),
        PlanOffer(
            "storage-committed", "Storage Committed", "250",
            (
                Price("egress_gb", True, (("0", "0", "0"), ("1000", "0", "0.05")), minimum="25"),
                Price("egress_beyond", True, (("0", "0", "0.01"),)),
            ),
        ),
    ),
)  # fmt: skip

COMPUTE = Offer(
    code="compute",
    name="Compute",
    meter=MeterOffer(
        "compute",
        "Compute",
        (
            Field("MEASURE", "hours", "Instance hours", "h", usual=60, places=2),
            REGION,
            Field("WHAT", "instance", "Instance type", texts=("small", "small", "medium", "large", "gpu")),
            Field("METADATA", "host", "Host"),
        ),
    ),
    aggregations=(
        AggregationOffer(
            "compute_hours", "Compute hours", "hours", "SUM", "hour", segmented=("instance", "region"),
            segments=(
                {"instance": "gpu", "region": "*"}, {"instance": "large", "region": "eu-north"},
                {"instance": "*", "region": "*"},
            ),
        ),
        AggregationOffer("active_hosts", "Active hosts", "host", "UNIQUE", "host"),
    ),
    prices=(
        Price("compute_hours", True, (("0", "40", "1.90"), ("500", "0", "1.65")),
              {"instance": "gpu", "region": "*"}),
        Price("compute_hours", True, (("0", "0", "0.168"), ("2000", "25", "0.14")),
              {"instance": "large", "region": "eu-north"}),
        Price("compute_hours", True, (("0", "5", "0.0464"), ("1000", "0", "0.0405"), ("10000", "0", "0.036")),
              {"instance": "*", "region": "*"}, later=(("0", "6", "0.0482"), ("1000", "0", "0.0405"))),
        Price("active_hosts", False, (("0", "0", "0"), ("5", "20", "0"), ("20", "60", "0"))),
    ),
    plans=(
        PlanOffer("compute-on-demand", "Compute On Demand"),
        PlanOffer(
            "compute-enterprise", "Compute Enterprise", "490", minimum="1200", minimum_in_advance=True
        ),
    ),
    standing_charge_description="Platform fee",
)  # fmt: skip

DATABASE = Offer(
    code="managed-database",
    name="Managed Database",
    meter=MeterOffer(
        "database",
        "Database",
        (
            Field("MEASURE", "connections", "Open connections", "connection", usual=40),
            Field("MEASURE", "memory_gb", "Memory", "GB", usual=16, places=1),
            REGION,
        ),
    ),
    aggregations=(
        AggregationOffer(
            "mean_connections", "Connections, mean", "connections", "MEAN", "connection", rounding="NEAREST"
        ),
        AggregationOffer("base_memory", "Memory, lowest", "memory_gb", "MIN", "GB"),
    ),
    prices=(
        Price("mean_connections", True, (("0", "0", "0.55"), ("50", "0", "0.45"), ("200", "0", "0.3"))),
        Price("base_memory", False, (("0", "0", "3.2"), ("32", "0", "2.9"))),
    ),
    plans=(
        PlanOffer("database-single", "Database Single Node"),
        PlanOffer("database-replicated", "Database Replicated", "180"),
    ),
    standing_charge="60",
    standing_charge_description="Managed node",
    standing_charge_in_advance=True,
    foreign=True,
)

API = Offer(
    code="api",
    name="API",
    meter=MeterOffer(
        "api-calls",
        "API calls",
        (
            Field("MEASURE", "calls", "Calls", "call", usual=9000),
            Field("WHAT", "endpoint", "Endpoint", texts=("search", "search", "ingest", "export")),
            Field("METADATA", "api_key", "API key"),
        ),
        derived=(
            Derived("MEASURE", "exports", "Export calls", "call", 'endpoint == "export" ? calls : null'),
        ),
    ),
    aggregations=(
        AggregationOffer("api_calls", "API calls", "calls", "SUM", "thousand calls", per=1000, rounding="UP"),
        AggregationOffer("exports", "Export calls", "exports", "SUM", "thousand calls", per=1000),
    ),
    prices=(
        Price(
            "api_calls", True, (("0", "0", "0.35"), ("1000", "0", "0.28"), ("10000", "0", "0.2")),
            later=(("0", "0", "0.38"), ("1000", "0", "0.28"), ("10000", "0", "0.18")),
        ),
        Price("exports", True, (("0", "0", "0.12"),), description="Surcharge on exports"),
    ),
    plans=(
        PlanOffer("api-pay-as-you-go", "API Pay As You Go"),
        PlanOffer(
            "api-scale", "API Scale", "500",
            (Price("api_calls", True, (("0", "0", "0"), ("2000", "0", "0.22")), spans_plan=True),),
        ),
    ),
)  # fmt: skip

SEATS = Offer(
    code="team-seats",
    name="Team Seats",
    meter=MeterOffer(
        "seats",
        "Seats",
        (
            Field("MEASURE", "seats", "Seats in use", "seat", usual=12),
            Field("WHO", "team", "Team", texts=("engineering", "finance", "operations")),
        ),
    ),
    aggregations=(AggregationOffer("seats", "Seats", "seats", "LATEST", "seat", rounding="UP", default=1),),
    prices=(
        Price("seats", False, (("0", "0", "36"), ("10", "90", "27"), ("50", "150", "24"))),
    ),
    plans=(
        PlanOffer("seats-quarterly", "Seats Quarterly"),
        PlanOffer("seats-education", "Seats Education", None, (Price("seats", False, (("0", "0", "9"),)),)),
    ),
    interval=3,
)  # fmt: skip

SUPPORT = Offer(
    code="support",
    name="Support",
    meter=MeterOffer(
        "support-tickets",
        "Support tickets",
        (
            Field("MEASURE", "minutes", "Handling time", "min", usual=25),
            Field("OTHER", "severity", "Severity", texts=("low", "low", "normal", "normal", "high")),
        ),
        shared=True,
    ),
    aggregations=(AggregationOffer("tickets", "Support tickets", "minutes", "COUNT", "ticket"),),
    prices=(Price("tickets", False, (("0", "0", "0"), ("5", "120", "0"), ("20", "400", "0"))),),
    plans=(
        PlanOffer("support-business", "Support Business"),
        PlanOffer("support-premium", "Support Premium", "950"),
    ),
    standing_charge="99",
    standing_charge_description="Support subscription",
    counter=CounterOffer(
        "named-contacts", "Named contacts", "contact", 6,
        (("0", "0", "0"), ("3", "0", "15"), ("20", "0", "12")),
        (("support-premium", (("0", "0", "0"), ("10", "0", "12"))),),
    ),
    further=(
        TemplateOffer(
            "support-yearly", "Support, yearly in advance", "Support Yearly", "ANNUALLY", 1, "1090",
            "Support subscription", in_advance=True,
        ),
        TemplateOffer(
            "support-weekly", "Support, weekly", "Support On Site", "WEEKLY", 1, "320", "Engineer on site"
        ),
        TemplateOffer(
            "support-review", "Support, review every third month", "Support Review", "MONTHLY", 1, "240",
            "Architecture review", every=3, offset=2,
        ),
        TemplateOffer(
            "support-project", "Support, by project", "Support Project", "AD_HOC", 1, "1500", "Project fee"
        ),
    ),
)  # fmt: skip

OFFERS = (STORAGE, COMPUTE, DATABASE, API, SEATS, SUPPORT)
