"""A Django database back end that brings its own PostgreSQL server.

The server's programs come with a Python package; its data lives in a directory beside the code. It starts
with the first connection that any process makes, is shared by all processes of the checkout, and stops after
the last of them, however that one ended.
"""
