import { App } from "aws-cdk-lib";
import { SshAccess } from "./ssh-access.ts";

new SshAccess(new App(), "Latchkey");
