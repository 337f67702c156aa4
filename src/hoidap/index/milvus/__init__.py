"""The searchable side on a Milvus server, for what one machine does not carry.

A generation is a collection there, and on this machine a directory of what is the collection's as a
whole: how many passages hold each term, which passages there are. Both hold the same manifest. What
a question needs of a passage comes from the server; terms, weights and fusion are made here, so
that the answers are those of the local index.
"""
