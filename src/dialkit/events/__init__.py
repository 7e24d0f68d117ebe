"""Being told what happens: webhooks and their subscriptions."""
