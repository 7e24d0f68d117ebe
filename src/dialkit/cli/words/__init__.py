"""The reference's old words: names and parameters that Dialpad's API does not have, and what they stand for.

`table` holds all of them as data. `naming` finds what an old name of a command stands for; `reading` turns
old parameters into those of today, with `changes` for the few that take a computation; `steps` carries out
what takes more than one request or is kept on this machine; `telling` says all of it in help.
"""
