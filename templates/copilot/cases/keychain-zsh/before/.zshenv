# mine
export EDITOR=vim
