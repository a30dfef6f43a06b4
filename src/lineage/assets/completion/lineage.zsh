#compdef lineage
# Completion of lineage for zsh. One of:
#   lineage completion zsh > "${fpath[1]}/_lineage"
#   echo 'eval "$(lineage completion zsh)"' >> ~/.zshrc   (after compinit)
_lineage_completion() {
    local -a shown values
    local line kind value about
    # An option and its value in one word: only the value is completed.
    [[ "${words[CURRENT]}" == --*=* ]] && compset -P 1 '*='
    while IFS=$'\t' read -r kind value about; do
        case "$kind" in
            plain) values+=("$value"); shown+=("$value${about:+  -- $about}") ;;
            file) _path_files ;;
            dir) _path_files -/ ;;
        esac
    done < <(LINEAGE_LINE="${(j: :)words[1,CURRENT]}" _LINEAGE_COMPLETE=zsh_complete "${words[1]}" 2>/dev/null)
    (( $#values )) && compadd -U -l -V lineage -d shown -a values
}
if [[ "${zsh_eval_context[-1]}" == loadautofunc ]]; then
    _lineage_completion "$@"
else
    compdef _lineage_completion lineage
fi
