"""Events that came, and what they make: threads of texts, calls, voicemails.

| module | is |
|---|---|
| `keeping` | `keep`: events and all that follows from them, in one transaction |
| `identity` | what a redelivery has in common with the first |
| `events` | events as they were kept |
| `values` | what events tell, made fit to be kept |
| `facts`, `texts`, `threads` | what events tell of texts, texts, and the threads they are in |
| `calls`, `legs` | calls made of their legs, and voicemails |
| `words`, `searching` | words of texts, and finding them |
| `positions` | the order of texts and calls |
| `reading` | threads, texts, calls as they are shown; read marks |
| `syncing` | gaps filled from Dialpad's own lists |
| `pruning` | what is old forgotten |
"""
