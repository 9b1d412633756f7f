import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Connection } from "ssh2";
import ssh2 from "ssh2";
import type { ActiveKeys } from "./active-keys.ts";
import type { HostKey } from "./host-key.ts";
import type { HostTools } from "./host-tools.ts";
import { mayLogIn } from "./login.ts";
import { servePortForwarding } from "./port-forwarding.ts";
import { killAtHome } from "./processes.ts";
import { type Login, type RunningCommand, runCommand } from "./run-command.ts";
import { runOnTerminal } from "./run-on-terminal.ts";
import { type SessionPrograms, serveSession } from "./ssh-session.ts";

/** Failed attempts that end a connection: sshd's default (`MaxAuthTries`). */
const maxFailedAttempts = 6;

export interface SshServerOptions {
  readonly instanceId: string;
  readonly hostKey: HostKey;
  /** Loopback only. Port 0 takes any that is free. */
  readonly listen: { readonly host: "127.0.0.1" | "::1"; readonly port: number };
  readonly activeKeys: ActiveKeys;
  /** The existing directory of the instance: working directory and HOME of commands. */
  readonly homeDirectory: string;
  readonly tools: HostTools;
}

export interface SshServer {
  readonly port: number;
  /** Closes every connection and ends every command; resolves when they are gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the SSH server of one instance. A client can log in only with a key that is active for this instance and OS user. No
 * input from a client can end the process.
 *
 * @throws Error, with the code `EADDRINUSE` or `EADDRNOTAVAIL`, if it cannot listen there
 */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const sockets = new Set<Socket>();
  const commands = new Set<RunningCommand>();

  const ssh = new ssh2.Server(
    // No compression: its state ends with the connection, and a command's last output may come later.
    { hostKeys: [options.hostKey.privateKey], algorithms: { compress: ["none"] } },
    (connection) => serveConnection(connection, options, commands),
  );
  // Our own listener, because ssh2 does not expose its sockets, and silent clients must be closed too.
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  listener.listen(options.listen);
  await once(listener, "listening");
  for (const emitter of [listener, ssh]) emitter.on("error", () => {});

  return {
    port: (listener.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const socket of sockets) socket.destroy(); // and each command with its connection
      await Promise.all([closed, ...Array.from(commands, (command) => command.ended)]);
      killAtHome(options.homeDirectory);
    },
  };
}

/** Serves one client. ssh2 refuses everything without a listener here: remote ports and forwarded sockets. */
function serveConnection(connection: Connection, options: SshServerOptions, allCommands: Set<RunningCommand>): void {
  const { instanceId, activeKeys, homeDirectory, tools } = options;
  const commands = new Set<RunningCommand>();
  let failures = 0;
  let osUser = "";

  /** Ends the command with the connection and with the instance. */
  function keep<Command extends RunningCommand>(command: Command): Command {
    for (const set of [commands, allCommands]) {
      set.add(command);
      void command.ended.then(() => set.delete(command));
    }
    return command;
  }

  const closeForwardings = servePortForwarding(connection);

  function hangUp(): void {
    for (const command of commands) command.kill();
    closeForwardings();
  }

  connection.on("authentication", (attempt) => {
    if (mayLogIn(attempt, instanceId, activeKeys)) {
      osUser = attempt.username;
      attempt.accept(); // accepts only a signature; otherwise asks the client to sign
    } else if (attempt.method !== "none" && ++failures >= maxFailedAttempts) {
      connection.end();
    } else {
      attempt.reject(["publickey"]); // the remaining methods
    }
  });
  connection.on("session", (accept) => {
    const login = { osUser, homeDirectory, shell: tools.shell };
    serveSession(accept(), sessionPrograms(tools, login, keep));
  });
  connection.on("end", hangUp);
  connection.on("close", hangUp);
  connection.on("error", () => {}); // an error of the client or its network
}

/** What a login can run with the tools of this machine. */
function sessionPrograms(
  tools: HostTools,
  login: Login,
  keep: <Command extends RunningCommand>(command: Command) => Command,
): SessionPrograms {
  const { shell, script, sftpServer } = tools;
  return {
    shell: (shellArguments) => keep(runCommand(shell, shellArguments, login)),
    // Without job control, which needs a terminal. (bash prints a warning.)
    promptingShell: () => keep(runCommand("/bin/sh", ["-i", "+m"], login)),
    ...(script && {
      shellOnTerminal: (shellArguments, terminal) => keep(runOnTerminal(script, shellArguments, terminal, login)),
    }),
    ...(sftpServer && { sftpServer: () => keep(runCommand(sftpServer, [], login)) }),
  };
}
