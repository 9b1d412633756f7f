import { type CompletedCommand, familiesOf, firstWords, type Source } from "./words.ts";

export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = [
    ...firstWords(commands).map(
      ({ name, summary }) => `complete -c latchkey -n __fish_use_subcommand -a ${name} -d ${fishWord(summary)}`,
    ),
    ...familiesOf(commands).flatMap(({ name: family, members }) => {
      const seconds = members.map(({ name }) => name).join(" ");
      const start = `complete -c latchkey -n '${seen(family)}; and not ${seen(seconds)}'`;
      return members.map(({ name, summary }) => `${start} -a ${name} -d ${fishWord(summary)}`);
    }),
    ...commands.flatMap(commandLines),
  ];
  return `# fish completion of latchkey: latchkey completion fish | source
function __latchkey_ask; latchkey complete $argv 2>/dev/null </dev/null; end
function __latchkey_instances; __latchkey_ask instances (commandline -ct | string replace -r '^-[^=]*=' ''); end
complete -c latchkey -f
complete -c latchkey -n __fish_use_subcommand -l help -s h -d 'show help'
complete -c latchkey -n __fish_use_subcommand -l version -d 'show the version'
${lines.join("\n")}
`;
}

const seen = (words: string) => `__fish_seen_subcommand_from ${words}`;

function commandLines({ name, options, argument }: CompletedCommand): string[] {
  const start = `complete -c latchkey -n '${name.split(" ").map(seen).join("; and ")}'`;
  return [
    ...(argument === undefined ? [] : [`${start} ${words(argument)}`.trimEnd()]),
    ...options.map(({ names, summary, value }) => {
      const flags = names.map((option) =>
        option.startsWith("--") ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`,
      );
      const taken = value === undefined ? "" : ` -r ${words(value)}`;
      return `${start} ${flags.join(" ")} -d ${fishWord(summary)}${taken}`.trimEnd();
    }),
  ];
}

function words(source: Source): string {
  switch (source.kind) {
    case "choices":
      return `-a ${fishWord(source.words.join(" "))}`;
    case "files":
      return "-F";
    case "operands":
      return "-F -a '(__latchkey_instances):'";
    case "instances":
      return "-a '(__latchkey_instances)'";
    case "anything":
      return "";
    default:
      return `-a '(__latchkey_ask ${source.kind})'`;
  }
}

/** In single quotes fish knows two escapes. */
const fishWord = (text: string) => `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
