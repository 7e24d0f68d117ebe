"""Webhooks and their subscriptions, as Dialpad keeps them.

| module | is |
|---|---|
| `texts` | having texts told to a URL: a webhook and a subscription, made together or not at all; listed |
| `unhooking` | no longer having them told |
| `endpoints` | webhooks by address: found, made, taken back; who else uses one |
| `addresses` | addresses that events may be sent to |
"""
