"""Our own commands, one module each with `run(app, argv) -> int`; `dialkit.cli.dispatch.COMMANDS` names them."""
