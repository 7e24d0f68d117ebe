# Tab completion of dialpad for fish 3.
# Load it now:     dialpad completion fish | source
# Load it always:  dialpad completion fish > ~/.config/fish/completions/dialpad.fish

function __dialpad_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l rows (dialpad completion --complete fish -- $words[2..-1] "$current" 2>/dev/null)
    if test "$rows[1]" = @files
        set -l before (string match -r '^.*@' -- "$current")
        for path in (__fish_complete_path (string replace -r '^.*@' '' -- "$current"))
            printf '%s\n' "$before$path"
        end
    else
        test (count $rows) -gt 0; and printf '%s\n' $rows
    end
end

complete -c dialpad -f -a '(__dialpad_complete)'
