import { ArnPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";

export interface PushRoleProps {
  /** The only role that may assume this one. */
  readonly user: Role;
}

/**
 * The role that may push keys and open tunnels. The session's name and source identity name the subject: a principal that may not
 * set the source identity cannot assume the role.
 */
export class PushRole extends Role {
  constructor(scope: Construct, id: string, { user }: PushRoleProps) {
    const principal = new ArnPrincipal(user.roleArn);
    super(scope, id, { assumedBy: principal, description: "Pushes SSH keys for Latchkey" });
    this.assumeRolePolicy?.addStatements(
      new PolicyStatement({ actions: ["sts:SetSourceIdentity"], principals: [principal] }),
    );
  }
}
