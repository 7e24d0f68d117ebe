"""Our own commands: a module with `run(app, argv) -> int` for each row of `dialkit.cli.dispatch.COMMANDS`."""
