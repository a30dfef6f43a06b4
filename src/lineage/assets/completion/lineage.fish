# Completion of lineage for fish:
#   lineage completion fish > ~/.config/fish/completions/lineage.fish
function __lineage_completion
    set -l words (commandline -opc)
    set -lx LINEAGE_LINE (commandline -cp | string collect)
    set -lx _LINEAGE_COMPLETE fish_complete
    for line in ($words[1] 2>/dev/null)
        set -l parts (string split -m 2 \t -- $line)
        switch $parts[1]
            case plain
                printf '%s\t%s\n' $parts[2] $parts[3]
            case file
                __fish_complete_path (commandline -ct)
            case dir
                __fish_complete_directories (commandline -ct)
        end
    end
end
complete --command lineage --no-files --keep-order --arguments '(__lineage_completion)'
