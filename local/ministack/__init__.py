"""What we put around MiniStack, in MiniStack's own environment: closed endpoints, saved state, imported REST APIs,
subscriptions that are confirmed."""
