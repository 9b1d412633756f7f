import { posixWord } from "../quoting/shell-words.ts";
import { type CompletedCommand, type CompletedFamily, familiesOf, firstWords, type Source } from "./words.ts";

export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef latchkey
# zsh completion of latchkey: eval "$(latchkey completion zsh)", behind compinit
_latchkey_ask() { local -a found; found=(\${(f)"$(latchkey complete "$@" 2>/dev/null </dev/null)"}); print -rl -- $found; }
_latchkey_instances() { local -a found; found=(\${(f)"$(_latchkey_ask instances "$PREFIX")"}); compadd -a found; }
_latchkey_requests() { local -a found; found=(\${(f)"$(_latchkey_ask requests)"}); compadd -a found; }
_latchkey_operands() { local -a found; found=(\${(f)"$(_latchkey_ask instances "$PREFIX")"}); compadd -S : -a found; _files; }
_latchkey() {
  local -a commands
  if (( CURRENT == 2 )); then
    commands=(
${described(firstWords(commands))}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case $command in
${familiesOf(commands).map(familyCase).join("\n")}
  esac
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _latchkey "$@"; else compdef _latchkey latchkey; fi
`;
}

const described = (words: CompletedFamily["members"]) =>
  words.map(({ name, summary }) => `      ${posixWord(`${name}:${summary}`)}`).join("\n");

/** The second word of a command's name, or the name in whole. */
function familyCase({ name, members }: CompletedFamily): string {
  return `    ${name})
      commands=(
${described(members)}
      )
      if (( CURRENT == 2 )); then _describe command commands; return; fi
      command="$command $words[2]"
      shift words; (( CURRENT-- )) ;;`;
}

function commandCase({ name, options, argument }: CompletedCommand): string {
  const specs = options.flatMap(({ names, summary, value }) =>
    names.map((option) => {
      const text = `[${summary.replaceAll(/[[\]:]/g, "\\$&")}]`;
      return value === undefined ? `${option}${text}` : `*${option}${text}:value:${action(value)}`;
    }),
  );
  const rest = argument === undefined ? [] : [`*:argument:${action(argument)}`];
  return `    ${posixWord(name)}) _arguments ${[...specs, ...rest].map(posixWord).join(" ")} ;;`;
}

function action(source: Source): string {
  switch (source.kind) {
    case "choices":
      return `(${source.words.join(" ")})`;
    case "files":
      return "_files";
    case "anything":
      return " ";
    default:
      return `_latchkey_${source.kind}`;
  }
}
