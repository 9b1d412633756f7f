import type { CommandTable } from "../command/command-table.ts";
import { auditCommand } from "./audit.ts";
import { cancelCommand } from "./cancel.ts";
import { completeCommand } from "./complete.ts";
import { completionCommand } from "./completion.ts";
import { configCommand } from "./config.ts";
import { extendCommand } from "./extend.ts";
import { helpCommand } from "./help.ts";
import { hostKeysCommand } from "./host-keys.ts";
import { instancesCommand } from "./instances.ts";
import { knownHostCommand } from "./known-host.ts";
import { loginCommand } from "./login.ts";
import { logoutCommand } from "./logout.ts";
import { mcpCommand } from "./mcp.ts";
import { policyDiffCommand } from "./policy-diff.ts";
import { policyExplainCommand } from "./policy-explain.ts";
import { policyShowCommand } from "./policy-show.ts";
import { policyTestCommand } from "./policy-test.ts";
import { pushCommand } from "./push.ts";
import { reportAccessCommand } from "./report-access.ts";
import { requestCommand } from "./request.ts";
import { requestsCommand } from "./requests.ts";
import { reviewCommand } from "./review.ts";
import { revokeCommand } from "./revoke.ts";
import { scpCommand } from "./scp.ts";
import { sftpCommand } from "./sftp.ts";
import { sshCommand } from "./ssh.ts";
import { sshProxyCommand } from "./ssh-proxy.ts";
import { statusCommand } from "./status.ts";
import { suspendCommand } from "./suspend.ts";
import { tunnelCommand } from "./tunnel.ts";
import { whoamiCommand } from "./whoami.ts";
import { whyCommand } from "./why.ts";

/**
 * Every command, in the help's order. Each file here has words alone; what a command does is imported when it runs, so
 * that all of them together cost a start of `latchkey ssh` next to nothing.
 */
export const commandTable: CommandTable = {
  groups: [
    { title: "Connect", commands: [sshCommand, pushCommand, scpCommand, sftpCommand, tunnelCommand, configCommand] },
    {
      title: "Ask for access",
      commands: [
        requestCommand,
        requestsCommand,
        reviewCommand,
        extendCommand,
        cancelCommand,
        revokeCommand,
        suspendCommand,
      ],
    },
    { title: "Sign in", commands: [loginCommand, logoutCommand, statusCommand] },
    {
      title: "See and set",
      commands: [instancesCommand, whyCommand, whoamiCommand, auditCommand, reportAccessCommand, hostKeysCommand],
    },
    {
      title: "Policies as code",
      commands: [policyTestCommand, policyExplainCommand, policyDiffCommand, policyShowCommand],
    },
    { title: "Agents", commands: [mcpCommand] },
    { title: "Latchkey itself", commands: [completionCommand(() => commandTable), helpCommand(() => commandTable)] },
  ],
  // For other programs. Each is a Command with isHidden.
  hidden: [completeCommand, knownHostCommand, sshProxyCommand],
};
