"""The command line: parse, call the core, print. Results on stdout, all else on stderr.

What only some commands need is imported by them: a question from the shell is answered in less time
than everything takes to load.
"""
