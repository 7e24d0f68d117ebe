# Tab completion of dialpad for fish 3 and later.
# Load it now:     dialpad completion fish | source
# Load it always:  add that line to ~/.config/fish/config.fish

function __dialpad_complete
    set -l words (commandline -opc)
    set -l dialpad (string replace -r '^~' $HOME -- $words[1])
    command -sq -- $dialpad; or set dialpad dialpad
    # What is typed: an open quote, what a path can follow, and the rest.
    set -l typed (string match -r '^(["\']?)((?:--[^=]*=)?@?)(.*)$' -- (commandline -ct))
    set -l current (string replace -r '^["\']' '' -- $typed[4] | string unescape)
    set -l rows ($dialpad completion --complete fish -- $words[2..-1] "$typed[3]$current" 2>/dev/null)
    if test "$rows[1]" = @files
        # fish completes what follows a command that nothing is known of with files.
        printf '%s\n' $typed[3](complete -C "__dialpad_files $typed[2]$typed[4]")
    else
        test (count $rows) -gt 0; and printf '%s\n' $rows
    end
end

complete -c dialpad -f -a '(__dialpad_complete)'
