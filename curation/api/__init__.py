"""The JSON API. Each module holds the verbs on one noun; `clouder.api` joins them.

A verb loads through the DJ, makes the domain call that the page makes, and answers a typed value.
"""
