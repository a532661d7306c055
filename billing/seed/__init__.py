"""Made-up data for demonstrations and for trying things at size: the same from the same seed.

offers.py says what is sold, in the forms of shapes.py, and catalogue.py makes it; customers.py makes up
companies, subscriptions.py what they pay for and when, counters.py what they report of counters,
custom_fields.py what else is noted of them; accounts.py stores all that; usage.py makes measurements up and
ingests them; bills.py asks for the bills. What a number of a customer and a seed give never depends on how
many others there are.
"""
