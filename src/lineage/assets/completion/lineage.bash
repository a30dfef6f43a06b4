# Completion of lineage for bash, 3.2 or later. One of:
#   lineage completion bash > ~/.local/share/bash-completion/completions/lineage   (where bash-completion is installed)
#   echo 'eval "$(lineage completion bash)"' >> ~/.bashrc
_lineage_completion() {
    local kind value
    COMPREPLY=()
    while IFS=$'\t' read -r kind value _; do
        case "$kind" in
            plain) COMPREPLY+=("$value") ;;
            file) compopt -o default 2>/dev/null ;;
            dir) compopt -o plusdirs 2>/dev/null ;;
        esac
    done < <(LINEAGE_LINE="${COMP_LINE:0:COMP_POINT}" LINEAGE_BREAKS="$COMP_WORDBREAKS" \
        _LINEAGE_COMPLETE=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F _lineage_completion lineage 2>/dev/null || complete -F _lineage_completion lineage
