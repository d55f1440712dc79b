# mine
typeset -U path
