"""The searchable side on a Milvus server, for what one machine does not carry.

A generation is rows of a collection there, and on this machine a directory of what it is as a
whole: which passages there are, how many of them hold each term. What a question needs of a passage
comes from the server; terms, weights and fusion are made here, so that the answers are those of the
local index.
"""
