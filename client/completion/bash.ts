import { posixWord } from "../quoting/shell-words.ts";
import { type CompletedCommand, type CompletedFamily, familiesOf, firstWords, type Source } from "./words.ts";

/** For bash 3.2 and later: macOS has that one still. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = [...firstWords(commands).map(({ name }) => name), "--help", "--version"];
  return `# bash completion of latchkey: eval "$(latchkey completion bash)"
_latchkey_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_latchkey_files() { local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; }
_latchkey_ask() { latchkey complete "$@" 2>/dev/null </dev/null; }
_latchkey_instances() {
  local word=\${COMP_LINE:0:COMP_POINT} before=
  word=\${word##*[[:space:]]} word=\${word##--*=}
  # To bash, a word begins with the last @ in it.
  [[ $COMP_WORDBREAKS == *@* && $word == *@* ]] && before=\${word%@*}
  COMPREPLY=($(compgen -S "$1" -W "$(_latchkey_ask instances "$word")" -- "$word"))
  COMPREPLY=("\${COMPREPLY[@]#"$before"}")
}
_latchkey_operands() {
  local files
  _latchkey_files; files=("\${COMPREPLY[@]}") COMPREPLY=()
  [[ $cur == */* && $COMP_LINE != *@*/* ]] || _latchkey_instances :
  COMPREPLY=("\${files[@]}" "\${COMPREPLY[@]}")
  compopt -o nospace 2>/dev/null
}
_latchkey() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} i
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _latchkey_words ${posixWord(names.join(" "))}
    return
  fi
  case $command in
${familiesOf(commands).map(familyCase).join("\n")}
  esac
  # Behind -- everything is another program's.
  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && { _latchkey_files; return; }
  done
  case $command:$prev in
${commands.flatMap(valueCases).join("\n")}
  esac
  case $command:$cur in
${commands.map(commandCases).join("\n")}
  esac
}
complete -F _latchkey latchkey
`;
}

/** The second word of a command's name, or the name in whole. */
function familyCase({ name, members }: CompletedFamily): string {
  const seconds = posixWord(members.map((member) => member.name).join(" "));
  return `    ${name})
      ((COMP_CWORD == 2)) && { _latchkey_words ${seconds}; return; }
      command="$command \${COMP_WORDS[2]}" ;;`;
}

/** What may stand behind the options of a command that take a value. */
function valueCases({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ names, value }) =>
    value === undefined
      ? []
      : [`    ${names.map((option) => `${posixWord(name)}:${option}`).join("|")}) ${call(value)}; return ;;`],
  );
}

function commandCases({ name, options, argument }: CompletedCommand): string {
  const all = options.flatMap(({ names }) => names).filter((option) => option.startsWith("--"));
  const words = `    ${posixWord(name)}:-*) _latchkey_words ${posixWord(all.join(" "))} ;;`;
  return argument === undefined ? words : `${words}\n    ${posixWord(name)}:*) ${call(argument)} ;;`;
}

function call(source: Source): string {
  switch (source.kind) {
    case "choices":
      return `_latchkey_words ${posixWord(source.words.join(" "))}`;
    case "files":
      return "_latchkey_files";
    case "instances":
      return "_latchkey_instances";
    case "operands":
      return "_latchkey_operands";
    case "requests":
      return '_latchkey_words "$(_latchkey_ask requests "$cur")"';
    case "anything":
      return ":";
  }
}
