"""``dialpad completion SHELL``: the script that gives a shell tab completion, and what the script asks."""

from __future__ import annotations

from dialkit.errors import DialkitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dialkit.cli.app import App

SHELLS = ("bash", "zsh", "fish")

# Plain text, unlike the help of other commands: an answer to the Tab key must not wait for imports.
HELP = """\
A script that gives your shell tab completion: commands, flags, choices, accounts, aliases.

usage: dialpad completion bash|zsh|fish

Examples:
  source <(dialpad completion bash)    # in ~/.bashrc
  source <(dialpad completion zsh)     # in ~/.zshrc, below compinit
  dialpad completion fish | source     # in ~/.config/fish/config.fish
"""


def run(app: App, argv: list[str]) -> int:
    """Print the script of a shell, or answer it. The exit code; raises `InvalidArgument`."""
    # What the scripts ask: --complete SHELL -- WORDS... up to the one that is being typed.
    if argv[:1] == ["--complete"] and argv[2:3] == ["--"]:
        return _answer(app, argv[1], argv[3:])
    from dialkit.cli.subcommands import parse, unknown, wants_help

    if wants_help(argv) or not argv:
        app.page(HELP)
        return 0
    _, found = parse(app, "completion", argv, (("shell",), {"metavar": "|".join(SHELLS)}), takes=())
    if found.shell not in SHELLS:
        raise unknown("no completion for", found.shell, SHELLS)
    from dialkit.cli.completion import script

    app.stdout.write(script(found.shell))
    return 0


def _answer(app: App, shell: str, words: list[str]) -> int:
    from dialkit.cli.completion.answers import complete, drawn

    try:
        if shell == "bash":  # it gives what parts words, and the line
            from dialkit.cli.completion.line import Line

            breaks, text = words if len(words) == 2 else ("", "")
            line = Line(text, breaks)
            app.stdout.write(line.drawn(complete(app, line.words[1:]), app.cwd))
        else:
            app.stdout.write(drawn(shell, complete(app, words)))
    except DialkitError:
        # A broken config says so at the next command; here it would be written into the line being typed.
        pass
    return 0
